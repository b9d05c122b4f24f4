"""What a run says about its metrics and views, so that whoever stores or shows them knows none by name."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from playground.catalog.metrics import DeclaredMetric, declared_metrics
from playground.spec import ExperimentSpec
from playground.training.penalty import has_penalties
from playground.training.views import DeclaredView, Slice, declared_views

_Declared = TypeVar("_Declared", DeclaredMetric, DeclaredView, Slice)


@dataclass(frozen=True, slots=True)
class Declarations:
    """The metrics and views of a run, in the order in which they are listed."""

    metrics: tuple[DeclaredMetric, ...] = ()
    views: tuple[DeclaredView, ...] = ()

    @property
    def minimized(self) -> DeclaredMetric | None:
        """The metric that training minimizes, known for the batch of every step."""
        return next((metric for metric in self.metrics if metric.every_step), None)

    @property
    def headline(self) -> tuple[DeclaredMetric, ...]:
        """The metrics that people want to know of the test set: those that say more than what training minimizes, or else that one."""
        measured = [metric for metric in self.metrics if "test" in metric.splits]
        return tuple([metric for metric in measured if not metric.every_step] or measured)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns of all metrics, as in `Results.columns`."""
        return tuple(column for metric in self.metrics for column in metric.columns)

    def view(self, name: str) -> DeclaredView | None:
        return next((view for view in self.views if view.name == name), None)

    @property
    def plain(self) -> dict[str, Any]:
        """Ready for JSON: {"metrics": […], "views": […]}."""
        return dataclasses.asdict(self)

    @classmethod
    def from_plain(cls, plain: Mapping[str, Any]) -> "Declarations":
        """The inverse of `plain`, after JSON. Fields that only a later version of the playground knows are left out."""
        metrics = tuple(_declared(DeclaredMetric, entry) for entry in plain["metrics"])
        return cls(metrics, tuple(_declared(DeclaredView, entry) for entry in plain["views"]))


NOTHING = Declarations()
"""Of a run that has not started."""


def declarations(spec: ExperimentSpec) -> Declarations:
    """What a run of this experiment declares when it starts. Runs of versions that stored no declarations have these as well."""
    metrics = declared_metrics(spec.data, spec.loss)
    if has_penalties(spec):
        metrics = tuple(dataclasses.replace(metric, penalized=metric.every_step) for metric in metrics)
    return Declarations(metrics, declared_views(spec))


def _declared(kind: type[_Declared], entry: Mapping[str, Any]) -> _Declared:
    known = {field.name for field in dataclasses.fields(kind)}
    fields: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in entry.items() if name in known}
    if "slices" in fields:
        fields["slices"] = tuple(_declared(Slice, each) for each in fields["slices"])
    return kind(**fields)
