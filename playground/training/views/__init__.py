"""Views, in the order in which the page offers them."""

import torch

from playground.spec import ExperimentSpec
from playground.training.views.base import (
    DeclaredView,
    Seen,
    Slice,
    Values,
    ViewInParts,
    ViewKind,
    ViewOfEvaluation,
    ViewOfInputs,
    ViewOfNetwork,
    values_of,
)  # fmt: skip
from playground.training.views.boundary import Boundary
from playground.training.views.confusion import Confusion
from playground.training.views.curve import Curve
from playground.training.views.fit import Fit
from playground.training.views.forecasts import Forecasts
from playground.training.views.network import NetworkPicture
from playground.training.views.reconstruction import Reconstruction
from playground.training.views.step_classes import StepClasses

VIEWS: tuple[type[ViewKind], ...] = (Boundary, Curve, Forecasts, StepClasses, Confusion, Fit, Reconstruction, NetworkPicture)


def views_of(spec: ExperimentSpec, device: torch.device) -> tuple[ViewKind, ...]:
    """The views of a run of this experiment, whose network is on this device."""
    return tuple(view(spec, device) for view in VIEWS if view.applies(spec))


def declared_views(spec: ExperimentSpec) -> tuple[DeclaredView, ...]:
    """Their declarations."""
    return tuple(view.declared(spec) for view in VIEWS if view.applies(spec))


__all__ = [
    "VIEWS", "Boundary", "Confusion", "Curve", "DeclaredView", "Fit", "Forecasts", "NetworkPicture", "Reconstruction", "Seen", "Slice",
    "StepClasses", "Values", "ViewInParts", "ViewKind", "ViewOfEvaluation", "ViewOfInputs", "ViewOfNetwork", "declared_views", "values_of",
    "views_of",
]  # fmt: skip
