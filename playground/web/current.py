"""The run on the screen, as it is at this moment."""

from dataclasses import dataclass

from playground.runs import RunInfo, RunNotFound, RunState
from playground.web import session
from playground.web.server import runs


@dataclass(frozen=True)
class Current:
    """address: as the visitor has it. control: whether it allows more than watching."""

    address: str
    run_id: str
    control: bool
    info: RunInfo

    @property
    def active(self) -> bool:
        return not self.info.state.ended

    @property
    def paused(self) -> bool:
        return self.info.state == RunState.PAUSED


def current() -> Current | None:
    """The run on the screen; None if there is none. One that is gone is taken off the screen, and told."""
    address = session.run()
    if address is None:
        return None
    try:
        found = runs().resolve(address)
        return Current(address, found.run_id, found.control, runs().info(found.run_id))
    except RunNotFound as error:
        session.set_run(None)
        session.tell("address", str(error))
        return None
