"""The timeline compared with a plain list of all its rows."""

import json
import math
import threading
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runs import Timeline
from playground.runs.thinning import Columns, extremes
from playground.training.declarations import declarations
from playground.training.events import Evaluated, Progress, View
from tests.runs.experiments import circle

CAPACITY = 32
DECLARED = declarations(circle())
losses = st.floats(width=32, allow_nan=False, allow_infinity=False)


def progress(first: int, values: list[float]) -> Progress:
    last = first + len(values) - 1
    return Progress(
        tuple(range(first, last + 1)), tuple(values), epoch=last / 10, seconds=last / 100, learning_rate=0.1, samples_per_second=1.0
    )


def evaluated(step: int, values: tuple[float, float, float, float]) -> Evaluated:
    return Evaluated(step, step / 10, step / 100, {"loss": values[0], "accuracy": values[2]}, {"loss": values[1], "accuracy": values[3]})


class Browser:
    """The other side: joins the messages it receives."""

    def __init__(self) -> None:
        self.series: dict[str, dict[str, list[Any]]] = {}
        self.cursor = None

    def read(self, timeline: Timeline) -> None:
        message, self.cursor = timeline.delta(self.cursor)
        message = json.loads(json.dumps(message, allow_nan=False))
        if message["type"] == "history":
            self.series = message["series"]
        else:
            for name, group in message["series"].items():
                for column, values in group.items():
                    self.series[name][column] += values


@given(
    st.lists(st.one_of(st.lists(losses, min_size=1, max_size=40), st.sampled_from(["read", "settle", "evaluate"])), max_size=60), st.data()
)
def test_incremental_reading_equals_a_full_read_and_no_peak_is_lost(items: list[Any], data: st.DataObject) -> None:
    timeline, browser, step = Timeline(CAPACITY, DECLARED), Browser(), 0
    batches: list[float] = []
    evaluations: list[tuple[float, float, float, float]] = []
    for item in items:
        if item == "read":
            browser.read(timeline)
        elif item == "settle":
            timeline.settle()
        elif item == "evaluate":
            values = data.draw(st.tuples(losses, losses, losses, losses))
            timeline.add(evaluated(step, values))
            evaluations.append(values)
        else:
            timeline.add(progress(step + 1, item))
            step += len(item)
            batches += item
    timeline.settle()
    browser.read(timeline)
    whole = timeline.delta(None)[0]["series"]
    assert browser.series == whole

    batch, evaluation = whole["batch"], whole["evaluated"]
    assert len(batch["step"]) <= CAPACITY
    assert len(evaluation["step"]) <= CAPACITY
    assert batch["step"] == sorted(set(batch["step"]))
    assert batch["epoch"] == pytest.approx([step / 10 for step in batch["step"]], abs=1e-4)
    assert batch["seconds"] == pytest.approx([step / 100 for step in batch["step"]], abs=1e-3)
    for step_, loss in zip(batch["step"], batch["train_loss"], strict=True):
        assert loss == pytest.approx(batches[step_ - 1], rel=1e-6)
    if batches:
        assert min(batch["train_loss"]) == pytest.approx(min(batches), rel=1e-6)
        assert max(batch["train_loss"]) == pytest.approx(max(batches), rel=1e-6)
        assert batch["step"][-1] == len(batches)
    for index, name in enumerate(("train_loss", "test_loss", "train_accuracy", "test_accuracy")):
        column = [values[index] for values in evaluations]
        if column:
            assert min(evaluation[name]) == pytest.approx(min(column), rel=1e-6)
            assert max(evaluation[name]) == pytest.approx(max(column), rel=1e-6)
            assert evaluation[name][-1] == pytest.approx(column[-1], rel=1e-6)


@pytest.mark.parametrize("count", range(1, 120))
def test_the_newest_row_is_visible_even_if_all_losses_are_equal(count: int) -> None:
    timeline = Timeline(CAPACITY, DECLARED)
    timeline.add(progress(1, [0.0] * count))
    timeline.settle()
    assert timeline.delta(None)[0]["series"]["batch"]["step"][-1] == count


@given(st.lists(st.lists(losses, min_size=1, max_size=40), max_size=30))
def test_a_timeline_is_rebuilt_from_its_parts(items: list[list[float]]) -> None:
    timeline, cursor, step = Timeline(CAPACITY, DECLARED), None, 0
    parts: list[dict[str, Any]] = []
    for item in items:
        timeline.add(progress(step + 1, item))
        step += len(item)
        message, cursor = timeline.delta(cursor)
        parts = [message["series"]] if message["type"] == "history" else [*parts, message["series"]]
    assert Timeline.rebuilt(parts, capacity=CAPACITY, declared=DECLARED).delta(None)[0] == timeline.delta(None)[0]


def test_nothing_is_thinned_before_the_timeline_is_full() -> None:
    timeline = Timeline(CAPACITY, DECLARED)
    values = [float(value) for value in range(CAPACITY)]
    timeline.add(progress(1, values))
    assert timeline.delta(None)[0]["series"]["batch"]["train_loss"] == values


def test_halvings_become_rarer() -> None:
    timeline, cursor, histories = Timeline(100, DECLARED), None, 0
    for step in range(1, 10_001):
        timeline.add(progress(step, [math.sin(step)]))
        message, cursor = timeline.delta(cursor)
        histories += message["type"] == "history"
    assert histories <= 1 + math.ceil(math.log2(10_000 / 100)) + 1


def test_values_that_are_not_finite_become_none() -> None:
    timeline = Timeline(declared=DECLARED)
    timeline.add(progress(1, [1.0, math.nan, math.inf]))
    timeline.add(Evaluated(3, 0.3, 0.03, {"loss": math.inf}, {"loss": 1.0}))
    series = json.loads(json.dumps(timeline.delta(None)[0], allow_nan=False))["series"]
    assert series["batch"]["train_loss"] == [1.0, None, None]
    assert series["evaluated"]["train_loss"] == [None]
    assert series["evaluated"]["test_accuracy"] == [None]


def test_a_cursor_of_another_timeline_gets_the_whole_history() -> None:
    one, other = Timeline(declared=DECLARED), Timeline(declared=DECLARED)
    one.add(progress(1, [1.0, 2.0]))
    other.add(progress(1, [3.0, 4.0, 5.0]))
    message, _ = other.delta(one.delta(None)[1])
    assert message["type"] == "history"
    assert message["series"]["batch"]["train_loss"] == [3.0, 4.0, 5.0]


def test_the_newest_of_each_view_is_kept() -> None:
    timeline = Timeline()
    for step in (1, 2):
        timeline.add(View("confusion", step, np.full((2, 2), step, np.float32)))
    timeline.add(View("boundary", 1, np.zeros((1, 3, 3), np.float32)))
    assert {name: view.step for name, view in timeline.views.items()} == {"confusion": 2, "boundary": 1}


def test_a_reader_in_another_thread_sees_whole_rows() -> None:
    timeline, ended, browser = Timeline(CAPACITY, DECLARED), threading.Event(), Browser()

    def write() -> None:
        for step in range(1, 3000):
            timeline.add(progress(step, [float(step)]))
        timeline.settle()
        ended.set()

    writer = threading.Thread(target=write)
    writer.start()
    while not ended.is_set():
        browser.read(timeline)
        columns = browser.series["batch"]
        assert columns["train_loss"] == columns["step"]
    writer.join()
    browser.read(timeline)
    assert browser.series == timeline.delta(None)[0]["series"]


@given(st.lists(st.one_of(losses, st.none()), min_size=1), st.integers(0, 10))
def test_extremes_are_where_numpy_finds_them(values: list[float | None], start: int) -> None:
    numbers = np.array([math.inf if value is None else value for value in values])
    assert extremes(values, start) == sorted({start + int(numbers.argmin()), start + int(numbers.argmax())})


def test_too_small_a_capacity_is_refused() -> None:
    with pytest.raises(ValueError, match="capacity: must be at least 4, got 3"):
        Columns(("step", "loss"), ("loss",), 3)


def test_the_epoch_at_a_step_is_known_between_the_rows_that_are_kept() -> None:
    timeline = Timeline(declared=DECLARED)
    assert timeline.epoch_at(5) == 0
    timeline.add(progress(1, [0.5] * 4))
    timeline.extend({"batch": {"step": [8], "epoch": [1.2], "seconds": [1.0], "train_loss": [0.1]}, "evaluated": {"step": []}})
    assert [round(timeline.epoch_at(step), 4) for step in (0, 1, 4, 6, 8, 9)] == [0, 0.1, 0.4, 0.8, 1.2, 1.2]
