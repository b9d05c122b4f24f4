"""Live status of a run."""

from collections.abc import Callable, Sequence
from dataclasses import asdict

from playground.catalog.metrics import DeclaredMetric
from playground.web.components.loader import component


def live_status(
    address: str | None,
    *,
    key: str,
    metrics: Sequence[DeclaredMetric],
    state: str | None = None,
    changes: int = 0,
    on_state_change: Callable[[], None] | None = None,
) -> str | None:
    """State, epoch, metrics, speed and time left of the run at this address; None for no run.

    metrics: what to show before the run says it. state: the run's state as drawn by the script. When the browser receives another one, it
    reports it, as it does when the run has changed more often than `changes` says: the script runs again, after `on_state_change`.
    Queued, starting and running count as one state, "running". Returns the state that the browser reported last for this run, None if
    none yet."""
    # A component's value is kept only if a callback for it is registered, hence one that does nothing.
    reported = component("live_status")(
        key=key,
        data={"run": address, "state": state, "changes": changes, "metrics": [asdict(metric) for metric in metrics]},
        default={"state": None},
        on_state_change=on_state_change or (lambda: None),
    ).get("state")
    return reported["state"] if isinstance(reported, dict) and reported.get("run") == address else None
