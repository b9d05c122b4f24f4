"""Whether loss, optimizer and training settings suit each other and the data."""

from collections.abc import Iterator
from typing import Any

from playground.catalog.losses import Focal, WeightedCrossEntropy
from playground.network.problems import Fix, Problem
from playground.spec import ExperimentSpec

_SMALL_BATCH = 256
"""Examples below which L-BFGS mistakes the noise of a batch for curvature."""
_LARGE_BATCH = 1024
_OWN_STEPS = 0.5
"""Optimizers with a default learning rate of at least this choose their step size themselves."""
_FAR_BELOW = 30
_LARGE_FEATURE = 50
"""From this size on, raw features are known to make gradient descent diverge or stall at usual learning rates."""


def check_objective(spec: ExperimentSpec) -> list[Problem]:
    """Checks for which no layer has to be built."""
    return [
        *_number_of_weights(spec),
        *_alpha_of_many_classes(spec),
        *_curvature_of_small_batches(spec),
        *_learning_rate(spec),
        *_raw_features(spec),
        *_imbalance(spec),
        *_mixed_precision(spec),
    ]


def _number_of_weights(spec: ExperimentSpec) -> Iterator[Problem]:
    loss, classes = spec.loss, len(spec.data.classes)
    if not isinstance(loss, WeightedCrossEntropy) or loss.weights == "balanced" or len(loss.weights) == classes:
        return
    message = f"{spec.data.title} has {classes or 'no'} classes, but there are {len(loss.weights)} class weights"
    yield Problem("loss", message, fix=Fix("Use balanced weights", _with(spec, "loss", weights="balanced")))


def _alpha_of_many_classes(spec: ExperimentSpec) -> Iterator[Problem]:
    loss, classes = spec.loss, len(spec.data.classes)
    if isinstance(loss, Focal) and loss.alpha is not None and classes > 2:
        message = f"Alpha weighs two classes against each other; with {classes} classes it has no effect"
        yield Problem("loss", message, severity="note", fix=Fix("Remove alpha", _with(spec, "loss", alpha=None)))


def _curvature_of_small_batches(spec: ExperimentSpec) -> Iterator[Problem]:
    size = spec.training.batch_size
    if not spec.optimizer.needs_closure or size >= _SMALL_BATCH:
        return
    message = (
        f"{spec.optimizer.title} assumes that every batch poses the same problem: with batches of {size}, it mistakes their differences "
        "for curvature. It works best on small data in a single batch"
    )
    larger = Fix(f"Use batches of {_LARGE_BATCH:,}", _with(spec, "training", batch_size=_LARGE_BATCH))
    yield Problem("optimizer", message, severity="note", fix=larger)


def _learning_rate(spec: ExperimentSpec) -> Iterator[Problem]:
    usual: float = type(spec.optimizer).model_fields["lr"].default
    rate, title = spec.optimizer.lr, spec.optimizer.title
    fix = Fix(f"Use learning rate {usual:g}", _with(spec, "optimizer", lr=usual))
    if usual >= _OWN_STEPS and rate * _FAR_BELOW <= usual:
        message = f"{title} chooses its step size itself: with a learning rate of {rate:.4g}, it hardly moves"
        yield Problem("optimizer", message, severity="note", fix=fix)
    elif spec.optimizer.too_high is not None and rate >= spec.optimizer.too_high:
        message = (
            f"A learning rate of {rate:.4g} is {rate / usual:,.0f} times the usual one for {title}: the loss will jump around, get stuck "
            "at a constant prediction, or diverge"
        )
        yield Problem("optimizer", message, severity="warning", fix=fix)


def _raw_features(spec: ExperimentSpec) -> Iterator[Problem]:
    largest = spec.data.largest_feature
    if (
        spec.data.standardise
        or largest is None
        or largest < _LARGE_FEATURE
        or any(layer.kind == "batch_norm" for layer in spec.network[:1])
    ):
        return
    message = f"Features reach {largest:,.4g} and are not standardized: gradients get so large that training diverges or stalls"
    fix = Fix("Standardize the data", _with(spec, "data", standardise=True))
    yield Problem("data", message, severity="warning", fix=fix)


def _imbalance(spec: ExperimentSpec) -> Iterator[Problem]:
    if spec.data.imbalance != 1 and "imbalance" not in spec.data.difficulty:
        message = "Imbalance has no effect here: only examples with a single class each can be made rarer by class"
        yield Problem("data", message, severity="note", fix=Fix("Remove imbalance", _with(spec, "data", imbalance=1.0)))


def _mixed_precision(spec: ExperimentSpec) -> Iterator[Problem]:
    """Whether there is a GPU is checked when a run starts: a spec is valid on every computer or on none."""
    if spec.training.precision != "mixed":
        return
    fix = Fix("Use float32", _with(spec, "training", precision="float32"))
    if spec.training.device in ("cpu", "mps"):
        message = f"Mixed precision needs a GPU with CUDA, but the device is “{spec.training.device}”"
        yield Problem("training.precision", message, fix=fix)
    elif spec.optimizer.needs_closure:
        message = f"{spec.optimizer.title} evaluates each batch several times, which mixed precision does not support"
        yield Problem("training.precision", message, fix=fix)


def _with(spec: ExperimentSpec, part: str, **settings: Any) -> ExperimentSpec:
    return spec.model_copy(update={part: getattr(spec, part).model_copy(update=settings)})
