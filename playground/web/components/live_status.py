"""The numbers of a run, live."""

from collections.abc import Callable

from playground.web.components.loader import component


def live_status(
    address: str | None, *, key: str, state: str | None = None, on_state_change: Callable[[], None] | None = None
) -> str | None:
    """State, epoch, loss, accuracy, speed and time left of the run at this address; None for no run.

    state: the run's state as the script has drawn it. When the browser hears of another, it says so: the script runs again, and
    `on_state_change` before it. Queued, starting and running count as one, "running". Returns the state that the browser said last of
    this run, None if it said nothing yet."""
    # A component's value is kept only where a callback for it is registered, hence one that does nothing.
    said = component("live_status")(
        key=key,
        data={"run": address, "state": state},
        default={"state": None},
        on_state_change=on_state_change or (lambda: None),
    ).get("state")
    return said["state"] if isinstance(said, dict) and said.get("run") == address else None
