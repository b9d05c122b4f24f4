"""The rules of a network that can be trained: each known mistake with its reason and, where there is one, its remedy."""

from collections.abc import Iterator

from playground.catalog.layers import (
    BatchNorm,
    Dense,
    Dropout,
    Dropout2d,
    Flatten,
    Freezable,
    GaussianNoise,
    Identity,
    Layer,
    Output,
    Parallel,
    ReLU,
    Reshape,
    Shape,
    Sigmoid,
    Softmax,
    ToSequence,
)
from playground.catalog.layers.activations import Activation
from playground.catalog.losses import LOSSES
from playground.network.augmentation_checks import check_augmentations
from playground.network.linear_checks import check_straight_line
from playground.network.objective_checks import check_objective, is_squeezed_score
from playground.network.problems import Fix, Problem, inserted, replaced, with_network, without
from playground.network.sizes import square_maps
from playground.network.weight_checks import check_weights
from playground.paths import chains, item, split_path
from playground.spec import ExperimentSpec

_RANK_NAMES = {1: "a vector", 2: "a sequence (channels × length)", 3: "an image (channels × height × width)"}
_LINEAR = (Dense, Output)
_NOT_AN_ACTIVATION = (Dropout, Dropout2d, GaussianNoise, Identity, Flatten, Reshape, ToSequence, BatchNorm)


def misfit(spec: ExperimentSpec, path: str, layer: Layer, shape: Shape) -> Problem | None:
    """Why the layer at this place cannot take examples of this shape, or None."""
    if isinstance(layer, Output) and "." in path:
        return Problem(path, "The output layer ends the network, it cannot stand inside a block", fix=without(spec, path))
    if layer.ranks and len(shape) not in layer.ranks:
        wanted = " or ".join(_RANK_NAMES[rank] for rank in layer.ranks)
        return Problem(path, f"{layer.title} needs {wanted}, but gets {_say(shape)}", fix=_rank_fix(spec, path, layer, shape))
    return None


def _rank_fix(spec: ExperimentSpec, path: str, layer: Layer, shape: Shape) -> Fix:
    if len(shape) > 1 and 1 in layer.ranks:
        return inserted(spec, path, Flatten(), "Put a flatten layer before it")
    if layer.ranks == (2,):
        return inserted(spec, path, ToSequence(), "Make a sequence of it first")
    place, index = split_path(path)
    earlier = item(spec, place)[:index]
    flattens = [at for at, other in enumerate(earlier) if isinstance(other, Flatten)]
    if place == "network" and flattens and len(spec.data.shape) in layer.ranks:
        between = earlier[flattens[-1] :]
        if not any(isinstance(other, _LINEAR) for other in between):
            moved = (layer, between[0])
            kept = earlier[: flattens[-1]], earlier[flattens[-1] + 1 :]
            return Fix("Put it before the flatten layer", with_network(spec, *kept[0], *kept[1], *moved, *spec.network[index + 1 :]))
    channels = square_maps(shape)
    if channels is not None:
        return inserted(spec, path, Reshape(channels=channels), "Lay the numbers out as maps first")
    return without(spec, path)


def _say(shape: Shape) -> str:
    if len(shape) == 1:
        return f"a vector of {shape[0]} number{'s' if shape[0] > 1 else ''}"
    return f"maps of {'×'.join(map(str, shape))}"


def check_design(spec: ExperimentSpec, outputs: int, shape: Shape | None) -> list[Problem]:
    """Mistakes of the whole. shape: of what the last layer gives, None where the network breaks before."""
    return [
        *_loss_fits_task(spec),
        *_output_comes_last(spec),
        *_number_of_outputs(spec, outputs, shape),
        *_applied_twice(spec),
        *_still_linear(spec),
        *check_straight_line(spec),
        *_squeezed_features(spec),
        *_batches_for_batch_norm(spec),
        *check_weights(spec),
        *check_augmentations(spec),
        *check_objective(spec),
    ]


def _loss_fits_task(spec: ExperimentSpec) -> Iterator[Problem]:
    task = spec.data.task
    if task.name() in spec.loss.tasks:
        return
    fitting = [loss for loss in LOSSES if task.name() in loss.tasks]
    titles = ", ".join(loss.title for loss in fitting)
    message = f"{spec.loss.title} does not fit {spec.data.title}, which is a {task.title.lower()} task; fitting: {titles}"
    yield Problem("loss", message, fix=Fix(f"Use {fitting[0].spoken()}", spec.model_copy(update={"loss": fitting[0]()})))


def _output_comes_last(spec: ExperimentSpec) -> Iterator[Problem]:
    layers = spec.network
    if not layers:
        filled = with_network(spec, *([Flatten()] if len(spec.data.shape) > 1 else []), Output())
        yield Problem("network", "The network has no layers yet", fix=Fix("Start with an output layer", filled))
        return
    places = [index for index, layer in enumerate(layers) if isinstance(layer, Output)]
    for index in places[:-1]:
        yield Problem(
            f"network[{index}]",
            "A network has one output layer, at its end",
            fix=without(spec, f"network[{index}]", "Remove this output layer"),
        )
    if not places:
        return
    for index in range(places[-1] + 1, len(layers)):
        layer = layers[index]
        if isinstance(layer, Dropout | Dropout2d | GaussianNoise):
            path = f"network[{index}]"
            does = "changes" if isinstance(layer, GaussianNoise) else "switches off"
            yield Problem(path, f"{layer.title} after the output {does} answers, not features", fix=without(spec, path))
        elif isinstance(layer, Freezable):
            moved = [other for i, other in enumerate(layers) if i != places[-1]]
            fix = Fix("Move the output layer to the end", with_network(spec, *moved, Output()))
            yield Problem(f"network[{index}]", f"{layer.title} comes after the output layer, which must be the last", fix=fix)
        elif isinstance(layer, Activation) and not _is_applied_by_loss(spec, layer) and not is_squeezed_score(spec, layer):
            message = f"{layer.title} after the output limits what the network can answer; the loss expects raw numbers"
            yield Problem(f"network[{index}]", message, severity="note", fix=without(spec, f"network[{index}]"))


def _number_of_outputs(spec: ExperimentSpec, outputs: int, shape: Shape | None) -> Iterator[Problem]:
    if shape is None or not spec.network or shape == (outputs,):
        return
    last = len(spec.network) - 1
    layer, path = spec.network[last], f"network[{last}]"
    wanted = f"{outputs} number{'s' if outputs > 1 else ''} for {spec.data.title} with {spec.loss.spoken()}"
    if isinstance(layer, Dense):
        yield Problem(
            path,
            f"The last layer gives {layer.units}, but must give {wanted}",
            fix=replaced(spec, path, Output(), "Make it the output layer"),
        )
    elif any(isinstance(each, Output) for each in spec.network):
        yield Problem(path, f"The network gives {_say(shape)}, but must give {wanted}", fix=without(spec, path))
    else:
        ending = [Output()] if len(shape) == 1 else [Flatten(), Output()]
        kept = list(spec.network)
        while kept and _is_applied_by_loss(spec, kept[-1]):  # what the loss does itself would now squeeze the features
            kept.pop()
        message = f"The network ends with {_say(shape)}, but must give {wanted}"
        yield Problem(path, message, fix=Fix("Add an output layer", with_network(spec, *kept, *ending)))


def _is_applied_by_loss(spec: ExperimentSpec, layer: Layer) -> bool:
    return spec.loss.expects_logits and isinstance(layer, Softmax | Sigmoid)


def _applied_twice(spec: ExperimentSpec) -> Iterator[Problem]:
    """Softmax or sigmoid at the end, before a loss that applies it itself."""
    for index in range(len(spec.network) - 1, -1, -1):
        layer = spec.network[index]
        if not isinstance(layer, Activation | Dropout):
            return
        if _is_applied_by_loss(spec, layer):
            twice = f"{spec.loss.title} applies {_own_activation(spec)} itself"
            message = f"{twice}: with {layer.title.lower()} before it, learning is slow and answers are blurred"
            yield Problem(f"network[{index}]", message, fix=without(spec, f"network[{index}]"))


def _own_activation(spec: ExperimentSpec) -> str:
    return "sigmoid" if spec.loss.outputs(spec.data) == 1 else "softmax"


def _still_linear(spec: ExperimentSpec) -> Iterator[Problem]:
    yield from _linear_in(spec, "network", spec.network, None)


def _linear_in(spec: ExperimentSpec, place: str, layers: tuple[Layer, ...], previous: Layer | None) -> Iterator[Problem]:
    """Into branches too, which go on where the layer before them ended; not into what a residual block adds, as its input counts too."""
    for index, layer in enumerate(layers):
        path = f"{place}[{index}]"
        if isinstance(layer, _LINEAR) and isinstance(previous, _LINEAR):
            message = "No activation between these two layers: together they can do no more than one linear layer"
            yield Problem(path, message, severity="note", fix=inserted(spec, path, ReLU(), "Put a ReLU between them"))
        for name, inner in layer.branches():
            yield from _linear_in(spec, f"{path}.{name}", inner, previous if isinstance(layer, Parallel) else None)
        previous = _ending((layer,), previous)


def _ending(layers: tuple[Layer, ...], previous: Layer | None) -> Layer | None:
    """The last layer of a chain that makes it linear or not; of branches one that is not, where there is one."""
    for layer in layers:
        if isinstance(layer, Parallel):
            ends = [_ending(inner, previous) for _, inner in layer.branches()]
            previous = next((end for end in ends if not isinstance(end, _LINEAR)), ends[0])
        elif not isinstance(layer, _NOT_AN_ACTIVATION):
            previous = layer
    return previous


def _squeezed_features(spec: ExperimentSpec) -> Iterator[Problem]:
    """Softmax within the network, as an activation before a dense layer."""
    for place, layers in chains(spec):
        for index, layer in enumerate(layers):
            following = next((after for after in layers[index + 1 :] if not isinstance(after, Dropout | Dropout2d | Flatten)), None)
            if isinstance(layer, Softmax) and isinstance(following, _LINEAR):
                path = f"{place}[{index}]"
                message = "Softmax here makes all features share a sum of 1, so that little of them reaches the next layer; ReLU is usual"
                yield Problem(path, message, severity="note", fix=replaced(spec, path, ReLU(), "Make it a ReLU"))


def _batches_for_batch_norm(spec: ExperimentSpec) -> Iterator[Problem]:
    if spec.training.batch_size > 1:
        return
    for place, layers in chains(spec):
        for index, layer in enumerate(layers):
            if isinstance(layer, BatchNorm):
                larger = spec.model_copy(update={"training": spec.training.model_copy(update={"batch_size": 32})})
                message = "Batch normalisation needs batches of at least 2 examples: one example has no spread"
                yield Problem(f"{place}[{index}]", message, fix=Fix("Use batches of 32", larger))
