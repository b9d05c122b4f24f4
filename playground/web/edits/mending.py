"""Applying the fix that a problem of the network offers."""

from playground.network import trace
from playground.spec import ExperimentSpec, SpecError
from playground.web.edits.settings import checked


def mend(spec: ExperimentSpec, path: str, title: str) -> ExperimentSpec:
    """Applies a fix by the problem's path and the fix's title. Raises: SpecError if there is no such problem, or no longer."""
    for problem in trace(spec).problems:
        if problem.fix and (problem.path, problem.fix.title) == (path, title):
            return checked(problem.fix.spec)
    raise SpecError("network: this problem no longer exists")
