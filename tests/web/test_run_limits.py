"""Nobody may have more runs than the settings allow; the message says which limit it is."""

import pytest

from playground.web import run_limits
from playground.web.run_limits import RunLimitError, RunLimits


class Unfinished:
    """Runs by id, with their owners."""

    def __init__(self) -> None:
        self.owners: dict[str, str] = {}

    def unfinished(self) -> dict[str, str]:
        return self.owners


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> Unfinished:
    monkeypatch.setenv("PLAYGROUND_RUNS_PER_OWNER", "2")
    monkeypatch.setenv("PLAYGROUND_RUNS_PER_ADDRESS", "3")
    monkeypatch.setenv("PLAYGROUND_RUNS_IN_ALL", "5")
    found = Unfinished()
    monkeypatch.setattr(run_limits, "runs", lambda: found)
    return found


def start(runs: Unfinished, limits: RunLimits, owner: str, address: str) -> str:
    """Raises: RunLimitError."""
    limits.check(owner, address)
    run_id = f"w{len(runs.owners)}"
    runs.owners[run_id] = owner
    limits.started(run_id, address)
    return run_id


def refusal(runs: Unfinished, limits: RunLimits, owner: str, address: str) -> str:
    with pytest.raises(RunLimitError) as refused:
        limits.check(owner, address)
    return str(refused.value)


def test_each_limit_is_named_and_room_is_made_by_runs_that_end(runs: Unfinished) -> None:
    limits = RunLimits()
    start(runs, limits, "ada", "10.0.0.1")
    start(runs, limits, "ada", "10.0.0.1")
    assert refusal(runs, limits, "ada", "10.0.0.2") == (
        "You have 2 runs training or waiting, which is all that one visitor may have. Stop one, or wait until one has ended. "
        "Whoever runs this server can allow more: PLAYGROUND_RUNS_PER_OWNER."
    )
    start(runs, limits, "bob", "10.0.0.1")
    assert "PLAYGROUND_RUNS_PER_ADDRESS" in refusal(runs, limits, "cid", "10.0.0.1")
    start(runs, limits, "cid", "10.0.0.2")
    start(runs, limits, "dan", "10.0.0.3")
    assert "PLAYGROUND_RUNS_IN_ALL" in refusal(runs, limits, "eve", "10.0.0.4")
    del runs.owners["w0"]
    start(runs, limits, "ada", "10.0.0.1")
