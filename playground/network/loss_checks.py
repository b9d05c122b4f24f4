"""Whether the loss can be computed for the task and the network's outputs, and what is known to end badly."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from playground.catalog.layers import Dense, Flatten, Layer, Output, Sigmoid, Softmax
from playground.catalog.losses import BCE, LOSSES, Cosine, Huber
from playground.catalog.tensors import TensorSpec
from playground.network.answer_checks import answers_fit, check_answers
from playground.network.problems import Fix, Problem, replaced, tensor_text, with_loss, with_network, without
from playground.spec import ExperimentSpec

if TYPE_CHECKING:
    from playground.network.trace import Row


def check_loss(spec: ExperimentSpec, rows: "Sequence[Row]", out: TensorSpec | None) -> Iterator[Problem]:
    """rows: of the network's layers. out: its output for one example; None if a layer fails."""
    yield from _on_this_task(spec)
    if out is not None and rows:
        yield from list(check_answers(spec, rows, out)) or _number_of_outputs(spec, out)
    if out is not None and out.has("features") and out.depth == 1 and 1 in spec.loss.accepts(spec.data):
        yield from _single_output(spec)


def _on_this_task(spec: ExperimentSpec) -> Iterator[Problem]:
    task = spec.data.task
    if task.answer in spec.loss.tasks:
        return
    suitable = next(loss for loss in LOSSES if task.answer in loss.tasks)
    fix = Fix(f"Use {suitable.spoken()}", with_loss(spec, suitable()))
    if task.answer in spec.loss.refused:
        reason = spec.loss.refused[task.answer]
        message = f"{spec.loss.title} cannot be computed for {spec.data.title} ({task.title.lower()}): {reason}"
        yield Problem("loss", message, fix=fix)
    elif spec.loss.elsewhere[task.answer]:
        yield Problem("loss", spec.loss.elsewhere[task.answer], severity="warning", fix=fix)


def _number_of_outputs(spec: ExperimentSpec, out: TensorSpec) -> Iterator[Problem]:
    accepted = spec.loss.accepts(spec.data)
    if answers_fit(spec, out) and out.depth in accepted:
        return
    last = len(spec.network) - 1
    layer, path = spec.network[last], f"network[{last}]"
    outputs = f"{' or '.join(map(str, accepted))} output{'s' if accepted != (1,) else ''}"
    needed = f"but {spec.loss.spoken()} on {spec.data.spoken()} needs {outputs}"
    if isinstance(layer, Dense):
        message = f"The last layer has {layer.units} unit{'s' if layer.units > 1 else ''}, {needed}"
        yield Problem(path, message, fix=replaced(spec, path, Output(), "Make it the output layer"))
    elif any(isinstance(other, Output) for other in spec.network):
        yield Problem(path, f"The network outputs {tensor_text(out)}, {needed}", fix=without(spec, path))
    else:
        kept = list(spec.network)
        while kept and is_applied_by_loss(spec, kept[-1]):  # before an output layer it would only squeeze the features
            kept.pop()
        message = f"The network outputs {tensor_text(out)}, {needed}"
        ending = [Output()] if out.has("features") else [Flatten(), Output()]
        yield Problem(path, message, fix=Fix("Add an output layer", with_network(spec, *kept, *ending)))


def is_applied_by_loss(spec: ExperimentSpec, layer: Layer) -> bool:
    """Whether the loss applies this layer's function, or a similar one, itself."""
    return spec.loss.activation is not None and isinstance(layer, Softmax | Sigmoid)


def _single_output(spec: ExperimentSpec) -> Iterator[Problem]:
    if spec.loss.activation == "softmax":
        message = f"{spec.loss.title} takes the softmax of the outputs, which is always 1 for a single output: nothing can be learned"
        better = with_loss(spec, BCE() if spec.data.classes else Huber())
        yield Problem("loss", message, severity="warning", fix=Fix(f"Use {better.loss.spoken()}", better))
    elif isinstance(spec.loss, Cosine):
        message = "Cosine compares directions, and the only direction of a single number is its sign: nothing can be learned"
        yield Problem("loss", message, severity="warning", fix=Fix("Use the Huber loss", with_loss(spec, Huber())))
