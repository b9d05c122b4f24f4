"""Whether the loss can be computed on the task and on the outputs, and what is known to end badly there."""

from collections.abc import Iterator

from playground.catalog.layers import Dense, Flatten, Layer, Output, Shape, Sigmoid, Softmax
from playground.catalog.losses import BCE, LOSSES, Cosine, Huber
from playground.network.problems import Fix, Problem, replaced, say_shape, with_loss, with_network, without
from playground.spec import ExperimentSpec


def check_loss(spec: ExperimentSpec, shape: Shape | None) -> Iterator[Problem]:
    """shape: of what the last layer gives, None if the network breaks before."""
    yield from _on_this_task(spec)
    yield from _number_of_outputs(spec, shape)
    if shape == (1,) and 1 in spec.loss.accepts(spec.data):
        yield from _single_output(spec)


def _on_this_task(spec: ExperimentSpec) -> Iterator[Problem]:
    task = spec.data.task
    if task.name() in spec.loss.tasks:
        return
    fitting = next(loss for loss in LOSSES if task.name() in loss.tasks)
    fix = Fix(f"Use {fitting.spoken()}", with_loss(spec, fitting()))
    if task.name() in spec.loss.refused:
        reason = spec.loss.refused[task.name()]
        message = f"{spec.loss.title} cannot be computed for {spec.data.title} ({task.title.lower()}): {reason}"
        yield Problem("loss", message, fix=fix)
    elif spec.loss.elsewhere[task.name()]:
        yield Problem("loss", spec.loss.elsewhere[task.name()], severity="warning", fix=fix)


def _number_of_outputs(spec: ExperimentSpec, shape: Shape | None) -> Iterator[Problem]:
    accepted = spec.loss.accepts(spec.data)
    if shape is None or not spec.network or (len(shape) == 1 and shape[0] in accepted):
        return
    last = len(spec.network) - 1
    layer, path = spec.network[last], f"network[{last}]"
    wanted = f"{' or '.join(map(str, accepted))} number{'s' if accepted != (1,) else ''} for {spec.data.title} with {spec.loss.spoken()}"
    if isinstance(layer, Dense):
        message = f"The last layer gives {layer.units}, but must give {wanted}"
        yield Problem(path, message, fix=replaced(spec, path, Output(), "Make it the output layer"))
    elif any(isinstance(each, Output) for each in spec.network):
        yield Problem(path, f"The network gives {say_shape(shape)}, but must give {wanted}", fix=without(spec, path))
    else:
        kept = list(spec.network)
        while kept and is_applied_by_loss(spec, kept[-1]):  # what the loss applies itself would now squeeze the features
            kept.pop()
        message = f"The network ends with {say_shape(shape)}, but must give {wanted}"
        ending = [Output()] if len(shape) == 1 else [Flatten(), Output()]
        yield Problem(path, message, fix=Fix("Add an output layer", with_network(spec, *kept, *ending)))


def is_applied_by_loss(spec: ExperimentSpec, layer: Layer) -> bool:
    """Whether the loss applies this layer's function, or one like it, to the outputs itself."""
    return spec.loss.activation is not None and isinstance(layer, Softmax | Sigmoid)


def _single_output(spec: ExperimentSpec) -> Iterator[Problem]:
    if spec.loss.activation == "softmax":
        message = f"{spec.loss.title} takes the softmax of the outputs, which is always 1 for a single output: nothing can be learned"
        better = with_loss(spec, BCE() if spec.data.classes else Huber())
        yield Problem("loss", message, severity="warning", fix=Fix(f"Use {better.loss.spoken()}", better))
    elif isinstance(spec.loss, Cosine):
        message = "Cosine compares directions, and a single number has no direction but its sign: nothing can be learned"
        yield Problem("loss", message, severity="warning", fix=Fix("Use the Huber loss", with_loss(spec, Huber())))
