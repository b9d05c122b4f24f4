"""Earlier weights of a run: spread over its steps, within bounds, and read back."""

import itertools
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from playground.network import build_model
from playground.presets import PRESETS
from playground.runs.directory import RunDirectory, load_run
from playground.runs.history import MOST, History, clear, file_of, steps
from playground.runs.run_error import RunError
from playground.runs.run_files import RunFiles
from playground.runs.worker import Snapshots
from playground.training import Finished, Snapshot, train

SPEC = PRESETS["perceptron"].spec


@given(distances=st.lists(st.integers(1, 50), min_size=1, max_size=300), size=st.integers(1, 2000))
def test_at_most_so_many_within_the_bytes_and_spread_over_the_steps(
    distances: list[int], size: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("run")
    history, snapshot = History(directory, most_bytes=20_000), directory / "snapshot.safetensors"
    taken = list(itertools.accumulate(distances, initial=0))
    for step in taken:
        snapshot.write_bytes(step.to_bytes(size, "big") if size > 1 else bytes(1))
        history.keep(snapshot, step)
        snapshot.unlink()
    kept = steps(directory)
    assert set(kept) <= set(taken)
    assert kept[0] == 0, "how it began"
    assert len(kept) <= MOST
    assert len(kept) * size <= 20_000
    if len(taken) <= min(MOST, 20_000 // size):
        assert list(kept) == taken
    else:
        widest = max(later - earlier for earlier, later in itertools.pairwise((*kept, taken[-1])))
        assert widest <= 8 * (taken[-1] / len(kept) + max(distances)), "nowhere a long gap"
    if size > 1:
        assert all(int.from_bytes(file_of(directory, step).read_bytes(), "big") == step for step in kept), "each is of its own step"


def test_weights_too_large_for_two_are_not_kept(tmp_path: Path) -> None:
    snapshot = tmp_path / "snapshot.safetensors"
    snapshot.write_bytes(bytes(60))
    History(tmp_path, most_bytes=100).keep(snapshot, 0)
    assert steps(tmp_path) == ()


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
    assert steps(tmp_path) == (0, 1, 2, 3, 4)
    run = load_run(tmp_path, step=3)
    assert run.step == 3
    assert all(bool((tensor == 3).all()) for tensor in run.model.state_dict().values())
    assert load_run(tmp_path).step == 9
    with pytest.raises(RunError, match="has no weights of step 7"):
        load_run(tmp_path, step=7)
    file_of(tmp_path, 2).write_bytes(b"nonsense")
    with pytest.raises(RunError, match="is damaged"):
        load_run(tmp_path, step=2)
    directory.clear()
    assert steps(tmp_path) == ()
    clear(tmp_path / "nowhere")


def test_a_training_run_keeps_its_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("playground.runs.worker.SNAPSHOT_SECONDS", 0.0)
    RunDirectory(tmp_path).write_spec(SPEC)
    files, shown = RunFiles(RunDirectory(tmp_path), SPEC), []
    snapshots = Snapshots(files.write)
    for event in train(SPEC):
        if isinstance(event, Snapshot):
            shown.append(event)
            snapshots.add(event)
        else:
            files.write(event)
        assert not isinstance(event, Finished) or event.step >= steps(tmp_path)[-1]
    assert steps(tmp_path)[0] == shown[0].step
    assert torch.equal(load_run(tmp_path, step=shown[0].step).model.state_dict()["0.weight"], shown[0].tensors["0.weight"])
