"""Whether the network can produce the outputs that the loss needs. What counts is the range of its outputs, not its last layer."""

import math
from collections.abc import Iterator

from playground.catalog.layers import Dropout, Dropout2d, GaussianNoise, Layer, Sigmoid, Softmax
from playground.catalog.layers.ranges import Range
from playground.catalog.losses import Cosine, CrossEntropy, Hinge
from playground.catalog.readouts import readout_of
from playground.network.endings import Ending
from playground.network.problems import Fix, Problem, with_network, without
from playground.spec import ExperimentSpec

_CERTAIN = 0.99
"""A probability that the network should be able to reach."""


def check_outputs(spec: ExperimentSpec, ending: Ending, outputs: int) -> Iterator[Problem]:
    """outputs: number of outputs of the network; one that the loss accepts."""
    yield from _random_outputs(spec)
    if ending.index is None:
        return
    path, layer = f"network[{ending.index}]", spec.network[ending.index]
    if message := _out_of_reach(spec, layer, ending.range, outputs):
        yield Problem(path, message, severity="warning", fix=_without_it(spec, ending.index))
    elif message := _merely_limited(spec, layer, ending.range):
        yield Problem(path, message, severity="note", fix=_without_it(spec, ending.index))


def _random_outputs(spec: ExperimentSpec) -> Iterator[Problem]:
    """Dropout or noise after the last layer with weights."""
    for index in range(len(spec.network) - 1, -1, -1):
        layer = spec.network[index]
        if isinstance(layer, Dropout | Dropout2d | GaussianNoise):
            effect = "adds noise to outputs" if isinstance(layer, GaussianNoise) else "sets outputs to 0 at random"
            message = f"{layer.title} at the end of the network {effect} during training: the loss stays noisy and high"
            yield Problem(f"network[{index}]", message, severity="warning", fix=without(spec, f"network[{index}]"))
        elif layer.group in ("Dense", "Convolution", "Sequence", "Block", "Normalization"):
            return


def _out_of_reach(spec: ExperimentSpec, layer: Layer, range_: Range, outputs: int) -> str | None:
    """What the loss needs and no weights can produce."""
    if range_.constant:
        return f"The output is always {range_.low:g}: nothing can be learned"
    name = layer.title
    if spec.loss.activation == "softmax":
        return _softmax_of(spec, layer, range_, outputs) or _stuck(name, range_)
    if spec.loss.activation == "sigmoid":
        return _sigmoid_of(spec, layer, range_)
    if isinstance(spec.loss, Hinge):
        return _margin(spec.loss, layer, range_, outputs) or _stuck(name, range_)
    if spec.data.classes and spec.loss.one_hot:
        return _fitted_to_classes(spec, layer, range_)
    if spec.data.classes or isinstance(spec.loss, Cosine):
        return _stuck(name, range_)
    return _targets(spec, name, range_)


def _softmax_of(spec: ExperimentSpec, layer: Layer, range_: Range, outputs: int) -> str | None:
    """The largest probability that softmax can reach on numbers in [low, high]: one of them high, all others low."""
    best = 1 / (1 + (outputs - 1) * math.exp(min(0.0, range_.low - range_.high)))
    if best >= _CERTAIN:
        return None
    return f"{_after(spec, layer, 'softmax')} no probability can exceed {best:.0%}, and the loss cannot fall below {-math.log(best):.2f}"


def _sigmoid_of(spec: ExperimentSpec, layer: Layer, range_: Range) -> str | None:
    least, most = (1 / (1 + math.exp(-max(-700.0, min(700.0, end)))) for end in (range_.low, range_.high))
    limits = [f"below {least:.0%}"] if least > 1 - _CERTAIN else []
    limits += [f"above {most:.0%}"] if most < _CERTAIN else []
    return f"{_after(spec, layer, 'sigmoid')} no probability can be {' or '.join(limits)}" if limits else None


def _after(spec: ExperimentSpec, layer: Layer, applied: str) -> str:
    """applied: the function that the loss applies to the outputs itself."""
    other = f"another {applied}" if layer.spoken() == applied else layer.spoken()
    return f"{spec.loss.title} applies {applied} itself; after {other},"


def _margin(loss: Hinge, layer: Layer, range_: Range, outputs: int) -> str | None:
    reach = min(-range_.low, range_.high) if outputs == 1 else range_.high - range_.low
    if reach > loss.margin or (reach == loss.margin and range_.blocks_gradient):
        return None
    return f"Hinge needs the true class to win by a margin of {loss.margin:g}, but after {layer.spoken()}, outputs {_between(range_)}"


def _fitted_to_classes(spec: ExperimentSpec, layer: Layer, range_: Range) -> str | None:
    if range_.low > 0 or range_.high < 1:
        return f"{spec.loss.title} fits the outputs to 0 and 1, but after {layer.spoken()}, they {_between(range_)}"
    if isinstance(layer, Softmax):
        return (
            f"With {spec.loss.spoken()} on softmax outputs, the gradient is almost 0 where the network is confident and wrong, so it "
            "learns slowly or gets stuck. Cross-entropy avoids this"
        )
    return _stuck(layer.title, range_)


def _targets(spec: ExperimentSpec, name: str, range_: Range) -> str | None:
    known = spec.data.target_range
    if known is None:
        return None
    low, high = known
    slack = 0.01 * (high - low)
    misses = [f"go down to {low:.4g}"] if range_.low > low + slack else []
    misses += [f"go up to {high:.4g}"] if range_.high < high - slack else []
    if not misses:
        return None
    stuck = f" Where {name} cuts off, the gradient is 0: with some seeds the network never learns" if range_.blocks_gradient else ""
    return f"After {name}, outputs {_between(range_)}, but the targets {' and '.join(misses)} and cannot be reached.{stuck}"


def _stuck(name: str, range_: Range) -> str | None:
    if not range_.blocks_gradient:
        return None
    return (
        f"After {name}, outputs {_between(range_)}, and the gradient is 0 where they are cut off: an output that is cut off for every "
        "example never learns"
    )


def _merely_limited(spec: ExperimentSpec, layer: Layer, range_: Range) -> str | None:
    """What works, but may surprise."""
    if spec.data.classes and spec.loss.one_hot and spec.loss.activation is None:
        if isinstance(layer, Sigmoid):
            slow = "learning is slow where the network is confident and wrong; binary cross-entropy avoids this"
            return f"With {spec.loss.spoken()} on a sigmoid, {slow}"
        return None
    if not spec.data.classes and spec.data.target_range is not None:
        if not range_.blocks_gradient:
            return None
        return f"{layer.title} at the end suits these targets, but if it cuts off every output, the gradient is 0 and nothing is learned"
    return f"After {layer.title}, outputs {_between(range_)}: the network cannot predict anything else"


def _between(range_: Range) -> str:
    if range_.low == -math.inf:
        return f"are at most {range_.high:g}"
    if range_.high == math.inf:
        return f"are at least {range_.low:.3g}"
    return f"lie between {range_.low:.3g} and {range_.high:.3g}"


def _without_it(spec: ExperimentSpec, index: int) -> Fix | None:
    """Removes the layer; for squared errors of a softmax, also switches to cross-entropy. None for a layer that is no activation."""
    layer = spec.network[index]
    if layer.group != "Activation":
        return None
    if (
        isinstance(layer, Softmax)
        and CrossEntropy().outputs(spec.data) > 1
        and spec.data.classes
        and spec.loss.one_hot
        and spec.loss.activation is None
    ):
        kept = (*spec.network[:index], *spec.network[index + 1 :])
        return Fix("Use cross-entropy without the softmax layer", with_network(spec, *kept).model_copy(update={"loss": CrossEntropy()}))
    return without(spec, f"network[{index}]")


def probability_caveat(spec: ExperimentSpec, ending: Ending, outputs: int) -> str:
    """Why the numbers shown for classes are not probabilities; "" where they are, and for values."""
    readout = readout_of(spec.data.task, spec.loss, outputs)
    fitted = spec.loss.one_hot and spec.loss.activation is None
    if fitted and (ending.range.sums_to_one if outputs > 1 else ending.range.within(0, 1)):
        return ""
    return readout.caveat
