"""`train`: what it prints, what it saves and which errors it reports."""

import json
import signal
import subprocess
import sys

import numpy as np
import pytest
import torch

from playground.runs.directory import RunDirectory, load_run
from playground.training.events import Started
from tests.commands.calling import ROOT, refused, run, spec_file


def test_training_prints_events_and_keeps_the_run(trained):
    directory, events = trained
    assert [event["event"] for event in events[:1] + events[-1:]] == ["started", "finished"]
    progress = [event for event in events if event["event"] == "progress"]
    assert {"step", "epoch", "loss", "samples_per_second"} <= progress[0].keys()
    assert [event["step"] for event in progress] == sorted(event["step"] for event in progress)
    assert progress[-1]["step"] == events[-1]["step"] == 3 * -(-1437 // 32)
    assert {"train_loss", "test_loss", "test_accuracy", "seconds"} <= events[-1].keys()
    assert sorted(path.name for path in directory.iterdir()) == ["history", "metrics.jsonl", "model.safetensors", "spec.json"]
    assert [json.loads(line) for line in (directory / "metrics.jsonl").read_text().splitlines()] == events


def test_the_saved_weights_have_the_reported_accuracy(trained):
    directory, events = trained
    kept = load_run(directory)
    test = kept.spec.data.load().test
    answers = kept.probabilities(kept.encode(np.asarray(test.inputs))).argmax(1).numpy()
    assert float((answers == np.asarray(test.targets)).mean()) == pytest.approx(events[-1]["test_accuracy"], abs=1e-6)
    assert events[-1]["test_accuracy"] > 0.8
    assert kept.step == events[-1]["step"]


def test_training_without_json_prints_the_result(tmp_path):
    result = run("train", spec_file(tmp_path / "tiny.json", training={"epochs": 1, "device": "cpu"}))
    assert result.exit_code == 0
    assert result.stdout.startswith("finished after 1 epoch (")
    assert "1,437 training examples" in result.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["tiny.json"]


def test_a_run_is_not_overwritten_by_accident(tmp_path, trained):
    directory, _ = trained
    before = (directory / "model.safetensors").read_bytes()
    spec = spec_file(tmp_path / "tiny.json", training={"epochs": 1, "seed": 5, "device": "cpu"})
    refused(run("train", spec, "--out", directory), "already contains a run", "--overwrite")
    assert (directory / "model.safetensors").read_bytes() == before
    copy = tmp_path / "copy"
    RunDirectory(copy).append_event(Started("cpu", "cpu", 1, 1, 1, 1, 1, 1))
    assert run("train", spec, "--out", copy, "--overwrite").exit_code == 0
    assert [json.loads(line)["event"] for line in (copy / "metrics.jsonl").read_text().splitlines()].count("started") == 1


def test_a_network_that_cannot_work_is_refused_and_leaves_nothing_behind(tmp_path):
    spec = spec_file(tmp_path / "spec.json", network=[{"kind": "dense"}, {"kind": "output"}])
    refused(run("train", spec, "--out", tmp_path / "run"), "network[0]: Dense needs a vector")
    assert not (tmp_path / "run").exists()


def test_a_device_that_is_not_there_is_named(tmp_path):
    device = "cuda" if not torch.cuda.is_available() else "mps"
    refused(run("train", spec_file(tmp_path / "spec.json", training={"device": device})), device)


def test_divergence_ends_with_advice(tmp_path):
    plane = {"data": {"kind": "plane"}, "network": [{"kind": "dense"}, {"kind": "output"}], "loss": {"kind": "mse"}}
    spec = spec_file(tmp_path / "spec.json", **plane, optimizer={"kind": "sgd", "lr": 100})
    result = run("train", spec, "--out", tmp_path / "run")
    assert result.exit_code == 1
    assert "diverged: " in result.stderr
    assert "try: " in result.stderr
    assert json.loads((tmp_path / "run" / "metrics.jsonl").read_text().splitlines()[-1])["event"] == "diverged"


def test_ctrl_c_ends_cleanly_with_the_weights_so_far(tmp_path):
    spec = spec_file(tmp_path / "spec.json", training={"epochs": 1000, "device": "cpu"})
    command = [sys.executable, "-m", "playground", "train", str(spec), "--out", str(tmp_path / "run"), "--json"]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        if json.loads(line)["event"] == "progress":
            break
    process.send_signal(signal.SIGINT)
    rest, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert "Traceback" not in errors
    last = json.loads(rest.splitlines()[-1])
    assert (last["event"], last["reason"]) == ("finished", "stopped")
    assert load_run(tmp_path / "run").step == last["step"] > 0
    assert not (tmp_path / "run" / "snapshot.safetensors").exists()


def test_train_downloads_what_is_missing_and_learns_from_it(mirror, tmp_path):
    spec = spec_file(tmp_path / "kmnist.json", data={"kind": "kmnist"})
    result = run("train", spec, "--out", tmp_path / "run", "--json")
    assert result.exit_code == 0, result.output
    assert "KMNIST (70,000 Japanese characters): downloading" in result.stderr
    assert "CC BY-SA 4.0" in result.stderr
    assert json.loads(result.stdout.splitlines()[-1])["event"] == "finished"
    asked = len(mirror.asked)
    assert run("train", spec).exit_code == 0
    assert len(mirror.asked) == asked == 4


def test_a_download_that_fails_says_why_and_leaves_the_run_that_was_there(mirror, tmp_path):
    mirror.status = 404
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "spec.json").write_text("the run before")
    result = run("train", spec_file(tmp_path / "kmnist.json", data={"kind": "kmnist"}), "--out", tmp_path / "run", "--overwrite")
    assert result.exit_code == 2
    assert "cannot be downloaded. 127.0.0.1: it does not have the file (404)" in result.stderr
    assert (tmp_path / "run" / "spec.json").read_text() == "the run before"


def test_a_network_that_cannot_be_trained_downloads_nothing(mirror, tmp_path):
    result = run(
        "train", spec_file(tmp_path / "wrong.json", data={"kind": "kmnist"}, network=[{"kind": "conv2d", "kernel": 99, "padding": "valid"}])
    )
    assert result.exit_code == 2
    assert mirror.asked == []
