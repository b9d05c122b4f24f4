"""Earlier weights of a run: spread over its steps, within bounds, and read back."""

import itertools
from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from playground.network import build_model
from playground.presets import PRESETS
from playground.runs.directory import RunDirectory, load_run
from playground.runs.history import (
    MOST,
    MOST_CHECKPOINTS,
    History,
    checkpoint_of,
    checkpoints,
    file_of,
    most_moments,
    share,
    steps,
)
from playground.runs.run_error import RunError
from playground.runs.run_files import RunFiles
from playground.runs.worker import Snapshots
from playground.training import Finished, Snapshot, Started, train

SPEC = PRESETS["perceptron"].spec


@settings(deadline=None)
@given(distances=st.lists(st.integers(1, 50), min_size=1, max_size=300), size=st.integers(1, 2000))
def test_at_most_so_many_within_the_bytes_and_spread_over_the_steps(
    distances: list[int], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("run")
    history, snapshot = History(directory, most_bytes=80_000), directory / "snapshot.safetensors"
    taken = list(itertools.accumulate(distances, initial=0))
    for step in taken:
        snapshot.write_bytes(step.to_bytes(size, "big") if size > 1 else bytes(1))
        history.keep(snapshot, step)
        snapshot.unlink()
    kept = steps(directory)
    assert set(kept) <= set(taken)
    assert (kept[0], kept[-1]) == (0, taken[-1]), "how it began, and how it is"
    assert len(kept) == min(len(taken), MOST, 60_000 // size)
    widest = max((later - earlier for earlier, later in itertools.pairwise(kept)), default=0)
    assert widest <= 3 * (taken[-1] / len(kept) + max(distances)), "nowhere a long gap"
    if size > 1:
        assert all(int.from_bytes(file_of(directory, step).read_bytes(), "big") == step for step in kept), "each is of its own step"


@pytest.mark.parametrize(("size", "kept"), [(101, ()), (60, (0,)), (40, (0, 6)), (25, (0, 4, 6)), (18, (0, 2, 4, 6))])
def test_a_large_network_has_few_moments_or_none(tmp_path: Path, size: int, kept: tuple[int, ...]) -> None:
    snapshot, history = tmp_path / "snapshot.safetensors", History(tmp_path, most_bytes=100)
    for step in range(7):
        snapshot.write_bytes(bytes(size))
        history.keep(snapshot, step)
        snapshot.unlink()
    assert most_moments(size, 100) == len(kept)
    assert steps(tmp_path) == kept


def test_checkpoints_take_a_quarter_of_the_space(tmp_path: Path) -> None:
    history, file = History(tmp_path, most_bytes=40_000), tmp_path / "checkpoint.safetensors"
    for step in range(0, 5000, 10):
        file.write_bytes(step.to_bytes(2_000, "big"))
        history.keep_checkpoint(file, step)
        file.unlink()
    kept = checkpoints(tmp_path)
    assert (kept[0], kept[-1], len(kept)) == (0, 4990, 5)
    assert all(int.from_bytes(checkpoint_of(tmp_path, step).read_bytes(), "big") == step for step in kept)
    assert steps(tmp_path) == ()
    other = History(tmp_path, most_bytes=10**9)
    for step in range(5000, 6000, 10):
        file.write_bytes(bytes(10))
        other.keep_checkpoint(file, step)
        file.unlink()
    assert len(checkpoints(tmp_path)) == MOST_CHECKPOINTS
    other.clear()
    assert checkpoints(tmp_path) == ()


def test_another_run_can_share_what_is_before_a_step(tmp_path: Path) -> None:
    for name in ("original", "branch"):
        (tmp_path / name).mkdir()
    file = tmp_path / "weights"
    file.write_bytes(b"weights")
    original = History(tmp_path / "original", most_bytes=1000)
    for step in (0, 3, 5, 8):
        original.keep(file, step)
        original.keep_checkpoint(file, step)
    share(tmp_path / "original", tmp_path / "branch", 5)
    original.clear()
    assert steps(tmp_path / "branch") == checkpoints(tmp_path / "branch") == (0, 3, 5)
    assert file_of(tmp_path / "branch", 3).read_bytes() == b"weights"


def test_where_files_cannot_be_linked_they_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refused(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr("os.link", refused)
    snapshot = tmp_path / "snapshot.safetensors"
    snapshot.write_bytes(b"first")
    history = History(tmp_path, most_bytes=100)
    history.keep(snapshot, 3)
    snapshot.write_bytes(b"other")
    assert file_of(tmp_path, 3).read_bytes() == b"first"
    assert [file.name for file in file_of(tmp_path, 3).parent.iterdir()] == ["3.safetensors"]


def test_a_run_can_be_opened_as_it_was(tmp_path: Path) -> None:
    directory = RunDirectory(tmp_path)
    directory.write_spec(SPEC)
    for step in range(5):
        model = build_model(SPEC)
        directory.write_snapshot({name: torch.full_like(tensor, step) for name, tensor in model.state_dict().items()}, step)
    directory.write_weights(build_model(SPEC).state_dict(), 9)
    assert steps(tmp_path) == (0, 1, 2, 3, 4, 9)
    run = load_run(tmp_path, step=3)
    assert run.step == 3
    assert all(bool((tensor == 3).all()) for tensor in run.model.state_dict().values())
    assert load_run(tmp_path).step == 9
    with pytest.raises(RunError, match="has no weights of step 7"):
        load_run(tmp_path, step=7)
    file_of(tmp_path, 2).write_bytes(b"nonsense")
    with pytest.raises(RunError, match="is damaged"):
        load_run(tmp_path, step=2)
    directory.append_event(started(step=3))
    assert steps(tmp_path) == (0, 1, 2, 3), "what comes later will be reported again"
    directory.write_snapshot(build_model(SPEC).state_dict(), 4)
    assert steps(tmp_path) == (0, 1, 2, 3, 4)
    directory.clear()
    assert steps(tmp_path) == ()


def started(step: int) -> Started:
    return Started("cpu", "CPU", parameters=3, epochs=1, steps_per_epoch=10, batch_size=1, train_samples=10, test_samples=1, step=step)


def test_a_training_run_keeps_its_history(tmp_path: Path) -> None:
    RunDirectory(tmp_path).write_spec(SPEC)
    files, shown = RunFiles(RunDirectory(tmp_path), SPEC), []
    snapshots = Snapshots(files.write)
    for event in train(SPEC):
        if isinstance(event, Snapshot):
            shown.append(event)
            snapshots.add(event)
        else:
            files.write(event)
        assert not isinstance(event, Finished) or event.step == steps(tmp_path)[-1]
    assert steps(tmp_path) == tuple(dict.fromkeys(snapshot.step for snapshot in shown))
    assert torch.equal(load_run(tmp_path, step=shown[0].step).model.state_dict()["0.weight"], shown[0].tensors["0.weight"])
