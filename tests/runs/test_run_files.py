"""What cannot be saved does not end a run, and is said."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from playground.network import build_model
from playground.runs import Runs, RunState
from playground.runs.directory import RunDirectory, load_run
from playground.runs.messages import Weights
from playground.runs.run_files import RunFiles
from playground.runs.weights_files import packed
from tests.runs.experiments import circle, submit, wait_for

SPEC = circle()


def weights(step: int, final: bool = False) -> Weights:
    return Weights(
        packed({name: torch.full_like(tensor, step) for name, tensor in build_model(SPEC).state_dict().items()}, step), step, final
    )


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunFiles:
    monkeypatch.setattr("playground.runs.run_files._RETRY_SECONDS", (0.0, 0.0))
    directory = RunDirectory(tmp_path / "run")
    directory.write_spec(SPEC)
    return RunFiles(directory, SPEC)


def full(files: RunFiles) -> Callable[[], None]:
    """Nothing can be written any longer, until the returned function is called: the folder is a file."""
    aside = files.path.with_name("aside")
    files.path.rename(aside)
    files.path.write_text("")

    def repair() -> None:
        files.path.unlink()
        aside.rename(files.path)

    return repair


def test_a_snapshot_that_cannot_be_written_is_said_until_the_next_one(files: RunFiles) -> None:
    files.write(weights(1))
    repair = full(files)
    files.write(weights(2))
    assert "could not be saved" in files.problem
    repair()
    assert load_run(files.path).step == 1
    files.write(weights(3))
    assert (files.problem, load_run(files.path).step) == ("", 3)


def test_the_last_weights_are_tried_again(files: RunFiles, monkeypatch: pytest.MonkeyPatch) -> None:
    repair = full(files)
    monkeypatch.setattr("playground.runs.run_files.time.sleep", lambda seconds: repair() if not files.path.is_dir() else None)
    files.write(weights(5, final=True))
    assert (files.problem, load_run(files.path).step) == ("", 5)


def test_a_run_whose_folder_is_gone_ends_as_it_would_and_says_so(open_runs: Callable[..., Runs]) -> None:
    runs = open_runs()
    run_id = submit(runs, circle(epochs=100), step="batch")
    directory = wait_for(runs, run_id, RunState.PAUSED).directory
    shutil.rmtree(directory)
    directory.write_text("")
    runs.resume(run_id)
    info = wait_for(runs, run_id, RunState.FINISHED)
    assert "It could not be saved" in info.message
    assert runs.status(run_id)["message"] == info.message
    assert runs.timeline(run_id).delta(None)[0]["series"]["evaluated"]["step"][-1] > 1


def test_an_unexpected_error_ends_a_run_instead_of_leaving_it_as_it_was(
    open_runs: Callable[..., Runs], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(files: RunFiles, message: object) -> None:
        raise ValueError("unexpected")

    monkeypatch.setattr(RunFiles, "write", broken)
    runs = open_runs()
    info = wait_for(runs, submit(runs, circle()), RunState.FAILED)
    assert info.message.startswith("An unexpected error of the server ended this run")
