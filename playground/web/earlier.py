"""The runs of a visit side by side: their names, or what differs, with their numbers, and which of their curves can be compared."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from playground.differences import in_short
from playground.presets import name_of
from playground.runs import RunInfo, RunNotFound
from playground.runs.curves import best_values
from playground.spec import ExperimentSpec
from playground.training import Declarations, declarations
from playground.web import session
from playground.web.own_runs import given_name
from playground.web.server import runs

SHOWN = 5


@dataclass(frozen=True)
class Earlier:
    """A run before the one on the screen, ready for JSON.

    address: the one that the visitor has; run: for watching. name: what the visitor calls it, or what differs. over: whether it has ended.
    values: its numbers by split and metric, "test_accuracy"; best: those on the test set by metric. metrics: names of those whose curves
    can be laid over the ones on the screen; why: why others cannot."""

    address: str
    run: str
    name: str
    state: str
    over: bool
    seconds: float | None
    values: Mapping[str, float | None]
    best: Mapping[str, float]
    metrics: tuple[str, ...]
    why: str


def earlier_runs(spec: ExperimentSpec) -> list[Earlier]:
    """The last runs of this visit besides the one on the screen, newest first. spec: of that one, or of the settings without one."""
    found: list[Earlier] = []
    named: dict[str, ExperimentSpec] = {}
    for address in session.runs_of_visit():
        if address == session.run():
            continue
        try:
            info = runs().info(runs().resolve(address).run_id)
        except RunNotFound:
            continue
        name = given_name(info) or (in_short(spec, info.spec) if comparable(spec, info.spec)[0] else name_of(info.spec))
        name = name_beside(named, name, info.spec)
        named[name] = info.spec
        found.append(_earlier(address, info, spec, name))
        if len(found) == SHOWN:
            break
    return found


def beside(spec: ExperimentSpec, name: str, others: Sequence[tuple[str, RunInfo]]) -> list[Earlier]:
    """Other runs by their own names, to be laid over one of this experiment and name."""
    found: list[Earlier] = []
    named = {name: spec}
    for theirs, info in others:
        name = name_beside(named, theirs, info.spec)
        named[name] = info.spec
        found.append(_earlier(info.id, info, spec, name))
    return found


def name_beside(named: Mapping[str, ExperimentSpec], name: str, spec: ExperimentSpec) -> str:
    """The name of a run, with what it has differently from another one of the same name: "SGD, momentum 0.9", or "SGD (2)" if nothing."""
    if name not in named:
        return name
    if named[name] != spec:
        name = f"{name}, {in_short(named[name], spec)}"
    return next(each for each in (name, *(f"{name} ({number})" for number in range(2, SHOWN + 2))) if each not in named)


def name_of_current(info: RunInfo, earlier: list[Earlier]) -> str:
    """What the visitor calls the run on the screen, or what it has differently from the newest one it can be compared with; "" if there is
    none."""
    before = next((other for other in earlier if other.metrics), None)
    return given_name(info) or ("" if before is None else in_short(runs().info(before.run).spec, info.spec))


def _earlier(address: str, info: RunInfo, spec: ExperimentSpec, name: str) -> Earlier:
    status, declared = runs().status(info.id), declarations(info.spec)
    metrics, why = comparable(spec, info.spec)
    return Earlier(
        address=address,
        run=info.id,
        name=name,
        state=info.state.value,
        over=info.state.ended,
        seconds=status.get("seconds"),
        values={column: status.get(column) for metric in declared.metrics for column in map(metric.column, metric.splits)},
        best=_best_of_ended(info.id) if info.state.ended else best_values(runs().timeline(info.id)),
        metrics=metrics,
        why=why,
    )


def comparable(spec: ExperimentSpec, other: ExperimentSpec) -> tuple[tuple[str, ...], str]:
    """The names of the metrics whose curves mean the same for both, and why there are not more of them; "" if all do."""
    if _learned(spec) != _learned(other):
        return (), "other data"
    mine, theirs = (_tested(declarations(each)) for each in (spec, other))
    both = [name for name in mine if name in theirs]
    if spec.loss == other.loss:
        return tuple(both), ""
    return tuple(name for name in both if not mine[name]), "another loss"


def _learned(spec: ExperimentSpec) -> tuple[object, ...]:
    """What identifies the examples and what is to be learned from them, whatever is done to them."""
    data = spec.data
    return data.name(), data.task, getattr(data, "key", ""), data.target_title, data.classes


def _tested(declared: Declarations) -> dict[str, bool]:
    """The metrics of the test set: whether each depends on the loss."""
    return {metric.name: metric.every_step for metric in declared.metrics if "test" in metric.splits}


@lru_cache(maxsize=128)
def _best_of_ended(run_id: str) -> Mapping[str, float]:
    return best_values(runs().timeline(run_id))
