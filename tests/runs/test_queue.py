"""The queue compared with a plain list."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.runs.queue import Queue

runs = st.sampled_from("abcdefgh")


@given(st.integers(1, 3), st.lists(st.tuples(st.sampled_from(["request", "release"]), runs)))
def test_first_come_first_served_within_the_slots(slots: int, moves: list[tuple[str, str]]) -> None:
    queue, order, training = Queue(slots), list[str](), set[str]()
    for move, run in moves:
        if move == "request":
            queue.request(run)
            if run not in order and run not in training:
                order.append(run)
        else:
            queue.release(run)
            training.discard(run)
            order = [each for each in order if each != run]
        admitted = queue.admit()
        assert admitted == order[: len(admitted)]
        order = order[len(admitted) :]
        training |= set(admitted)
        assert queue.active == training
        assert len(training) <= slots
        assert len(training) == slots or not order
        assert [queue.position(each) for each in order] == list(range(1, len(order) + 1))
        assert all(queue.position(each) is None for each in training)


def test_a_queue_needs_a_slot() -> None:
    with pytest.raises(ValueError, match="slots: must be at least 1, got 0"):
        Queue(0)
