"""Whether loss, optimizer and training settings suit one another, the data and the end of the network."""

from collections.abc import Iterator
from typing import Any

from playground.catalog.layers import Dropout, Layer, Sigmoid, Softmax
from playground.catalog.layers.activations import Activation
from playground.catalog.losses import Cosine, Focal, Hinge, Huber, WeightedCrossEntropy
from playground.network.problems import Fix, Problem, without
from playground.spec import ExperimentSpec

_SMALL_BATCH = 256
"""Examples, below which L-BFGS takes the noise of a batch for curvature."""
_LARGE_BATCH = 1024
_OWN_STEPS = 0.5
"""Optimizers with a learning rate from here on by default find the length of a step themselves."""
_FAR_BELOW = 30


def check_objective(spec: ExperimentSpec) -> list[Problem]:
    """What can be said without building anything. A loss that does not fit the task is told elsewhere."""
    if spec.data.task.name() not in spec.loss.tasks:
        return []
    return [
        *_number_of_weights(spec),
        *_direction_of_one_number(spec),
        *_alpha_of_many_classes(spec),
        *_scores_squeezed(spec),
        *_curvature_of_small_batches(spec),
        *_hardly_moves(spec),
        *_mixed_precision(spec),
    ]


def is_squeezed_score(spec: ExperimentSpec, layer: Layer) -> bool:
    """Whether the layer, after the output, makes probabilities of scores that the loss wants as they are."""
    return isinstance(spec.loss, Hinge) and isinstance(layer, Softmax | Sigmoid)


def _number_of_weights(spec: ExperimentSpec) -> Iterator[Problem]:
    loss, classes = spec.loss, len(spec.data.classes)
    if not isinstance(loss, WeightedCrossEntropy) or loss.weights == "balanced" or len(loss.weights) == classes:
        return
    message = f"{spec.data.title} has {classes} classes, but there are {len(loss.weights)} class weights"
    yield Problem("loss", message, fix=Fix("Use balanced weights", _with(spec, "loss", weights="balanced")))


def _direction_of_one_number(spec: ExperimentSpec) -> Iterator[Problem]:
    if isinstance(spec.loss, Cosine) and spec.loss.outputs(spec.data) == 1:
        message = "Cosine compares directions, and a single number has none but its sign: nothing would be learned"
        yield Problem("loss", message, fix=Fix("Use the Huber loss", spec.model_copy(update={"loss": Huber()})))


def _alpha_of_many_classes(spec: ExperimentSpec) -> Iterator[Problem]:
    loss, classes = spec.loss, len(spec.data.classes)
    if isinstance(loss, Focal) and loss.alpha is not None and classes > 2:
        message = f"Alpha weighs two classes against each other; with {classes} it does nothing"
        yield Problem("loss", message, severity="note", fix=Fix("Leave alpha out", _with(spec, "loss", alpha=None)))


def _scores_squeezed(spec: ExperimentSpec) -> Iterator[Problem]:
    for index in range(len(spec.network) - 1, -1, -1):
        layer = spec.network[index]
        if not isinstance(layer, Activation | Dropout):
            return
        if is_squeezed_score(spec, layer):
            title, path = layer.title, f"network[{index}]"
            message = (
                f"Hinge asks that the right answer wins by a margin; after {title.lower()} answers lie between 0 and 1, too close for one"
            )
            yield Problem(path, message, fix=without(spec, path))


def _curvature_of_small_batches(spec: ExperimentSpec) -> Iterator[Problem]:
    size = spec.training.batch_size
    if not spec.optimizer.needs_closure or size >= _SMALL_BATCH:
        return
    message = (
        f"{spec.optimizer.title} takes every batch for the same problem, and with batches of {size} mistakes their differences for "
        "curvature. It fits small data in one batch"
    )
    larger = Fix(f"Use batches of {_LARGE_BATCH:,}", _with(spec, "training", batch_size=_LARGE_BATCH))
    yield Problem("optimizer", message, severity="note", fix=larger)


def _hardly_moves(spec: ExperimentSpec) -> Iterator[Problem]:
    usual: float = type(spec.optimizer).model_fields["lr"].default
    if usual < _OWN_STEPS or spec.optimizer.lr * _FAR_BELOW > usual:
        return
    message = f"{spec.optimizer.title} finds the length of a step itself: with a learning rate of {spec.optimizer.lr:.4g} it hardly moves"
    yield Problem("optimizer", message, severity="note", fix=Fix(f"Use learning rate {usual:g}", _with(spec, "optimizer", lr=usual)))


def _mixed_precision(spec: ExperimentSpec) -> Iterator[Problem]:
    """Whether there is a GPU here is found out when a run begins: a spec is the same on every computer."""
    if spec.training.precision != "mixed":
        return
    fix = Fix("Use float32", _with(spec, "training", precision="float32"))
    if spec.training.device in ("cpu", "mps"):
        message = f"Mixed precision needs a GPU with CUDA, but the device is “{spec.training.device}”"
        yield Problem("training.precision", message, fix=fix)
    elif spec.optimizer.needs_closure:
        message = f"{spec.optimizer.title} looks at a batch several times, which mixed precision does not allow"
        yield Problem("training.precision", message, fix=fix)


def _with(spec: ExperimentSpec, part: str, **settings: Any) -> ExperimentSpec:
    return spec.model_copy(update={part: getattr(spec, part).model_copy(update=settings)})
