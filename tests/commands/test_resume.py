"""`train --resume`: a run whose process ended continues as if nothing had happened, and says why where it cannot."""

import json
import shutil
import signal
import subprocess
import sys

import pytest

from playground.runs.checkpoints import unpacked_checkpoint
from playground.runs.directory import CHECKPOINT, METRICS, SNAPSHOT, WEIGHTS, load_run
from tests.commands.calling import ROOT, python, refused, run, spec_file

SHORT = {"epochs": 6, "batch_size": 32, "device": "cpu"}

SIGNALED = """if True:
    import os, sys
    from playground.__main__ import main
    from playground.runs.directory import RunDirectory
    from playground.training import checkpoint, engine

    number, reports = int(sys.argv.pop(1)), 0
    checkpoint.CHECKPOINT_SECONDS = engine.PROGRESS_SECONDS = 0
    append = RunDirectory.append_event

    def append_and_count(directory, event):
        global reports
        append(directory, event)
        if type(event).__name__ == "Progress" and (directory.path / "checkpoint.safetensors").exists():
            reports += 1
            if reports == 3:
                os.kill(os.getpid(), number)

    RunDirectory.append_event = append_and_count
    main()"""
"""The command line in a process that gets a signal when its run has reported three times since its first checkpoint."""


def signaled(number, spec, out):
    return python("-c", SIGNALED, str(int(number)), "train", str(spec), "--out", str(out), "--json")


def lines_of(directory):
    return [json.loads(line) for line in (directory / METRICS).read_text().splitlines()]


def assert_uninterrupted(directory, folder):
    """The run has ended as one of the same settings that trains at once."""
    assert run("train", directory / "spec.json", "--out", folder / "at_once").exit_code == 0
    assert (directory / WEIGHTS).read_bytes() == (folder / "at_once" / WEIGHTS).read_bytes()
    ends = [lines_of(place)[-1] for place in (directory, folder / "at_once")]
    assert ends[0].pop("samples_per_second") > 0
    assert {name: value for name, value in ends[0].items() if name != "seconds"} == {
        name: value for name, value in ends[1].items() if name not in ("seconds", "samples_per_second")
    }
    steps = [line["step"] for line in lines_of(directory) if line["event"] == "progress"]
    assert steps == sorted(set(steps)), "steps are reported once"
    assert not (directory / CHECKPOINT).exists()


@pytest.fixture(scope="module")
def killed_run(tmp_path_factory):
    """A spec, and the directory of a run whose process was killed."""
    folder = tmp_path_factory.mktemp("killed")
    spec = spec_file(folder / "spec.json", training=SHORT)
    done = signaled(signal.SIGKILL, spec, folder / "run")
    assert done.returncode == -signal.SIGKILL, done.stderr
    return spec, folder / "run"


@pytest.fixture
def killed(killed_run, tmp_path):
    spec, directory = killed_run
    return spec, shutil.copytree(directory, tmp_path / "run")


def test_a_killed_run_continues_as_if_nothing_had_happened(killed, tmp_path):
    spec, directory = killed
    step = unpacked_checkpoint((directory / CHECKPOINT).read_bytes()).step
    assert 0 < step < lines_of(directory)[-1]["step"], "more was reported than the checkpoint contains"
    (directory / f".{CHECKPOINT}.77.part").write_bytes(b"half")
    assert (directory / ".lock").exists(), "which nobody holds any longer"
    result = run("train", spec, "--out", directory, "--resume")
    assert result.exit_code == 0, result.output
    assert f"resuming after step {step:,}" in result.stderr
    assert_uninterrupted(directory, tmp_path)
    assert not list(directory.glob(".*"))


def test_ctrl_c_leaves_a_checkpoint_of_the_last_step(tmp_path):
    spec, directory = spec_file(tmp_path / "spec.json", training=SHORT), tmp_path / "run"
    stopped = signaled(signal.SIGINT, spec, directory)
    assert stopped.returncode == 130, stopped.stderr
    step = unpacked_checkpoint((directory / CHECKPOINT).read_bytes()).step
    assert load_run(directory).step == lines_of(directory)[-1]["step"] == step
    result = run("train", spec, "--out", directory, "--resume", "--json")
    assert result.exit_code == 0, result.output
    assert json.loads(result.stdout.splitlines()[0])["step"] == step
    assert_uninterrupted(directory, tmp_path)


def test_two_processes_do_not_train_in_one_directory(tmp_path):
    spec, directory = spec_file(tmp_path / "spec.json", training={"epochs": 1000, "device": "cpu"}), tmp_path / "run"
    train = ["-m", "playground", "train", str(spec), "--out", str(directory)]
    first = subprocess.Popen([sys.executable, *train, "--json"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        first.stdout.readline()
        for option in ("--resume", "--overwrite"):
            second = python(*train, option)
            assert second.returncode == 2, second.stderr
            assert second.stderr.startswith(f"error: {directory}: another process is training in this directory; wait until it has ended")
    finally:
        first.send_signal(signal.SIGINT)
        _, errors = first.communicate(timeout=60)
    assert first.returncode == 130, errors
    events = [line["event"] for line in lines_of(directory)]
    assert events[0] == "started"
    assert events.count("started") == events.count("finished") == 1


def test_the_first_command_and_every_later_one_can_be_the_same(tmp_path):
    spec = spec_file(tmp_path / "spec.json", training={**SHORT, "epochs": 1})
    first = run("train", spec, "--out", tmp_path / "run", "--resume")
    assert first.exit_code == 0
    assert "contains no run yet; starting at the first step" in first.stderr
    before = (tmp_path / "run" / WEIGHTS).read_bytes()
    refused(run("train", spec, "--out", tmp_path / "run", "--resume"), "the run has finished after step 45", "--overwrite")
    assert (tmp_path / "run" / WEIGHTS).read_bytes() == before


@pytest.mark.parametrize(
    ("damage", "reason"),
    [(lambda file: file.unlink(), "has left no checkpoint"), (lambda file: file.write_bytes(b"half a file"), "the checkpoint is damaged")],
)
def test_without_a_usable_checkpoint_it_starts_again_and_says_so(killed, tmp_path, damage, reason):
    spec, directory = killed
    damage(directory / CHECKPOINT)
    result = run("train", spec, "--out", directory, "--resume")
    assert result.exit_code == 0, result.output
    assert f"{reason}; starting at the first step" in result.stderr
    assert_uninterrupted(directory, tmp_path)


def test_a_run_with_other_settings_is_not_touched(killed, tmp_path):
    _, directory = killed
    before = {name: (directory / name).read_bytes() for name in (METRICS, SNAPSHOT, CHECKPOINT)}
    other = spec_file(tmp_path / "other.json", training={**SHORT, "epochs": 9}, optimizer={"kind": "adam", "lr": 0.3})
    result = run("train", other, "--out", directory, "--resume")
    refused(result, "contains a run with other settings", "optimizer.lr: 0.01 → 0.3", "training.epochs: 6 → 9", "--overwrite")
    assert {name: (directory / name).read_bytes() for name in before} == before


def test_a_run_that_diverged_is_over(tmp_path):
    plane = {"data": {"kind": "plane"}, "network": [{"kind": "dense"}, {"kind": "output"}], "loss": {"kind": "mse"}}
    spec = spec_file(tmp_path / "spec.json", **plane, optimizer={"kind": "sgd", "lr": 100})
    assert run("train", spec, "--out", tmp_path / "run").exit_code == 1
    refused(run("train", spec, "--out", tmp_path / "run", "--resume"), "the run has diverged")


def test_a_checkpoint_of_another_network_is_reported(killed, tmp_path):
    _, directory = killed
    wide = spec_file(tmp_path / "wide.json", training=SHORT, network=[{"kind": "flatten"}, {"kind": "output"}])
    shutil.copy(wide, directory / "spec.json")
    refused(run("train", wide, "--out", directory, "--resume"), "not of these settings, or damaged", "--overwrite")
    assert (directory / SNAPSHOT).exists()


@pytest.mark.parametrize(
    ("options", "words"), [((), "needs --out"), (("--out", "run", "--overwrite"), "cannot be combined with --overwrite")]
)
def test_options_that_contradict_are_refused(tmp_path, options, words):
    refused(run("train", spec_file(tmp_path / "spec.json"), "--resume", *options), words)
