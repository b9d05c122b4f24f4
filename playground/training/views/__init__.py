"""Views, in the order in which the page offers them."""

import torch

from playground.catalog.datasets.base import Dataset
from playground.training.views.base import DeclaredView, Seen, Values, ViewInParts, ViewKind, ViewOfInputs, values_of
from playground.training.views.boundary import Boundary
from playground.training.views.confusion import Confusion
from playground.training.views.curve import Curve
from playground.training.views.fit import Fit
from playground.training.views.forecasts import Forecasts
from playground.training.views.reconstruction import Reconstruction
from playground.training.views.step_classes import StepClasses

VIEWS: tuple[type[ViewKind], ...] = (Boundary, Curve, Forecasts, StepClasses, Confusion, Fit, Reconstruction)


def views_of(data: Dataset, device: torch.device) -> tuple[ViewKind, ...]:
    """The views of a run on this data, whose network is on this device."""
    return tuple(view(data, device) for view in VIEWS if view.applies(data))


def declared_views(data: Dataset) -> tuple[DeclaredView, ...]:
    """Their declarations."""
    return tuple(view.declared(data) for view in VIEWS if view.applies(data))


__all__ = [
    "VIEWS", "Boundary", "Confusion", "Curve", "DeclaredView", "Fit", "Forecasts", "Reconstruction", "Seen", "StepClasses", "Values",
    "ViewInParts", "ViewKind", "ViewOfInputs", "declared_views", "values_of", "views_of",
]  # fmt: skip
