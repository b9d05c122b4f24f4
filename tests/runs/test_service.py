"""Runs in real worker processes, controlled and watched."""

import time
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.catalog.layers import Dense
from playground.runs import RunNotFound, Runs, RunState
from playground.runs.run_error import RunError
from playground.spec import TrainingSettings
from playground.training import available_devices, train
from playground.training.wanted import EVERYTHING, NOTHING, Wanted
from tests.runs.experiments import (
    circle,
    digits,
    endless,
    last_evaluation,
    losses_of,
    reported_losses,
    runaway,
    steps_taken,
    submit,
    wait_for,
    wait_for_step,
    wait_until,
)


def test_a_run_reports_the_same_as_training_in_this_process(runs: Runs) -> None:
    spec = digits()
    run_id = submit(runs, spec)
    wait_for(runs, run_id, RunState.FINISHED)

    events = list(train(spec))
    expected = losses_of(events)
    assert reported_losses(runs, run_id) == pytest.approx(expected, rel=1e-6)
    status, evaluated = runs.status(run_id), last_evaluation(events)
    assert status["step"] == len(expected) == status["epochs"] * status["steps_per_epoch"]
    assert status["test_loss"] == pytest.approx(evaluated.test_loss, rel=1e-6)
    assert status["test_accuracy"] == pytest.approx(evaluated.test_accuracy)
    assert (status["state"], status["message"], status["epoch"], status["seconds_left"]) == ("finished", "", 3.0, None)


def test_the_weights_of_a_finished_run_reproduce_its_evaluation(runs: Runs) -> None:
    spec = digits()
    run_id = submit(runs, spec)
    wait_for(runs, run_id, RunState.FINISHED)
    loaded, test = runs.load(run_id), spec.data.load().test
    answers = loaded.probabilities(loaded.encode(test.inputs)).argmax(dim=1).numpy()
    assert runs.status(run_id)["test_accuracy"] == pytest.approx(np.mean(answers == test.targets))
    assert loaded.spec == spec.computed_with(1, "contiguous")  # with what it has chosen
    assert sorted(path.name for path in loaded.directory.iterdir()) == ["history", "metrics.jsonl", "model.safetensors", "spec.json"]


def test_what_the_metrics_must_beat_is_known_from_the_start(runs: Runs) -> None:
    spec = circle()
    run_id = submit(runs, spec, step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    classes = spec.data.load().test.targets
    found = runs.status(run_id)["baselines"]
    name = spec.data.classes[int(np.bincount(spec.data.load().train.targets).argmax())]
    assert found["accuracy"] == {"title": f"guessing “{name}”", "value": pytest.approx(np.mean(classes == spec.data.classes.index(name)))}
    assert found["loss"]["value"] == pytest.approx(0.6931, abs=0.02)
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)
    assert runs.status(run_id)["baselines"] == found


def test_pause_takes_no_step_and_a_step_takes_one(runs: Runs) -> None:
    spec = circle(epochs=200)
    run_id = submit(runs, spec)
    wait_for_step(runs, run_id, 10)
    runs.pause(run_id)
    wait_for(runs, run_id, RunState.PAUSED)
    paused_at = steps_taken(runs, run_id)
    assert paused_at < 200 * 25

    for count in (1, 2, 3):
        runs.step(run_id, "batch")
        wait_until(runs, run_id, lambda: runs.info(run_id).state is RunState.PAUSED)
        assert steps_taken(runs, run_id) == paused_at + count
        assert runs.timeline(run_id).delta(None)[0]["series"]["evaluated"]["step"][-1] == paused_at + count

    runs.step(run_id, "epoch")
    wait_until(runs, run_id, lambda: runs.info(run_id).state is RunState.PAUSED)
    assert steps_taken(runs, run_id) == (paused_at + 3) // 25 * 25 + 25
    runs.step(run_id, "epoch")
    wait_until(runs, run_id, lambda: runs.info(run_id).state is RunState.PAUSED)
    assert steps_taken(runs, run_id) == (paused_at + 3) // 25 * 25 + 50

    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)
    assert steps_taken(runs, run_id) == 200 * 25
    reported, expected = reported_losses(runs, run_id), losses_of(list(train(spec)))
    assert reported == pytest.approx({step: expected[step] for step in reported}, rel=1e-6)


@pytest.mark.parametrize(("step", "steps"), [("batch", 1), ("epoch", 25)])
def test_a_run_can_start_with_a_single_step(runs: Runs, step: str, steps: int) -> None:
    run_id = submit(runs, circle(), step=step)
    wait_for(runs, run_id, RunState.PAUSED)
    assert steps_taken(runs, run_id) == steps
    runs.resume(run_id)
    wait_for(runs, run_id, RunState.FINISHED)


def test_steps_lead_to_the_end(runs: Runs) -> None:
    run_id = submit(runs, circle(epochs=2), step="epoch")
    wait_for(runs, run_id, RunState.PAUSED)
    runs.step(run_id, "epoch")
    wait_for(runs, run_id, RunState.FINISHED)
    assert steps_taken(runs, run_id) == 50


def test_stop_keeps_the_weights(runs: Runs) -> None:
    run_id = submit(runs, endless())
    wait_for_step(runs, run_id, 10)
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)
    status = runs.status(run_id)
    assert runs.load(run_id).step == status["step"] >= 10
    for command in (runs.resume, runs.pause, runs.stop, lambda each: runs.step(each, "batch")):
        command(run_id)
    assert runs.info(run_id).state is RunState.STOPPED
    assert runs.status(run_id) == status


def test_a_paused_run_can_be_stopped(runs: Runs) -> None:
    run_id = submit(runs, circle(), step="batch")
    wait_for(runs, run_id, RunState.PAUSED)
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)
    assert steps_taken(runs, run_id) == 1


def test_a_run_can_be_loaded_during_training(runs: Runs) -> None:
    run_id = submit(runs, endless())
    wait_for_step(runs, run_id, 100)
    runs.pause(run_id)
    wait_for(runs, run_id, RunState.PAUSED)
    first = runs.load(run_id)
    runs.resume(run_id)
    wait_until(runs, run_id, lambda: runs.load(run_id).step > first.step)
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)
    assert not torch.equal(first.model.state_dict()["0.weight"], runs.load(run_id).model.state_dict()["0.weight"])


def test_stop_conditions_are_reported(runs: Runs) -> None:
    settings = TrainingSettings(epochs=1000, batch_size=32, stop={"target_accuracy": 0.5})
    run_id = submit(runs, digits().model_copy(update={"training": settings}))
    assert "target accuracy" in wait_for(runs, run_id, RunState.FINISHED).message


def test_a_run_that_diverges_says_why_and_keeps_healthy_weights(runs: Runs) -> None:
    run_id = submit(runs, runaway())
    info = wait_for(runs, run_id, RunState.DIVERGED)
    assert "step" in info.message
    assert any("learning rate" in advice for advice in info.advice)
    assert all(bool(torch.isfinite(tensor).all()) for tensor in runs.load(run_id).model.state_dict().values())


def test_a_missing_device_is_reported(runs: Runs) -> None:
    absent = next(kind for kind in ("mps", "cuda") if kind not in available_devices())
    info = wait_for(runs, submit(runs, circle(device=absent)), RunState.FAILED)
    assert info.message.startswith(f"training.device: “{absent}” is not available")


def test_a_broken_network_is_reported(runs: Runs) -> None:
    spec = digits().model_copy(update={"network": (Dense(units=3),)})
    run_id = submit(runs, spec)
    assert "network[" in wait_for(runs, run_id, RunState.FAILED).message
    with pytest.raises(RunError):
        runs.load(run_id)


def test_views_are_computed_only_while_watched(runs: Runs) -> None:
    run_id = submit(runs, endless())
    while steps_taken(runs, run_id) < 500:  # not watched
        time.sleep(0.02)
        assert not runs.info(run_id).state.ended
    assert runs.timeline(run_id).views == {}
    wait_until(runs, run_id, lambda: "boundary" in runs.timeline(run_id).views)
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)


def test_two_watchers_of_one_run_are_independent(runs: Runs) -> None:
    run_id = submit(runs, endless())
    calls = {"short": 0, "long": 0}

    def short() -> None:
        calls["short"] += 1
        leave_short()

    def long() -> None:
        calls["long"] += 1

    def broken() -> None:
        raise RuntimeError("this browser has gone")

    leave_short = runs.watch(run_id, short).end
    runs.watch(run_id, broken)
    leave_long = runs.watch(run_id, long).end
    wait_until(runs, run_id, lambda: calls["long"] >= 5)
    assert calls["short"] == 1
    leave_long()
    leave_long()
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)
    seen = calls["long"]
    wait_for(runs, submit(runs, circle()), RunState.FINISHED)
    assert calls["long"] == seen


def test_addresses_resolve_to_runs(runs: Runs) -> None:
    control = runs.submit(circle())
    address = runs.resolve(control)
    assert address.control
    assert runs.resolve(address.run_id).run_id == address.run_id
    assert not runs.resolve(address.run_id).control
    for nobody in ("w" + "A" * 22, "c" + "A" * 22, "", "../../etc/passwd", None, "w" * 10_000, "'; DROP TABLE runs; --"):
        with pytest.raises(RunNotFound):
            runs.resolve(nobody)
    for question in (runs.info, runs.status, runs.timeline, runs.resume, runs.pause, runs.stop, runs.load):
        with pytest.raises(RunNotFound):
            question("w" + "A" * 22)
    with pytest.raises(RunNotFound):
        runs.watch("w" + "A" * 22, print)
    wait_for(runs, address.run_id, RunState.FINISHED)


def test_a_worker_knows_which_views_its_watchers_look_at(runs: Runs) -> None:
    run_id = submit(runs, endless())
    run = runs._live.get(run_id)
    assert run is not None
    assert (run.watched, run.wanted) == (False, NOTHING)
    one, other = runs.watch(run_id, lambda: None), runs.watch(run_id, lambda: None)
    assert run.wanted == EVERYTHING
    one.look(Wanted({"boundary": frozenset()}))
    other.look(Wanted({"confusion": frozenset()}))
    assert run.wanted == Wanted({"boundary": frozenset(), "confusion": frozenset()})
    wait_until(runs, run_id, lambda: "confusion" in runs.timeline(run_id).views)
    other.end()
    other.look(EVERYTHING)
    assert run.wanted == Wanted({"boundary": frozenset()})
    one.end()
    assert (run.watched, run.wanted) == (False, NOTHING)
    runs.stop(run_id)
    wait_for(runs, run_id, RunState.STOPPED)


def test_an_ended_run_is_the_same_when_read_from_the_store(runs: Runs, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = submit(runs, circle())
    wait_for(runs, run_id, RunState.FINISHED)
    timeline, status, info = runs.timeline(run_id), runs.status(run_id), runs.info(run_id)
    monkeypatch.setattr("playground.runs.live_runs.ENDED_IN_MEMORY", 0)
    while runs.timeline(run_id) is timeline:
        time.sleep(0.02)
    assert (runs.status(run_id), runs.info(run_id)) == (status, info)
    assert runs.timeline(run_id).delta(None)[0] == timeline.delta(None)[0]
    assert runs.timeline(run_id).views.keys() == timeline.views.keys()


def test_runs_are_listed_newest_first(runs: Runs) -> None:
    ids = [submit(runs, circle(epochs=1, seed=seed)) for seed in range(3)]
    for run_id in ids:
        wait_for(runs, run_id, RunState.FINISHED)
    listed = runs.list(limit=3)
    assert [info.id for info in listed] == ids[::-1]
    assert [info.spec.training.seed for info in listed] == [2, 1, 0]
    assert {info.state for info in listed} == {RunState.FINISHED}


def test_a_run_belongs_to_its_owner_or_to_the_first_who_opens_it(runs: Runs) -> None:
    mine, nobodys = (runs.resolve(runs.submit(circle(epochs=1), owner=owner)).run_id for owner in ("ada", ""))
    runs.claim(mine, "bob")
    runs.claim(nobodys, "bob")
    assert [runs.info(run_id).owner for run_id in (mine, nobodys)] == ["ada", "bob"]
    for run_id in (mine, nobodys):
        wait_for(runs, run_id, RunState.FINISHED)
    assert [info.id for info in runs.list(owner="ada")] == [mine]
    assert [info.id for info in runs.list(owner="bob")] == [nobodys]


def test_a_folder_that_cannot_be_written_is_reported(runs: Runs, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runs, "_directory", folder / "spec.json")
    (folder / "spec.json").write_text("a file where a folder is needed")
    with pytest.raises(RunError, match="cannot create this directory"):
        runs.submit(circle())
