"""Slow motion: a rest after every step, which changes no result."""

from playground.spec import StopConditions
from playground.training import Control, Evaluated, Finished, Progress, Rest
from tests.training.specs import losses, of_kind, points, run


def test_every_step_is_reported_evaluated_and_followed_by_a_rest() -> None:
    spec = points(training={"threads": 1})
    events = run(spec, Control(steps_per_second=2))
    assert losses(events) == losses(run(spec))
    assert [len(event.steps) for event in of_kind(events, Progress)] == [1] * 12
    assert {event.step for event in of_kind(events, Evaluated)} == set(range(13))
    rests = of_kind(events, Rest)
    assert [rest.seconds for rest in rests] == [0.5] * 12


def test_a_rest_counts_as_no_time(monkeypatch) -> None:
    spec = points(stop=StopConditions(seconds=5.0), training={"threads": 1})
    (finished,) = of_kind(run(spec, Control(steps_per_second=0.01)), Finished)
    assert finished.reason == "epochs"


def test_at_full_speed_there_is_none() -> None:
    assert not of_kind(run(points(training={"threads": 1})), Rest)
