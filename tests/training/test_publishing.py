"""How often a run publishes its results: the ledger of losses, and the budget."""

import itertools
import math
from typing import Any, Literal

import pytest
import torch

from playground.catalog.layers import Dense, Output, ReLU
from playground.catalog.layers.network_modules import Network
from playground.training import Checkpoint, Control, Evaluated, Event, Finished, Progress, Rest, Snapshot, View, train
from playground.training.budget import CHECKPOINT_SHARE, GLANCE_SHARE, SNAPSHOT_SHARE, Allowance, Budget, evaluation_share, examination_gap
from playground.training.divergence_watch import DivergenceWatch
from playground.training.epochs import Epochs
from playground.training.ledger import Ledger
from playground.training.publisher import snapshot, snapshot_gap
from playground.training.views import declared_views
from playground.training.wanted import EVERYTHING, NOTHING, Wanted
from tests.training.specs import losses, of_kind, points, run


def test_a_budget_grows_with_time_and_expensive_work_is_rare() -> None:
    budget = Budget()
    bought = 0
    for pulse in range(1000):  # 100 s
        if budget.affords(pulse / 10, 0.05):
            budget.spend(0.5)
            bought += 1
    assert bought == pytest.approx(100 * 0.05 / 0.5, abs=1)


def test_a_budget_does_not_accumulate() -> None:
    budget = Budget()
    assert budget.affords(1e6, 0.03)
    budget.spend(0.2)
    assert not budget.affords(1e6, 0.03)


def test_a_pause_costs_little_but_a_slow_reader_does() -> None:
    paused, slow = Budget(), Budget()
    paused.spend(0.001, reader_seconds=60)
    slow.spend(0.001, reader_seconds=0.008)
    assert paused.affords(0.4, 0.03)
    assert not slow.affords(0.2, 0.03)


def test_the_ledger_counts_samples_epochs_and_the_rate() -> None:
    ledger = Ledger(Epochs(steps=4, samples=30, batch_size=8), DivergenceWatch(lambda: 1.0))
    for step in range(1, 7):
        ledger.add(torch.tensor(1.0 / step), 0.1 * step)
    assert ledger.progress(1.0) is None
    ledger.collect()
    first = ledger.progress(2.0)
    assert first is not None
    assert first.steps == (1, 2, 3, 4, 5, 6)
    assert first.losses == pytest.approx([1 / step for step in range(1, 7)])
    assert first.epoch == 1.5
    assert first.learning_rate == pytest.approx(0.6)
    assert first.samples_per_second == pytest.approx((30 + 16) / 2)
    assert ledger.progress(3.0) is None


def test_the_ledger_ends_at_the_first_loss_that_is_not_finite() -> None:
    ledger = Ledger(Epochs(4, 30, 8), DivergenceWatch(lambda: 1.0))
    for loss in (1.0, 2.0, math.inf, math.nan, 3.0):
        ledger.add(torch.tensor(loss), loss)
    ledger.collect()
    assert ledger.failure == (3, math.inf, math.inf)
    progress = ledger.progress(1.0)
    assert progress is not None
    assert (progress.steps, progress.losses, progress.learning_rate) == ((1, 2), (1.0, 2.0), 2.0)


class Clock:
    """Simulated time: of the day, and of the processor."""

    def __init__(self) -> None:
        self.now = self.processor = 0.0

    def work(self, seconds: float) -> None:
        self.now += seconds
        self.processor += seconds

    def interrupt(self, seconds: float) -> None:
        """Another process has the processor."""
        self.now += seconds


def step_in(milliseconds: float, monkeypatch: pytest.MonkeyPatch, elsewhere: float = 1.0) -> Clock:
    """Simulated time: a step takes so long, and passing a batch forward outside of training as many milliseconds as `elsewhere` says."""
    clock = Clock()
    monkeypatch.setattr("playground.training.isolation.time.perf_counter", lambda: clock.now)
    monkeypatch.setattr("playground.training.isolation.time.thread_time", lambda: clock.processor)
    forward = Network.forward

    def slow(model: Network, x: torch.Tensor) -> torch.Tensor:
        clock.work((milliseconds if model.training else elsewhere) / 1000)
        return forward(model, x)

    monkeypatch.setattr(Network, "forward", slow)
    return clock


def test_the_rhythm_of_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = step_in(10, monkeypatch, elsewhere=2)
    spec = points(Dense(units=3), ReLU(), Output(), training={"epochs": 500})  # 2,000 steps, 20 s
    times: dict[type, list[float]] = {Progress: [], Snapshot: [], Checkpoint: [], Evaluated: []}
    for event in train(spec, control=Control(watched=False)):
        times.get(type(event), []).append(clock.now)
    gaps = [later - earlier for earlier, later in zip(times[Progress], times[Progress][1:], strict=False)]
    assert all(0.07 < gap < 0.1 for gap in gaps[:-1])
    between = [later - earlier for earlier, later in zip(times[Snapshot], times[Snapshot][1:], strict=False)]
    assert all(gap < snapshot_gap(time) + 0.1 for time, gap in zip(times[Snapshot], between, strict=False))
    assert 100 < len(times[Snapshot]) < 250
    assert len(times[Checkpoint]) > 10
    assert all(later - earlier >= 0.74 for earlier, later in itertools.pairwise(times[Checkpoint]))
    spent = (len(times[Evaluated]) - 2) * 0.004  # the first and the last are made whatever the cost
    assert spent < 0.03 * clock.now + 0.004
    assert len(times[Evaluated]) > 20


def test_a_short_run_has_its_weights_at_each_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    step_in(1, monkeypatch, elsewhere=0.1)
    spec = points(Dense(units=3), ReLU(), Output(), training={"epochs": 50})  # 300 steps, 0.3 s
    events = run(spec, Control(watched=False))
    evaluated, kept = ({event.step for event in of_kind(events, kind)} for kind in (Evaluated, Snapshot))
    assert len(evaluated) > 40
    assert len(evaluated - kept) <= 4, "those that are due by the clock, four in this time"
    assert 0 in kept


def test_a_run_that_takes_turns_is_evaluated_as_often_and_its_waiting_is_not_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = points(Dense(units=3), ReLU(), Output(), training={"epochs": 250})  # 1,000 steps, 10 s
    clock = step_in(10, monkeypatch)
    alone = run(spec, Control(watched=False))
    control, by_turns, rests = Control(watched=False), list[Event](), 0
    for event in train(spec, control=control):
        by_turns.append(event)
        if isinstance(event, Rest):
            clock.now += 60
            rests += 1
        control.rest = isinstance(event, Progress) and event.steps[-1] // 50 > rests
    assert rests == 19
    kinds = {kind: [sum(isinstance(event, kind) for event in events) for events in (alone, by_turns)] for kind in (Evaluated, Snapshot)}
    assert abs(kinds[Evaluated][0] - kinds[Evaluated][1]) <= 1
    assert abs(kinds[Snapshot][0] - kinds[Snapshot][1]) <= rests
    assert [of_kind(events, Finished)[0].seconds for events in (alone, by_turns)] == pytest.approx([10, 10], rel=0.05)


def test_a_snapshot_that_was_interrupted_delays_the_next_one_no_longer_than_others(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = step_in(10, monkeypatch)
    made = itertools.count(1)

    def interrupted(*given: Any) -> Snapshot:
        clock.work(0.001)
        if next(made) == 5:
            clock.interrupt(0.2)
        return snapshot(*given)

    monkeypatch.setattr("playground.training.publisher.snapshot", interrupted)
    spec = points(Dense(units=3), ReLU(), Output(), training={"epochs": 500})  # 2,000 steps, 20 s
    times = [clock.now for event in train(spec, control=Control(watched=False)) if isinstance(event, Snapshot)]
    assert max(later - earlier for earlier, later in itertools.pairwise(times)) < 1


def test_a_run_of_one_step_yields_all_events() -> None:
    names = [type(event).__name__ for event in run(points(training={"epochs": 1, "batch_size": 64}))]
    assert names[0] == "Started"
    assert names[1:3] == ["Snapshot", "Progress"]
    views = len(declared_views(points()))
    assert names[-(views + 3) :] == ["Evaluated", *views * ["View"], "Snapshot", "Finished"]


@pytest.mark.parametrize("pace", ["batch", "epoch"])
def test_a_single_step_has_views_for_those_who_come_to_watch_later(pace: Literal["batch", "epoch"]) -> None:
    events = train(points(), control=Control(pace=pace, watched=False))
    before = list(itertools.takewhile(lambda event: not isinstance(event, Progress), events))
    step = 1 if pace == "batch" else 4
    assert {event.name for event in before if isinstance(event, View) and event.step == step} == {
        view.name for view in declared_views(points())
    }


def test_the_picture_of_the_network_moves_all_the_time_and_is_paid_for_from_a_budget(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = step_in(2, monkeypatch, elsewhere=0.5)
    spec = points(Dense(units=3), ReLU(), Output(), training={"epochs": 500})  # 4,000 steps, 8 s
    times, evaluated = list[float](), 0
    for event in train(spec, control=Control()):
        evaluated += isinstance(event, Evaluated)
        if isinstance(event, View) and event.name == "network":
            times.append(clock.now)
    gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
    assert max(gaps) < 0.2
    assert evaluated > 10


def test_nobody_pays_for_a_picture_of_the_network_that_nobody_sees() -> None:
    events = train(points(training={"epochs": 200}), control=Control(watched=False))
    assert [event.step for event in events if isinstance(event, View) and event.name == "network"] == [800]


def test_evaluations_are_frequent_at_first_and_at_most_three_seconds_apart() -> None:
    assert [examination_gap(seconds) for seconds in (0, 1, 3, 6, 9, 1000)] == [0.4, 0.4, 1, 2, 3, 3]


@pytest.mark.parametrize("urgent", [False, True])
def test_a_watcher_costs_at_most_six_percent(urgent: bool) -> None:
    """Besides the first evaluation and the last one."""
    early, late = (evaluation_share(seconds, watched=True, urgent=urgent) for seconds in (1.0, 60.0))
    assert early + GLANCE_SHARE + SNAPSHOT_SHARE + CHECKPOINT_SHARE == pytest.approx(0.06)
    assert late == (early if urgent else evaluation_share(60.0, watched=False, urgent=urgent))
    assert evaluation_share(1.0, watched=False, urgent=urgent) + SNAPSHOT_SHARE + CHECKPOINT_SHARE <= 0.02


@pytest.mark.parametrize("stop", [{}, {"patience": 5}])
def test_a_run_faster_than_its_first_evaluation_shows_it(monkeypatch: pytest.MonkeyPatch, stop: dict[str, int]) -> None:
    monkeypatch.setattr("playground.training.publisher._PULSE_SECONDS", 0.0)
    monkeypatch.setattr("playground.training.engine.PROGRESS_SECONDS", 60.0)
    evaluated = [event for event in run(points(training={"epochs": 2, "stop": stop})) if isinstance(event, Evaluated)]
    assert [event.step for event in evaluated] == [0, 8]
    assert evaluated[0].train_loss > evaluated[1].train_loss


@pytest.mark.parametrize("stop", [{}, {"patience": 500}])
@pytest.mark.parametrize(("epochs", "every"), [(1, 1), (3, 1), (60, 1), (200, 4)])
def test_a_short_run_is_evaluated_after_each_epoch_or_fifty_times(
    monkeypatch: pytest.MonkeyPatch, epochs: int, every: int, stop: dict[str, int]
) -> None:
    step_in(0.5, monkeypatch)
    evaluated = [event for event in run(points(training={"epochs": epochs, "stop": stop})) if isinstance(event, Evaluated)]
    after_epochs = [event.step for event in evaluated if event.step % (4 * every) == 0]
    assert after_epochs == [4 * epoch for epoch in range(0, epochs + 1, every)]


def test_evaluations_by_steps_cost_the_allowance_spread_over_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = step_in(0.5, monkeypatch)
    monkeypatch.setattr("playground.training.budget.ALLOWANCE_SECONDS", 0.06)
    control = Control(watched=False)
    evaluated = [event for event in train(points(training={"epochs": 60}), control=control) if isinstance(event, Evaluated)]
    steps = [event.step for event in evaluated]  # each takes 3 ms: 20 of 60 epochs can be paid for
    assert 20 <= len(steps) <= 24
    assert max(later - earlier for earlier, later in itertools.pairwise(steps)) <= 28
    assert clock.now < 240 * 0.0005 + 0.06 + 10 * 0.003


def test_an_expensive_evaluation_is_left_to_the_budget() -> None:
    allowance = Allowance(steps_per_epoch=10, epochs=3)
    assert allowance.reach(10)
    assert allowance.affords(10, seconds=0.5)
    assert not allowance.affords(10, seconds=5)


@pytest.mark.parametrize("seconds", [0.001, 0.005, 0.01, 0.05])
def test_evaluations_by_steps_of_any_run_take_at_most_the_allowance(seconds: float) -> None:
    allowance, steps = Allowance(steps_per_epoch=10, epochs=100), []
    for step in range(20, 1000, 20):
        assert allowance.reach(step)
        if allowance.affords(step, seconds):
            allowance.spend(seconds)
            steps.append(step)
    expected = min(49, 0.3 / seconds)
    assert expected - 1 <= len(steps) <= expected + 2
    assert max(later - earlier for earlier, later in itertools.pairwise(steps)) <= 1000 / expected + 40


def test_a_slow_run_of_few_epochs_is_evaluated_after_each() -> None:
    allowance = Allowance(steps_per_epoch=125, epochs=3)
    for epoch in (1, 2):
        assert allowance.affords(125 * epoch, seconds=0.15)
        allowance.spend(0.15)


def test_losses_do_not_depend_on_evaluations_by_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = points(training={"epochs": 30})
    often = losses(run(spec))
    monkeypatch.setattr("playground.training.budget.ALLOWANCE_SECONDS", -1.0)
    assert losses(run(spec)) == often


def test_only_views_that_are_looked_at_are_made_until_the_end() -> None:
    control = Control(wanted=Wanted({"confusion": frozenset()}))
    spec, last = points(training={"epochs": 40}), 4 * 40
    views = of_kind(train(spec, control=control), View)
    earlier = {view.name for view in views if view.step < last}
    assert {"confusion", "layers"} <= earlier  # what an evaluation has anyway
    assert not earlier & {"boundary", "network"}
    assert {view.name for view in views if view.step == last} == {view.name for view in declared_views(spec)}


def test_whoever_turns_to_another_view_does_not_wait_for_the_next_evaluation(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = step_in(5.0, monkeypatch)
    monkeypatch.setattr("playground.training.budget.ALLOWANCE_SECONDS", -1.0)
    control, turned = Control(wanted=Wanted({"boundary": frozenset()})), 0.0
    for event in train(points(training={"epochs": 1000}), control=control):
        if clock.now > 9.5 and not turned:
            control.wanted, turned = Wanted({"confusion": frozenset()}), clock.now
        if turned and isinstance(event, View):
            break
    assert event.name == "confusion"
    assert clock.now - turned < 1


def test_what_watchers_want_together() -> None:
    both = Wanted.together([Wanted({"a": frozenset({1}), "b": frozenset()}), Wanted({"a": frozenset({2})})])
    assert both == Wanted({"a": frozenset({1, 2}), "b": frozenset()})
    assert both.choices("a") == {1, 2}
    assert both.and_everything.choices("a") == {0, 1, 2}
    assert both.choices("b") == EVERYTHING.choices("c") == {0}
    assert "c" not in both
    assert "c" in Wanted.together([both, EVERYTHING])
    assert Wanted.together([]) == NOTHING
    assert both.is_within(both)
    assert not both.is_within(Wanted({"a": frozenset({1}), "b": frozenset()}))
    assert NOTHING.is_within(both)
