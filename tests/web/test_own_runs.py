"""Owners and their runs: nobody else's are listed, renamed, resumed or deleted, on any way to them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient
from streamlit.testing.v1 import AppTest

from playground.presets import PRESETS
from playground.runs import RunNotFound, RunState
from playground.runs.addresses import new_control_address, watch_address
from playground.runs.overview import named, summary
from playground.runs.store import StoredRun
from playground.web import own_runs, session
from playground.web.routes import mounted
from playground.web.server import runs

SPEC = PRESETS["mlp_784_256_10"].spec


def stored(owner: str, state: RunState = RunState.FINISHED, minutes: float = 0) -> str:
    """A run that was computed elsewhere; its id."""
    run_id = watch_address(new_control_address())
    created = datetime.now(UTC) + timedelta(minutes=minutes)
    numbers = {"epoch": 20.0, "epochs": 20, "step": 2500, "seconds": 12.0, "test_accuracy": 0.97}
    run = StoredRun(run_id, created, "gone", SPEC.to_json(), state, "", (), numbers, owner, 0, named("", SPEC), summary(SPEC))
    runs()._records.store.add(run)
    return run_id


@pytest.fixture
def mine() -> str:
    return stored("me")


@pytest.fixture
def theirs() -> str:
    return stored("them")


def listed(owner: str) -> list[str]:
    return [overview.id for overview in runs().overviews(owner, 100)]


def test_an_owner_renames_and_deletes_their_runs(mine: str) -> None:
    own_runs.rename("me", mine, "best")
    assert [overview.name for overview in runs().overviews("me", 100) if overview.id == mine] == ["best"]
    assert own_runs.delete("me", [mine]) == []
    assert mine not in listed("me")


@pytest.mark.parametrize("owner", ["me", ""])
def test_runs_of_another_owner_are_as_if_they_did_not_exist(theirs: str, owner: str) -> None:
    nobodys = stored("")
    for run_id in (theirs, nobodys, watch_address(new_control_address()), "../../etc/passwd", ""):
        for act in (own_runs.owned, own_runs.resume, lambda owner, run_id: own_runs.rename(owner, run_id, "mine now")):
            with pytest.raises(RunNotFound, match="There is no run at this address"):
                act(owner, run_id)
        assert own_runs.delete(owner, [run_id]) == []
    assert theirs not in listed(owner)
    assert runs().info(theirs).owner == "them"
    assert own_runs.delete_all("") == ""
    assert runs().info(nobodys).owner == ""


def test_deleting_everything_leaves_what_belongs_to_others(theirs: str) -> None:
    for _ in range(3):
        stored("all mine")
    assert own_runs.delete_all("all mine") == ""
    assert listed("all mine") == []
    assert theirs in listed("them")


def test_a_run_that_another_server_computes_is_not_deleted_and_the_owner_learns_why() -> None:
    running = stored("me", RunState.RUNNING)
    runs()._records.store.announce({})
    (problem,) = own_runs.delete("me", [running, running])
    assert "Stop it first" in problem
    assert running in listed("me")


def test_standings_are_answered_for_addresses_and_name_nobody(mine: str) -> None:
    own_runs.rename("me", mine, "a private name")
    client = TestClient(Starlette(routes=mounted("")))
    unknown = watch_address(new_control_address())
    answer = client.get("/standings.json", params={"run": [mine, unknown, "nonsense"]})
    assert list(answer.json()) == [mine]
    assert answer.json()[mine]["state"] == "finished"
    assert "private" not in answer.text
    assert client.get("/standings.json").json() == {}


def _asking() -> None:
    from playground.web.forms import message
    from playground.web.panels import runs_list

    runs_list._asked()
    message("runs")


@pytest.fixture
def ask(monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """What the page does with a message of a browser whose owner is "me"."""

    def asked(**message: object) -> AppTest:
        monkeypatch.setattr(session, "component_value", lambda key, name: {"nonce": "n", **message})
        monkeypatch.setattr(session, "owner", lambda: "me")
        app = AppTest.from_function(_asking, default_timeout=30).run()
        assert not app.exception, app.exception[0].message
        return app

    return asked


@pytest.mark.parametrize("what", ["open", "reuse", "rename", "resume"])
def test_a_message_about_somebody_elses_run_does_nothing_and_says_so(ask: Callable[..., AppTest], theirs: str, what: str) -> None:
    app = ask(do=what, runs=[theirs], name="taken over")
    assert [box.value for box in app.error] == ["This run no longer exists, or it is not yours."]
    assert app.session_state["values"]["run"] is None
    assert named("", SPEC) == runs().overviews("them", 100)[0].name


@pytest.mark.parametrize(
    "message", [{}, {"do": "delete"}, {"do": "open", "runs": []}, {"do": "open", "runs": ["a", "b"]}, {"do": "erase", "runs": ["a"]}]
)
def test_messages_that_make_no_sense_do_nothing(ask: Callable[..., AppTest], message: dict[str, object]) -> None:
    assert not ask(**message).error


def test_a_run_is_opened_with_its_settings_and_reused_without_it(ask: Callable[..., AppTest]) -> None:
    run_id = stored("me")
    app = ask(do="open", runs=[run_id])
    assert app.session_state["values"]["run"] == run_id
    app = ask(do="reuse", runs=[run_id])
    assert app.session_state["values"]["run"] is None
    assert app.session_state["values"]["history"]["present"][0][0] == SPEC.to_json()


def test_a_deletion_of_several_runs_spares_those_of_others(ask: Callable[..., AppTest], mine: str, theirs: str) -> None:
    assert not ask(do="delete", runs=[mine, theirs]).error
    assert mine not in listed("me")
    assert theirs in listed("them")
