"""Nobody may have more runs than the settings allow; the message says which limit it is."""

import threading
import time

import pytest

from playground.runs.database import StoreError
from playground.web import run_limits
from playground.web.run_limits import RunLimitError, RunLimits, Visitor, resume_run, visitor_here
from playground.web.security.seats import has_left, sits_in

ROOM = "room CDF347"


class Unfinished:
    """Runs by id, with their owners."""

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}
        self.elsewhere: dict[str, int] | StoreError = {}

    def unfinished(self) -> dict[str, str]:
        return dict(self.owners)

    def unfinished_elsewhere(self, owner: str) -> int:
        if isinstance(self.elsewhere, StoreError):
            raise self.elsewhere
        return self.elsewhere.get(owner, 0)

    def start(self, owner: str) -> str:
        run_id = f"w{len(self.owners)}"
        self.owners[run_id] = owner
        return run_id


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Unfinished:
    monkeypatch.setenv("PLAYGROUND_RUNS_PER_OWNER", "2")
    monkeypatch.setenv("PLAYGROUND_RUNS_PER_ADDRESS", "3")
    monkeypatch.setenv("PLAYGROUND_RUNS_IN_ALL", "5")
    found = Unfinished()
    monkeypatch.setattr(run_limits, "runs", lambda: found)
    return found


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> RunLimits:
    kept = RunLimits()
    monkeypatch.setattr(run_limits, "run_limits", lambda: kept)
    return kept


def start(runs: Unfinished, limits: RunLimits, owner: str, shares: str) -> None:
    """Raises: RunLimitError."""
    limits.start(Visitor(owner, shares), lambda: runs.start(owner))


def refusal(runs: Unfinished, limits: RunLimits, owner: str, shares: str) -> str:
    before = dict(runs.owners)
    with pytest.raises(RunLimitError) as refused:
        start(runs, limits, owner, shares)
    assert runs.owners == before
    return str(refused.value)


def test_each_limit_is_named_and_room_is_made_by_runs_that_end(runs: Unfinished, limits: RunLimits) -> None:
    start(runs, limits, "ada", "10.0.0.1")
    start(runs, limits, "ada", "10.0.0.1")
    assert refusal(runs, limits, "ada", "10.0.0.2") == (
        "You have 2 runs training or waiting, the limit for one visitor. Stop one, or wait until one has ended. "
        "The operator of this server can allow more: PLAYGROUND_RUNS_PER_OWNER."
    )
    start(runs, limits, "bob", "10.0.0.1")
    assert "PLAYGROUND_RUNS_PER_ADDRESS" in refusal(runs, limits, "cid", "10.0.0.1")
    start(runs, limits, "cid", "10.0.0.2")
    start(runs, limits, "dan", "10.0.0.3")
    assert "PLAYGROUND_RUNS_IN_ALL" in refusal(runs, limits, "eve", "10.0.0.4")
    del runs.owners["w0"]
    start(runs, limits, "ada", "10.0.0.1")


def test_a_limit_of_one_run_is_worded_for_one(runs: Unfinished, limits: RunLimits, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_RUNS_PER_OWNER", "1")
    start(runs, limits, "ada", "10.0.0.1")
    assert refusal(runs, limits, "ada", "10.0.0.1").startswith("You have 1 run training or waiting, the limit")


def test_visitors_with_a_history_do_not_share_the_allowance_of_their_address(runs: Unfinished, limits: RunLimits) -> None:
    for newcomer in ("a", "b", "c"):
        start(runs, limits, newcomer, "10.0.0.1")
    assert "PLAYGROUND_RUNS_PER_ADDRESS" in refusal(runs, limits, "d", "10.0.0.1")
    start(runs, limits, "known", "")
    start(runs, limits, "known", "")
    assert "PLAYGROUND_RUNS_PER_OWNER" in refusal(runs, limits, "known", "")


def test_runs_of_a_visitor_on_other_servers_count(runs: Unfinished, limits: RunLimits) -> None:
    runs.elsewhere = {"ada": 1}
    start(runs, limits, "ada", "")
    assert refusal(runs, limits, "ada", "").startswith("You have 2 runs")
    start(runs, limits, "bob", "")
    runs.elsewhere = StoreError("the database is away")
    start(runs, limits, "bob", "")


def test_a_room_has_an_allowance_of_its_own(runs: Unfinished, limits: RunLimits) -> None:
    for newcomer in ("a", "b", "c"):
        start(runs, limits, newcomer, "10.0.0.1")
    start(runs, limits, "seat", ROOM)
    runs.owners.clear()
    for seat in ("a", "b", "c"):
        start(runs, limits, seat, ROOM)
    assert refusal(runs, limits, "d", ROOM).startswith("Your room has 3 runs")


def test_a_class_of_sixty_behind_one_address_trains(runs: Unfinished, limits: RunLimits, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PLAYGROUND_RUNS_PER_OWNER", "PLAYGROUND_RUNS_PER_ADDRESS", "PLAYGROUND_RUNS_IN_ALL"):
        monkeypatch.delenv(name)
    for student in range(60):
        for _ in range(3):
            start(runs, limits, f"student {student}", "10.0.0.1")
    for stranger in range(20):
        start(runs, limits, f"new cookie {stranger}", "10.0.0.1")
    assert "PLAYGROUND_RUNS_PER_ADDRESS" in refusal(runs, limits, "one more", "10.0.0.1")


def test_clicks_at_the_same_moment_count(runs: Unfinished, limits: RunLimits) -> None:
    """Writing the directory of a run takes a while."""
    inside, go_on, refused = threading.Barrier(3), threading.Event(), []

    def slowly() -> str:
        inside.wait(10)
        go_on.wait(10)
        return runs.start("ada")

    clicks = [threading.Thread(target=limits.start, args=(Visitor("ada", ""), slowly)) for _ in range(2)]
    for click in clicks:
        click.start()
    inside.wait(10)
    refused.append(refusal(runs, limits, "ada", ""))
    go_on.set()
    for click in clicks:
        click.join()
    assert "PLAYGROUND_RUNS_PER_OWNER" in refused[0]


def test_a_start_that_fails_takes_no_place(runs: Unfinished, limits: RunLimits) -> None:
    def fail() -> str:
        raise OSError("full disk")

    for _ in range(5):
        with pytest.raises(OSError, match="full disk"):
            limits.start(Visitor("ada", "10.0.0.1"), fail)
    start(runs, limits, "ada", "10.0.0.1")


def test_a_run_that_goes_on_counts_like_a_new_one(runs: Unfinished, limits: RunLimits) -> None:
    """Otherwise, thousands of paused runs could be resumed together."""
    start(runs, limits, "ada", "")
    start(runs, limits, "ada", "")
    resumed: list[str] = []
    resume_run("ada", "w0", lambda: resumed.append("w0"))  # it counts already
    with pytest.raises(RunLimitError):
        resume_run("ada", "paused", lambda: resumed.append("paused"))
    assert resumed == ["w0"]


def test_who_shares_what(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a browser, the address is that of this machine."""
    signed = {"new": time.time(), "known": time.time() - 2 * 3600}
    here = [""]
    monkeypatch.setattr(run_limits, "visitor_since", lambda: (here[0], signed.get(here[0], 0.0)))
    found = {}
    for here[0] in ("new", "known", ""):
        found[here[0]] = visitor_here(here[0] or "v-visit").place
    assert visitor_here("u" + "x" * 22).place == ""  # has logged in
    assert found == {"new": "this machine", "known": "", "": "this machine"}
    sits_in("new", "CDF347")
    assert visitor_here("new").place == ROOM
    has_left("new")
