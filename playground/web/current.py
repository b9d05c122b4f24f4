"""The run on the screen and its current state."""

from dataclasses import dataclass

from playground.runs import RunInfo, RunNotFound, RunState
from playground.web import session
from playground.web.server import runs


@dataclass(frozen=True)
class Current:
    """address: the one that the visitor has. control: whether the visitor may do more than watch: by this address, or as
    its owner."""

    address: str
    run_id: str
    control: bool
    info: RunInfo

    @property
    def active(self) -> bool:
        return not self.info.state.ended

    @property
    def shown_state(self) -> str:
        """As the browser names it: a run whose losses run away is not simply running."""
        return "diverging" if self.info.diverging and self.info.state == RunState.RUNNING else self.info.state.value

    @property
    def paused(self) -> bool:
        return self.info.state == RunState.PAUSED


def current() -> Current | None:
    """The run on the screen; None if there is none. A run that no longer exists is removed from the screen, with a message."""
    address = session.run()
    if address is None:
        return None
    try:
        found = runs().resolve(address)
        info = runs().info(found.run_id)
        return Current(address, found.run_id, found.control or info.owner == session.owner(), info)
    except RunNotFound as error:
        session.set_run(None)
        session.set_message("address", str(error))
        return None
