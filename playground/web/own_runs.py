"""What owners do with their runs and with what else is theirs. A run of somebody else is treated like one that does not exist."""

from collections.abc import Callable, Iterable
from functools import partial

from playground.rooms import RunsPausedError
from playground.runs import RunInfo, RunInUse, RunNotFound
from playground.runs.database import StoreError
from playground.web import session
from playground.web.run_limits import resume_run
from playground.web.server import rooms, runs

MOST_LISTED = 1000


def owned(owner: str, run_id: str) -> RunInfo:
    """Raises: RunNotFound, also for a run of another owner."""
    info = runs().info(runs().resolve(run_id).run_id)
    if not owner or info.owner != owner:
        raise RunNotFound
    return info


def has_runs(owner: str) -> bool:
    """Whether there is any run of this owner that can be read."""
    try:
        return bool(runs().overviews(owner, 1))
    except StoreError:
        return False


def given_name(info: RunInfo) -> str:
    """What the visitor calls a run of theirs, with which it is shown to nobody else; "" for no name but that of its experiment."""
    return info.given_name if info.owner == session.owner() else ""


def rename(owner: str, run_id: str, name: str) -> None:
    """Raises: RunNotFound."""
    runs().rename(owned(owner, run_id).id, name)


def resume(owner: str, run_id: str) -> None:
    """Continues a run that is paused, was interrupted or has failed. Raises: RunNotFound; RunLimitError; RoomError while the teacher of a
    room holds it."""
    found = owned(owner, run_id).id
    if rooms().is_held(found):
        raise RunsPausedError
    resume_run(owner, found, partial(runs().resume, found))


def delete(owner: str, run_ids: Iterable[str]) -> list[str]:
    """Deletes runs. Returns why some could not be deleted, each reason once; runs that are not there any more are no reason."""
    problems = [_deleted(partial(_delete_owned, owner, run_id)) for run_id in run_ids]
    return [problem for problem in dict.fromkeys(problems) if problem]


def delete_all(owner: str) -> str:
    """Deletes all runs and uploads of an owner, the rooms that they opened, and their seats in others. Returns why that was not possible,
    "" if it was."""
    rooms().forget(owner)
    return _deleted(partial(runs().delete_all, owner))


def hand_over(before: str, after: str) -> None:
    """Gives everything that belongs to one owner to another."""
    runs().hand_over(before, after)
    rooms().hand_over(before, after)


def _delete_owned(owner: str, run_id: str) -> None:
    runs().delete(owned(owner, run_id).id)


def _deleted(delete: Callable[[], None]) -> str:
    try:
        delete()
    except RunNotFound:
        return ""
    except RunInUse as error:
        return str(error)
    except OSError as error:
        return f"Files could not be removed from the server's disk ({error.strerror}). Try again later."
    return ""
