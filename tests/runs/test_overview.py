"""What a list says of runs: described once, stored with the run, and the same as what its timeline and its spec say."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from playground.catalog.optimizers import Adam
from playground.runs import RunNotFound, Runs, RunState
from playground.runs.overview import POINTS, named, sparkline, summary
from playground.runs.store import StoredRun
from playground.runs.timeline import Timeline
from playground.training.declarations import declarations
from playground.training.events import Progress
from tests.runs.experiments import circle, digits, endless, submit, wait_for, wait_for_step
from tests.runs.in_this_process import Threads


def timeline(*losses: float) -> Timeline:
    made = Timeline(declared=declarations(circle()))
    for step, loss in enumerate(losses, start=1):
        made.add(Progress((step,), (loss,), step / 25, step / 10, 0.03, 100.0, False))
    made.settle()
    return made


def test_a_sparkline_has_the_shape_of_the_losses() -> None:
    assert sparkline(timeline()) == []
    assert sparkline(timeline(0.7)) == [50]
    assert sparkline(timeline(3.0, 2.0, 1.0)) == [100, 50, 0]
    assert sparkline(timeline(2.0, float("nan"), 1.0)) == [100, None, 0]
    halves = sparkline(timeline(*[4.0] * 500, *[2.0] * 500))
    assert halves == [100] * (POINTS // 2) + [0] * (POINTS // 2)


def test_a_sparkline_follows_its_timeline() -> None:
    made = timeline(3.0, 1.0)
    assert sparkline(made) == sparkline(made) == [100, 0]
    made.add(Progress((3,), (5.0,), 3 / 25, 0.3, 0.03, 100.0, False))
    assert sparkline(made) == [50, 0, 100]


def test_a_summary_names_data_network_and_optimizer() -> None:
    assert summary(circle()) == "Circle · dense 4 | tanh | output · SGD, learning rate 0.03 · 5 epochs"
    deep = circle().model_copy(update={"network": circle().network * 40, "optimizer": Adam(lr=0.001)})
    assert len(summary(deep)) < 250
    assert "… · Adam, learning rate 0.001" in summary(deep)


def test_a_name_is_one_line_that_fits() -> None:
    assert named("  my\n\tfirst \x00 run\u202e ", circle()) == "my first run"
    assert len(named("é" * 500, circle())) == 80
    assert named(" \n ", circle()) == "3 layers on Circle"


def test_a_run_is_listed_with_its_result_and_sparkline_while_it_trains_and_after_it_is_stored(runs: Runs, folder: Path) -> None:
    finished, going = submit(runs, digits(), owner="list"), submit(runs, endless(), owner="list")
    submit(runs, circle(), owner="another")
    wait_for(runs, finished, RunState.FINISHED)
    wait_for_step(runs, going, 5)
    second, first = runs.overviews("list", 10)
    assert (first.id, second.id) == (finished, going)
    assert second.standing.state == "running"
    assert second.standing.sparkline
    assert first.standing.result == {
        "title": "test accuracy", "format": "percent", "better": "higher", "value": runs.status(finished)["test_accuracy"],
    }  # fmt: skip
    assert first.standing.sparkline == sparkline(runs.timeline(finished))
    runs.delete(going)
    runs.close()
    later = Runs(folder, parallel=1)  # reads what was stored
    assert later.overviews("list", 10) == (first,)
    assert later.overviews("", 10) == ()
    with pytest.raises(RunNotFound):
        later.standing("w" + "x" * 22)
    later.rename(finished, " best\nso far ")
    assert [each.name for each in later.overviews("list", 10)] == ["best so far"]
    assert later.info(finished).given_name == "best so far"
    later.rename(finished, "")
    assert later.info(finished).given_name == ""
    assert [each.name for each in later.overviews("list", 10)] == [first.name]
    later.close()


def test_a_name_is_known_while_the_run_trains_and_after_it_is_stored_and_when_it_is_resumed(tmp_path: Path) -> None:
    first = Runs(tmp_path, parallel=1, executor=Threads())
    run = submit(first, endless())
    assert first.info(run).given_name == ""
    first.rename(run, "long one")
    assert first.info(run).given_name == "long one"
    wait_for_step(first, run, 1)
    first.close()
    later = Runs(tmp_path, parallel=1, executor=Threads())
    assert later.info(run).given_name == "long one"
    later.resume(run)
    assert later.info(run).given_name == "long one"
    later.close()


def test_runs_of_earlier_versions_are_described_when_they_are_first_listed(tmp_path: Path) -> None:
    runs = Runs(tmp_path, parallel=1)
    store = runs._records.store
    now = datetime.now(UTC)
    for number, spec in enumerate((circle().to_json(), '{"version": 999}')):
        store.add(StoredRun(f"w{number}", now + timedelta(seconds=number), "gone", spec, RunState.FINISHED, owner="me"))
    news = timeline(2.0, 1.0).delta(None)[0]
    store.write("w0", RunState.FINISHED, "", (), {"test_accuracy": 0.9, "epochs": 5}, news)
    (overview,) = runs.overviews("me", 10)
    assert (overview.name, overview.summary) == (named("", circle()), summary(circle()))
    assert overview.standing.sparkline == [100, 0]
    assert overview.standing.result is not None
    assert overview.standing.result["value"] == 0.9
    described = store.overview("w0")
    assert described == overview
    runs.close()
