"""What prevents a network from being trained, and what is known to end badly: each with a reason and, where possible, a fix."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from playground.catalog.layers import (
    LAYERS,
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
    Softmax,
    ToSequence,
)
from playground.catalog.tensors import IMAGE, SEQUENCE, VECTOR, Axes, TensorSpec
from playground.network.answer_checks import answers_fit, shortest_network, to_vector
from playground.network.augmentation_checks import check_augmentations
from playground.network.endings import ending
from playground.network.formula_checks import check_formulas
from playground.network.linear_checks import check_straight_line
from playground.network.loss_checks import check_loss
from playground.network.objective_checks import check_objective
from playground.network.output_checks import check_outputs
from playground.network.problems import Fix, Problem, inserted, replaced, tensor_text, with_network, without
from playground.network.sequence_checks import check_sequences
from playground.network.sizes import square_maps
from playground.network.weight_checks import check_weights
from playground.paths import chains, item, split_path
from playground.spec import ExperimentSpec

if TYPE_CHECKING:
    from playground.network.trace import Row

_NEEDS: dict[Axes, str] = {
    VECTOR: "a vector or a sequence",
    SEQUENCE: "a sequence (steps × features)",
    IMAGE: "an image (channels × height × width)",
}
_LINEAR = (Dense, Output)
_NOT_AN_ACTIVATION = (Dropout, Dropout2d, GaussianNoise, Identity, Flatten, Reshape, ToSequence, BatchNorm)


def misfit(spec: ExperimentSpec, path: str, layer: Layer, x: TensorSpec) -> Problem | None:
    """Why the layer at this path cannot take such examples, or None."""
    if isinstance(layer, Output) and "." in path:
        return Problem(path, "The output layer ends the network; it cannot be inside a block", fix=without(spec, path))
    if layer.takes_symbols != (x.vocabulary is not None):
        wanted = "symbols" if layer.takes_symbols else "numbers"
        return Problem(path, f"{layer.title} needs {wanted}, but gets {tensor_text(x)}", fix=_symbols_fix(spec, path, layer))
    if not layer.fits(x):
        wanted = " or ".join(_NEEDS.get(axes, " × ".join(axes)) for axes in layer.needs)
        return Problem(path, f"{layer.title} needs {wanted}, but gets {tensor_text(x)}", fix=_axes_fix(spec, path, layer, x))
    if x.varies and not layer.respects_padding:
        message = f"{layer.title} needs sequences of one length, but some of these end before step {x.size('length')}"
        return Problem(path, message, fix=_padding_fix(spec, path, layer, x))
    return None


def _symbols_fix(spec: ExperimentSpec, path: str, layer: Layer) -> Fix:
    if layer.takes_symbols or "embedding" not in LAYERS:
        return without(spec, path)
    return inserted(spec, path, LAYERS["embedding"](), "Insert an embedding before it")


def _padding_fix(spec: ExperimentSpec, path: str, layer: Layer, x: TensorSpec) -> Fix:
    if isinstance(layer, Flatten) and not isinstance(to_vector(x), Flatten):
        return replaced(spec, path, to_vector(x), "Pool over the steps instead")
    return without(spec, path)


def _axes_fix(spec: ExperimentSpec, path: str, layer: Layer, x: TensorSpec) -> Fix:
    if VECTOR in layer.needs:
        return inserted(spec, path, Flatten(), "Insert a flatten layer before it")
    if layer.needs == (SEQUENCE,):
        return inserted(spec, path, ToSequence(), "Convert it to a sequence first")
    chain, index = split_path(path)
    earlier = item(spec, chain)[:index]
    flattens = [at for at, other in enumerate(earlier) if isinstance(other, Flatten)]
    if chain == "network" and flattens and layer.fits(spec.data.tensor):
        between = earlier[flattens[-1] :]
        if not any(isinstance(other, _LINEAR) for other in between):
            moved = (layer, between[0])
            kept = earlier[: flattens[-1]], earlier[flattens[-1] + 1 :]
            return Fix("Move it before the flatten layer", with_network(spec, *kept[0], *kept[1], *moved, *spec.network[index + 1 :]))
    channels = square_maps(x)
    if channels is not None:
        return inserted(spec, path, Reshape(channels=channels), "Insert a reshape layer before it")
    return without(spec, path)


def check_design(spec: ExperimentSpec, rows: "Sequence[Row]", inside: "Sequence[Row]", out: TensorSpec | None) -> list[Problem]:
    """Problems of the spec as a whole. rows, inside: of the network's layers up to the first that fails, and of layers inside blocks.
    out: the network's output for one example; None if a layer fails."""
    return [
        *check_loss(spec, rows, out),
        *_output_comes_last(spec),
        *_outputs(spec, rows, out),
        *_still_linear(spec),
        *check_straight_line(spec),
        *_squeezed_features(spec),
        *_batches_for_batch_norm(spec, (*rows, *inside)),
        *check_weights(spec),
        *check_formulas(spec, (*rows, *inside)),
        *check_sequences(spec),
        *check_augmentations(spec),
        *check_objective(spec),
    ]


def _outputs(spec: ExperimentSpec, rows: "Sequence[Row]", out: TensorSpec | None) -> Iterator[Problem]:
    if out is not None and answers_fit(spec, out) and out.depth in spec.loss.accepts(spec.data):
        yield from check_outputs(spec, ending(spec.network, [row.tensor_in for row in rows]), out.depth)


def _output_comes_last(spec: ExperimentSpec) -> Iterator[Problem]:
    layers = spec.network
    if not layers:
        filled = with_network(spec, *shortest_network(spec.data))
        yield Problem("network", "The network has no layers yet", fix=Fix("Start with an output layer", filled))
        return
    outputs = [index for index, layer in enumerate(layers) if isinstance(layer, Output)]
    for index in outputs[:-1]:
        path = f"network[{index}]"
        message = "Another output layer follows: it receives only the few outputs of this one"
        yield Problem(path, message, severity="warning", fix=without(spec, path, "Remove this output layer"))
    for index in range(outputs[-1] + 1 if outputs else len(layers), len(layers)):
        if isinstance(layers[index], Freezable):
            moved = [layer for position, layer in enumerate(layers) if position != outputs[-1]]
            fix = Fix("Move the output layer to the end", with_network(spec, *moved, Output()))
            message = f"{layers[index].title} comes after the output layer, which should be the last layer with weights"
            yield Problem(f"network[{index}]", message, severity="warning", fix=fix)


def _still_linear(spec: ExperimentSpec) -> Iterator[Problem]:
    yield from _linear_in(spec, "network", spec.network, None)


def _linear_in(spec: ExperimentSpec, chain: str, layers: tuple[Layer, ...], previous: Layer | None) -> Iterator[Problem]:
    """previous: the layer before the chain, or before a block of branches; None in a residual block, which adds its input."""
    for index, layer in enumerate(layers):
        path = f"{chain}[{index}]"
        if isinstance(layer, _LINEAR) and isinstance(previous, _LINEAR):
            message = "No activation between these two layers: together they compute no more than one linear layer"
            yield Problem(path, message, severity="note", fix=inserted(spec, path, ReLU(), "Insert a ReLU between them"))
        for name, inner in layer.branches():
            yield from _linear_in(spec, f"{path}.{name}", inner, previous if isinstance(layer, Parallel) else None)
        previous = _ending((layer,), previous)


def _ending(layers: tuple[Layer, ...], previous: Layer | None) -> Layer | None:
    """The last layer of a chain that is linear or an activation; of parallel branches, an activation if one of them ends with one."""
    for layer in layers:
        if isinstance(layer, Parallel):
            ends = [_ending(inner, previous) for _, inner in layer.branches()]
            previous = next((end for end in ends if not isinstance(end, _LINEAR)), ends[0])
        elif not isinstance(layer, _NOT_AN_ACTIVATION):
            previous = layer
    return previous


def _squeezed_features(spec: ExperimentSpec) -> Iterator[Problem]:
    """Softmax inside the network, as an activation before a dense layer."""
    for chain, layers in chains(spec):
        for index, layer in enumerate(layers):
            following = next((after for after in layers[index + 1 :] if not isinstance(after, Dropout | Dropout2d | Flatten)), None)
            if isinstance(layer, Softmax) and isinstance(following, _LINEAR):
                path = f"{chain}[{index}]"
                message = "Softmax makes the features sum to 1, so each is small when it reaches the next layer; ReLU is usual here"
                yield Problem(path, message, severity="note", fix=replaced(spec, path, ReLU(), "Replace it with a ReLU"))


def _batches_for_batch_norm(spec: ExperimentSpec, rows: "Sequence[Row]") -> Iterator[Problem]:
    """PyTorch refuses a single number per channel. The maps of one example have more, but all of the same image."""
    if spec.training.batch_size > 1:
        return
    tensors = {row.path: row.tensor_in for row in rows}
    for chain, layers in chains(spec):
        for index, layer in enumerate(layers):
            path = f"{chain}[{index}]"
            if isinstance(layer, BatchNorm) and path in tensors:
                larger = spec.model_copy(update={"training": spec.training.model_copy(update={"batch_size": 32})})
                fix = Fix("Use batches of 32", larger)
                if tensors[path].numbers == tensors[path].depth:
                    yield Problem(
                        path, "Batch normalization needs batches of at least 2 examples: a single example has no variance", fix=fix
                    )
                else:
                    message = (
                        "With batches of 1, each example is normalized by itself in training, but not in evaluation: "
                        "test results will differ"
                    )
                    yield Problem(path, message, severity="warning", fix=fix)
