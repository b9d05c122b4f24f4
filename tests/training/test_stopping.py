"""What ends a run: its epochs, a condition, or its reader."""

import pytest

from playground.catalog.datasets import MultiGauss
from playground.catalog.layers import BatchNorm, Dense, Output, Tanh
from playground.catalog.losses import MSE, CrossEntropy
from playground.catalog.optimizers import SGD, Adam
from playground.network import build_model
from playground.spec import SpecError, StopConditions
from playground.training import Control, Evaluated, Finished, Progress, Snapshot, Started, View, train
from playground.training.views import declared_views
from tests.training.specs import digits, losses, of_kind, points, run

VIEWS = len(declared_views(points())) * ["View"]
"""Those of an evaluation of a run on points."""


def last_kinds(events: list[object]) -> list[str]:
    """Names of the events after the last Progress."""
    names = [type(event).__name__ for event in events]
    return names[len(names) - names[::-1].index("Progress") :] if "Progress" in names else names


def test_epochs() -> None:
    spec = points(training={"epochs": 7, "batch_size": 8})
    events = run(spec)
    started, finished = events[0], events[-1]
    assert isinstance(started, Started)
    assert isinstance(finished, Finished)
    assert (started.train_samples, started.test_samples, started.steps_per_epoch, started.epochs) == (30, 30, 4, 7)
    assert started.parameters == 2 * 4 + 4 + 4 + 1
    assert started.device == "cpu"
    assert started.device_name
    assert (finished.reason, finished.step, finished.epoch) == ("epochs", 28, 7.0)
    assert finished.samples_per_second == pytest.approx(7 * 30 / finished.seconds)
    assert last_kinds(events) == ["Evaluated", *VIEWS, "Snapshot", "Finished"]
    evaluated = of_kind(events, Evaluated)[-1]
    assert (evaluated.step, evaluated.test_loss, evaluated.test_accuracy) == (28, finished.test_loss, finished.test_accuracy)


def test_target_accuracy_ends_the_first_epoch_that_reaches_it() -> None:
    spec = points(
        Dense(units=8), Tanh(), Output(), optimizer=Adam(lr=0.02), stop=StopConditions(target_accuracy=0.9), training={"epochs": 500}
    )
    finished = run(spec)[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "target_accuracy"
    assert finished.test_accuracy is not None
    assert finished.test_accuracy >= 0.9
    assert 1 < finished.epoch < 500
    assert finished.epoch == int(finished.epoch)
    shorter = spec.model_copy(
        update={"training": spec.training.model_copy(update={"epochs": int(finished.epoch) - 1, "stop": StopConditions()})}
    )
    before = run(shorter)[-1]
    assert isinstance(before, Finished)
    assert before.test_accuracy is not None
    assert before.test_accuracy < 0.9


def test_patience_ends_after_that_many_epochs_without_a_better_test_loss() -> None:
    """Steps too small to change a float: the first epoch is the best, and patience allows two more."""
    still = points(optimizer=SGD(lr=1e-30), stop=StopConditions(patience=2), training={"epochs": 50})
    finished = run(still)[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.epoch) == ("patience", 3.0)


def test_patience_waits_while_the_loss_improves() -> None:
    better = points(
        data=MultiGauss(samples=60), loss=MSE(), optimizer=SGD(lr=1e-3), stop=StopConditions(patience=1), training={"epochs": 20}
    )
    finished = run(better)[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.epoch) == ("epochs", 20.0)


def test_target_accuracy_never_ends_a_regression() -> None:
    finished = run(points(data=MultiGauss(samples=60), loss=MSE(), stop=StopConditions(target_accuracy=0.01)))[-1]
    assert isinstance(finished, Finished)
    assert (finished.reason, finished.test_accuracy, finished.train_accuracy) == ("epochs", None, None)


def test_a_time_limit_ends_a_run() -> None:
    finished = run(points(stop=StopConditions(seconds=0.3), training={"epochs": 1000, "batch_size": 1}))[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "time"
    assert finished.seconds >= 0.3
    assert finished.epoch < 1000


def test_stop_conditions_do_not_change_losses() -> None:
    plain = losses(run(points(training={"epochs": 6})))
    assert losses(run(points(stop=StopConditions(patience=900, target_accuracy=1.0), training={"epochs": 6}))) == plain


@pytest.mark.parametrize("pace", ["clock", "batch", "epoch"])
def test_stop_ends_a_run_with_all_results(pace: str) -> None:
    control = Control(pace=pace)  # type: ignore[arg-type]
    events = []
    for event in train(points(training={"epochs": 1000}), control=control):
        events.append(event)
        if isinstance(event, Progress):
            control.stop = True
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert finished.reason == "stopped"
    assert finished.step == len(losses(events)) == of_kind(events, Snapshot)[-1].step == of_kind(events, Evaluated)[-1].step
    assert [type(event).__name__ for event in events[-3 - len(VIEWS) :]] == ["Evaluated", *VIEWS, "Snapshot", "Finished"]


def test_stop_before_the_first_step() -> None:
    control = Control(stop=True)
    events = run(points(), control)
    assert [type(event).__name__ for event in events] == [
        "Started", "Snapshot", "Evaluated", *VIEWS, "Snapshot", "Finished",
    ]  # fmt: skip
    assert (events[-1].step, events[-1].reason) == (0, "stopped")  # type: ignore[union-attr]


def test_a_batch_at_a_time() -> None:
    events = run(points(training={"epochs": 2}), Control(pace="batch"))
    assert [event.steps for event in of_kind(events, Progress)] == [(step,) for step in range(1, 9)]
    kinds = [type(event).__name__ for event in events[: 8 + 2 * len(VIEWS)]]
    step = ["Evaluated", *VIEWS, "Snapshot"]
    assert kinds == ["Started", "Snapshot", *step, *step, "Checkpoint", "Progress"]
    assert [event.step for event in of_kind(events, Evaluated)] == list(range(9))
    assert [event.step for event in of_kind(events, Snapshot)] == [0, *range(9)]


def test_an_epoch_at_a_time() -> None:
    events = run(points(training={"epochs": 3}), Control(pace="epoch"))
    assert [event.steps for event in of_kind(events, Progress)] == [(1, 2, 3, 4), (5, 6, 7, 8), (9, 10, 11, 12)]
    assert [event.epoch for event in of_kind(events, Progress)] == [1, 2, 3]
    assert {0, 4, 8, 12} <= {event.step for event in of_kind(events, Evaluated)}


def test_views_are_made_while_somebody_watches_and_at_the_end() -> None:
    events = run(points(training={"epochs": 300}), Control(watched=False))
    assert [event.step for event in of_kind(events, View)] == len(VIEWS) * [1200]
    assert len(of_kind(events, Evaluated)) > 1


def test_the_first_step_is_reported_at_once_and_the_start_is_evaluated() -> None:
    events = run(digits(training={"epochs": 1}))
    assert [type(event).__name__ for event in events[:3]] == ["Started", "Snapshot", "Progress"]
    assert events[2].steps == (1,)  # type: ignore[union-attr]
    assert of_kind(events, Evaluated)[0].step == 0


def test_pauses_do_not_count_as_training_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]

    def clock() -> float:
        now[0] += 0.001
        return now[0]

    monkeypatch.setattr("playground.training.isolation.time.perf_counter", clock)
    events = []
    for event in train(points()):
        now[0] += 1000
        events.append(event)
    finished = events[-1]
    assert isinstance(finished, Finished)
    assert 0 < finished.seconds < 1000
    assert finished.samples_per_second > 0


def test_a_network_with_errors_is_refused_before_anything_else() -> None:
    with pytest.raises(SpecError, match=r"network\[2\]"):
        train(points(Dense(units=3), Tanh(), Dense(units=7)))


def test_a_network_without_weights_is_refused() -> None:
    with pytest.raises(SpecError, match="has nothing to learn"):
        train(points(Tanh(), loss=CrossEntropy()))


def test_batch_normalization_of_a_single_example_is_refused() -> None:
    lonely = points().data.model_copy(update={"samples": 10, "test_share": 0.9})
    assert len(lonely.load().train) == 1
    spec = points(Dense(units=3), BatchNorm(), Output(), data=lonely)
    build_model(spec)
    with pytest.raises(SpecError, match="at least 2 training examples"):
        run(spec)
