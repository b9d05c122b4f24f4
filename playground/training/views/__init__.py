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
from playground.training.views.embedding import Embedding
from playground.training.views.fit import Fit
from playground.training.views.forecasts import Forecasts
from playground.training.views.functions import Functions
from playground.training.views.layers import Layers
from playground.training.views.network import NetworkPicture
from playground.training.views.point_answers import PointAnswers
from playground.training.views.reconstruction import Reconstruction
from playground.training.views.step_classes import StepClasses
from playground.training.views.wall import Wall

VIEWS: tuple[type[ViewKind], ...] = (
    Boundary, PointAnswers, Curve, Forecasts, StepClasses, Confusion, Fit, Reconstruction, Wall, Embedding, Layers, Functions,
    NetworkPicture,
)  # fmt: skip


def views_of(spec: ExperimentSpec, device: torch.device) -> tuple[ViewKind, ...]:
    """The views of a run of this experiment, whose network is on this device."""
    return tuple(view(spec, device) for view in VIEWS if view.applies(spec))


def declared_views(spec: ExperimentSpec) -> tuple[DeclaredView, ...]:
    """Their declarations."""
    return tuple(view.declared(spec) for view in VIEWS if view.applies(spec))


__all__ = [
    "VIEWS", "Boundary", "Confusion", "Curve", "DeclaredView", "Embedding", "Fit", "Forecasts", "Functions", "Layers", "NetworkPicture",
    "PointAnswers",
    "Reconstruction", "Seen", "Slice", "StepClasses", "Values", "ViewInParts", "ViewKind", "ViewOfEvaluation", "ViewOfInputs",
    "ViewOfNetwork", "Wall", "declared_views", "values_of", "views_of",
]  # fmt: skip
