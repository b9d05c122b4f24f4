"""What is written is read back, by this server and by the next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np

from playground.runs import RunState
from playground.runs.store import Store, StoredRun
from playground.training.events import View

CREATED = datetime(2024, 2, 29, 12, 30, 15, 123456, tzinfo=UTC)


def stored(run_id: str = "w1", **changes: Any) -> StoredRun:
    values = {"created": CREATED, "server": "one", "spec": '{"version": 1}', "state": RunState.QUEUED, "numbers": {"step": 0}}
    return StoredRun(id=run_id, **{**values, **changes})


def news(kind: str, *steps: int) -> dict[str, Any]:
    columns = {"step": list(steps), "train_loss": [None if step == 13 else step / 3 for step in steps]}
    return {"type": kind, "series": {"batch": columns, "evaluated": {"step": []}}}


def test_a_run_is_read_back_unchanged(store: Store, database: str) -> None:
    run = stored(message="über", advice=("a", "b"), numbers={"step": 3, "loss": None, "epoch": 0.1}, name="Ä", summary="Circle")
    store.add(run)
    again = Store(database)
    assert again.get("w1") == run
    assert again.get("w2") is None
    again.close()


def test_writing_updates_the_state_and_appends_new_rows(store: Store) -> None:
    store.add(stored())
    store.write("w1", RunState.RUNNING, "", (), {"step": 2}, news("history", 1, 2))
    store.write("w1", RunState.RUNNING, "", (), {"step": 2}, news("append"))
    store.write("w1", RunState.FAILED, "killed", ("try again",), {"step": 13}, news("append", 3, 13))
    assert store.parts("w1") == [news("history", 1, 2)["series"], news("append", 3, 13)["series"]]
    run = store.get("w1")
    assert run is not None
    assert (run.state, run.message, run.advice, run.numbers) == (RunState.FAILED, "killed", ("try again",), {"step": 13})
    store.write("w1", RunState.RUNNING, "", (), {}, news("history", 1, 13))
    assert store.parts("w1") == [news("history", 1, 13)["series"]]


def test_many_steps_are_stored_in_one_row(store: Store) -> None:
    store.add(stored())
    store.write("w1", RunState.RUNNING, "", (), {}, news("history", *range(4000)))
    assert len(store.parts("w1")) == 1


def test_views_are_read_back_exactly(store: Store) -> None:
    store.add(stored())
    values = np.random.default_rng(0).normal(size=(3, 5, 7)).astype(np.float32)
    store.write("w1", RunState.PAUSED, "", (), {}, None, [View("boundary", 1, values[:1])])
    store.write("w1", RunState.FINISHED, "", (), {}, None, [View("boundary", 9, values), View("confusion", 9, values[0])])
    views = {view.name: view for view in store.views("w1")}
    assert set(views) == {"boundary", "confusion"}
    assert views["boundary"].step == 9
    np.testing.assert_array_equal(views["boundary"].values, values)
    assert views["boundary"].values.dtype == np.float32


def test_newest_runs_come_first(store: Store) -> None:
    for minute in (2, 1, 3):
        store.add(stored(f"w{minute}", created=CREATED + timedelta(minutes=minute)))
    assert [run.id for run in store.recent(2)] == ["w3", "w2"]


def test_runs_are_listed_by_owner_and_taken_over_once(store: Store) -> None:
    for number, owner in enumerate(("ada", "", "bob", "ada")):
        store.add(stored(f"w{number}", owner=owner, created=CREATED + timedelta(minutes=number)))
    assert [run.id for run in store.recent(9, "ada")] == ["w3", "w0"]
    assert store.recent(9, "") == []
    store.claim("w1", "eve")
    store.claim("w1", "bob")
    store.claim("w0", "bob")
    assert [(run.id, run.owner) for run in store.recent(9)] == [("w3", "ada"), ("w2", "bob"), ("w1", "eve"), ("w0", "ada")]


def test_only_unfinished_runs_of_ended_servers_are_interrupted(store: Store) -> None:
    for server in ("gone", "alive"):
        for state in RunState:
            store.add(stored(f"{server} {state}", server=server, state=state))
    assert store.interrupt(lambda server: server == "gone", "cut off") == 3
    for server in ("gone", "alive"):
        for state in RunState:
            run = store.get(f"{server} {state}")
            assert run is not None
            was_cut_off = server == "gone" and state in ("queued", "starting", "running")
            assert run.state == ("interrupted" if was_cut_off else state)
            assert run.message == ("cut off" if was_cut_off else "")
