"""Which runs are announced and deleted, worked out by hand."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runs.retention import EndedRun, Limits, Plan, plan

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NOTICE = NOW + 3 * DAY


def run(name: str, age_days: float, size: int | None = 10, after: datetime | None = None) -> EndedRun:
    return EndedRun(name, NOW - age_days * DAY, size, after)


def limits(most_bytes: int = 10**9, days: float = 0) -> Limits:
    return Limits(most_bytes, days, notice_days=3)


def test_within_the_limits_nothing_is_announced() -> None:
    assert plan([run("old", 4000), run("new", 0)], 0, limits(), NOW) == Plan({}, ())


def test_the_oldest_are_announced_until_the_rest_fit() -> None:
    runs = [run("c", 1), run("a", 3), run("b", 2)]
    assert plan(runs, 5, limits(34), NOW) == Plan({"a": NOTICE}, ())
    assert plan(runs, 5, limits(24), NOW) == Plan({"a": NOTICE, "b": NOTICE}, ())
    assert plan(runs, 5, limits(35), NOW) == Plan({}, ())


def test_age_is_announced_before_it_is_reached() -> None:
    runs = [run("past", 11), run("soon", 8), run("later", 6)]
    assert plan(runs, 0, limits(days=10), NOW) == Plan({"past": NOTICE, "soon": NOTICE}, ())
    assert plan([run("soon", 7.5)], 0, limits(days=10), NOW) == Plan({"soon": NOTICE}, ())
    assert plan([run("in time", 7)], 0, limits(days=10), NOW) == Plan({"in time": NOW + 3 * DAY}, ())


def test_an_announcement_keeps_its_date_and_is_carried_out_then() -> None:
    for hours, deleted in ((1, ()), (0, ("a",)), (-5, ("a",))):
        after = NOW + timedelta(hours=hours)
        assert plan([run("a", 3, after=after)], 0, limits(5), NOW) == Plan({"a": after}, deleted)


def test_an_announcement_without_a_reason_is_withdrawn() -> None:
    assert plan([run("a", 3, after=NOW - DAY)], 0, limits(), NOW) == Plan({}, ())


def test_a_clock_that_jumps_ahead_deletes_nothing() -> None:
    ahead = NOW + 5000 * DAY
    made = plan([run("a", 3)], 0, limits(days=10), ahead)
    assert made == Plan({"a": ahead + 3 * DAY}, ())
    assert plan([run("a", 3, after=made.announced["a"])], 0, limits(days=10), NOW) == Plan({}, ())


def test_no_limit_is_too_large_to_compute_with() -> None:
    assert plan([run("a", 3)], 0, limits(days=1e12), NOW) == Plan({}, ())


runs_of_any_kind = st.lists(
    st.builds(
        run,
        st.uuids().map(str),
        st.floats(0, 1000),
        st.none() | st.integers(0, 100),
        st.none() | st.floats(-10, 10).map(lambda days: NOW + days * DAY),
    ),
    max_size=12,
)


@given(runs_of_any_kind, st.integers(0, 200), st.integers(1, 600), st.sampled_from([0.0, 5.0, 100.0]))
def test_what_stays_fits_and_only_announced_runs_go(runs: list[EndedRun], other: int, most: int, days: float) -> None:
    made = plan(runs, other, limits(most, days), NOW)
    stays = [each.bytes for each in runs if each.id not in made.announced and each.bytes is not None]
    assert not stays or other + sum(stays) <= most
    for each in runs:
        if each.id in made.deleted:
            assert each.delete_after is not None
            assert each.delete_after <= NOW
        elif each.delete_after is None and each.id in made.announced:
            assert made.announced[each.id] >= NOTICE
        elif each.delete_after is not None and each.bytes is None:
            assert each.id in made.announced or each.delete_after <= NOW - DAY, "another server's announcement"


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_runs_are_given_in_any_order(kept: int) -> None:
    runs = [run("a", 3), run("b", 2), run("c", 1)]
    turned = runs[kept:] + runs[:kept]
    assert plan(turned, 0, limits(15), NOW) == Plan({"a": NOTICE, "b": NOTICE}, ())
