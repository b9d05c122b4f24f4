"""The board ranks what the server has measured."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.layers import Dense, Output
from playground.presets import PRESETS
from playground.rooms import RoomError, Rooms, challenge_metrics, new_challenge
from playground.rooms.challenge import Challenge, Measured, board, held_out
from playground.rooms.results import Results
from playground.runs import RunState
from playground.runs.store import StoredRun
from playground.spec import ExperimentSpec
from tests.rooms.classes import CIRCLE, opened, store_run, trained

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)
ACCURACY = new_challenge(CIRCLE, "accuracy", 0.95, 2000)
HERE = held_out(CIRCLE)


def measured(seat: int, accuracy: float, parameters: int = 100, *, minutes: int = 0, test: str = HERE) -> Measured:
    return Measured(seat, f"w{seat}-{minutes}", test, {"accuracy": accuracy}, parameters, NOON + timedelta(minutes=minutes))


def seats(challenge: Challenge, *runs: Measured) -> list[int]:
    return [entry.seat for entry in board(challenge, runs)]


def test_who_meets_the_challenge_is_first_and_too_many_parameters_are_last_and_not_ranked() -> None:
    entries = board(ACCURACY, [measured(1, 0.99, 2000), measured(2, 0.95, 1999), measured(3, 0.949), measured(4, 0.97)])
    assert [(entry.rank, entry.seat, entry.reached) for entry in entries] == [(1, 4, True), (2, 2, True), (3, 3, False), (None, 1, False)]


def test_equal_results_are_ranked_by_parameters_and_then_by_time() -> None:
    runs = [measured(1, 0.96, 500), measured(2, 0.96, 400, minutes=2), measured(3, 0.96, 400, minutes=1)]
    assert seats(ACCURACY, *runs) == [3, 2, 1]


def test_lower_is_better_where_the_metric_says_so() -> None:
    values = PRESETS["adding_lstm"].spec
    metric = next(metric for metric in challenge_metrics(values) if metric.better == "lower")
    challenge = new_challenge(values, metric.name, 0.1, None)
    runs = [replace(measured(seat, 0.0), test=held_out(values), values={metric.name: value}) for seat, value in ((1, 0.2), (2, 0.05))]
    assert [(entry.seat, entry.reached) for entry in board(challenge, runs)] == [(2, True), (1, False)]


def test_a_seat_is_on_the_board_once_with_its_best() -> None:
    assert [(entry.seat, entry.value) for entry in board(ACCURACY, [measured(1, 0.8), measured(1, 0.9, minutes=1), measured(2, 0.85)])] == [
        (1, 0.9),
        (2, 0.85),
    ]
    assert board(ACCURACY, [measured(1, 0.99, 5000), measured(1, 0.8, minutes=1)])[0].value == 0.8


def test_runs_on_other_data_and_without_the_metric_do_not_count() -> None:
    assert seats(ACCURACY, measured(1, 0.99, test="other"), replace(measured(2, 0.99), values={"rmse": 1.0})) == []


@given(st.lists(st.builds(measured, st.integers(1, 5), st.floats(0, 1), st.integers(1, 4000), minutes=st.integers(0, 50)), max_size=30))
def test_a_board_has_each_seat_once_in_order(runs: list[Measured]) -> None:
    entries = board(ACCURACY, runs)
    assert sorted(entry.seat for entry in entries) == sorted({run.seat for run in runs})
    ranked = [entry for entry in entries if entry.parameters < 2000]
    assert [entry.rank for entry in entries] == [*range(1, len(ranked) + 1), *[None] * (len(entries) - len(ranked))]
    assert [not entry.reached for entry in entries] == sorted(not entry.reached for entry in entries)
    for part in (ranked, entries[len(ranked) :]):
        values = [entry.value for entry in part]
        assert values == sorted(values, reverse=True)
    for entry in entries:
        assert entry.reached == (entry.value >= 0.95 and entry.parameters < 2000)
        assert any((run.seat, run.run, run.values["accuracy"]) == (entry.seat, entry.run, entry.value) for run in runs)
    assert board(ACCURACY, list(reversed(runs))) == entries


@pytest.mark.parametrize(
    ("metric", "goal", "most", "words"),
    [
        ("loss", 0.1, None, "does not depend on the loss"),
        ("nonsense", 0.1, None, "does not depend on the loss"),
        ("accuracy", 95.0, None, "from 0 % to 100 %"),
        ("accuracy", float("nan"), None, "from 0 % to 100 %"),
        ("accuracy", 0.9, 0, "from 1 to"),
        ("accuracy", 0.9, 10**12, "from 1 to"),
    ],
)
def test_what_is_no_challenge_is_refused_in_words(metric: str, goal: float, most: int | None, words: str) -> None:
    with pytest.raises(RoomError, match=words):
        new_challenge(CIRCLE, metric, goal, most)


def test_a_challenge_is_a_sentence() -> None:
    assert ACCURACY.sentence == f"Test accuracy ≥ 95 % with fewer than 2,000 parameters, on {CIRCLE.data.title}"
    assert replace(ACCURACY, goal=0.955, most_parameters=None).sentence == f"Test accuracy ≥ 95.5 %, on {CIRCLE.data.title}"
    assert Challenge.from_plain(ACCURACY.plain) == ACCURACY


@pytest.mark.parametrize("preset", PRESETS)
def test_every_preset_says_what_a_challenge_can_be_about(preset: str) -> None:
    for metric in challenge_metrics(PRESETS[preset].spec):
        assert new_challenge(PRESETS[preset].spec, metric.name, 0.5, None).sentence


def changed(spec: ExperimentSpec, **data: object) -> ExperimentSpec:
    return spec.model_copy(update={"data": spec.data.model_copy(update=data)})


def test_what_only_changes_the_training_leaves_the_test_as_it_is() -> None:
    digits = PRESETS["lenet5"].spec
    for same in (changed(digits, train_size=100), changed(digits, label_noise=0.1), changed(digits, augmentations=())):
        assert held_out(same) == held_out(digits)
    for other in (changed(CIRCLE, noise=0.3), changed(CIRCLE, seed=5), changed(CIRCLE, test_share=0.1), digits):
        assert held_out(other) != held_out(CIRCLE)


def test_the_board_of_a_room_is_made_of_what_the_server_has_stored(start_server: Callable[..., Rooms]) -> None:
    rooms = start_server()
    room, teaching = opened(rooms, "ada", "bob", "cid")
    assert Results(rooms).board(room) == ()
    teaching.set_challenge(ACCURACY)
    small = CIRCLE.model_copy(update={"network": (Dense(units=2), Output())})
    trained(rooms, room.code, "ada", "w1", small, test_accuracy=0.97, parameters=1)
    trained(rooms, room.code, "bob", "w2", changed(CIRCLE, noise=0.3), test_accuracy=1.0)  # easier data
    store_run(rooms, "w3", "cid", numbers={"test_accuracy": 1.0})  # not started in the room
    for state in RunState:
        run = store_run(rooms, f"w-{state}", "cid", state=state, numbers={"test_accuracy": 0.5, "test_loss": 0.1})
        rooms.started(room.code, "cid", run)
    entries = Results(rooms).board(rooms.room(room.code))
    assert [(entry.seat, entry.value) for entry in entries] == [(1, 0.97), (3, 0.5)]
    assert entries[0].parameters == 2 * 2 + 2 + 2 + 1  # not what the run's numbers say
    assert entries[1].run in ("w-finished", "w-stopped")
    assert Results(start_server()).board(rooms.room(room.code)) == entries
    teaching.remove(1)
    assert [entry.seat for entry in Results(rooms).board(rooms.room(room.code))] == [3]


def test_runs_that_end_appear_and_are_read_once(rooms: Rooms, monkeypatch: pytest.MonkeyPatch) -> None:
    room, teaching = opened(rooms, "ada")
    teaching.set_challenge(ACCURACY)
    results = Results(rooms)
    run = store_run(rooms, "w1", "ada", state=RunState.RUNNING, numbers={"test_accuracy": 0.3})
    rooms.started(room.code, "ada", run)
    room = rooms.room(room.code)
    assert results.board(room) == ()
    rooms.runs._records.store.write("w1", RunState.FINISHED, "", (), {"test_accuracy": 0.9})
    assert [entry.value for entry in results.board(room)] == [0.9]
    monkeypatch.setattr("playground.rooms.results.parse_spec", None)
    assert [entry.value for entry in results.board(room)] == [0.9]


def test_runs_of_a_later_version_are_left_out(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada")
    teaching.set_challenge(ACCURACY)
    rooms.runs._records.store.add(StoredRun("w1", NOON, "one", '{"version": 999}', RunState.FINISHED, numbers={"test_accuracy": 1.0}))
    rooms.started(room.code, "ada", "w1")
    assert Results(rooms).board(rooms.room(room.code)) == ()


def test_the_wall_has_the_newest_run_of_each_seat(rooms: Rooms) -> None:
    room, teaching = opened(rooms, "ada", "bob", "cid", "dan")
    trained(rooms, room.code, "ada", "w1")
    trained(rooms, room.code, "ada", "w2")
    trained(rooms, room.code, "bob", "w3")
    trained(rooms, room.code, "dan", "w4")
    teaching.remove(4)
    results = Results(rooms)
    wall = results.wall(rooms.room(room.code))
    assert {number: run.id for number, run in wall.items()} == {1: "w2", 2: "w3"}
    assert wall[1].summary
    assert results.parameters(wall) == {1: results.parameters(wall)[2], 2: results.parameters(wall)[2]}
