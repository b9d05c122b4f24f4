"""Whether the network can give what the loss asks for. What counts is which numbers come out, not which layer is the last."""

import math
from collections.abc import Iterator

from playground.catalog.layers import Dropout, Dropout2d, GaussianNoise, Layer, Sigmoid, Softmax
from playground.catalog.layers.ranges import Range
from playground.catalog.losses import Cosine, CrossEntropy, Hinge
from playground.catalog.readouts import readout_of
from playground.network.endings import Ending
from playground.network.loss_checks import is_applied_by_loss
from playground.network.problems import Fix, Problem, with_network, without
from playground.spec import ExperimentSpec

_CERTAIN = 0.99
"""A probability that ought to be in reach."""


def check_outputs(spec: ExperimentSpec, ending: Ending, outputs: int) -> Iterator[Problem]:
    """outputs: how many numbers the network gives, which the loss accepts."""
    yield from _random_outputs(spec)
    if ending.index is None:
        return
    path, layer = f"network[{ending.index}]", spec.network[ending.index]
    if message := _out_of_reach(spec, layer, ending.range, outputs):
        yield Problem(path, message, severity="warning", fix=_without_it(spec, ending.index))
    elif message := _merely_limited(spec, layer, ending.range):
        yield Problem(path, message, severity="note", fix=_without_it(spec, ending.index))


def _random_outputs(spec: ExperimentSpec) -> Iterator[Problem]:
    """Dropout or noise behind the last weights."""
    for index in range(len(spec.network) - 1, -1, -1):
        layer = spec.network[index]
        if isinstance(layer, Dropout | Dropout2d | GaussianNoise):
            does = "adds noise to" if isinstance(layer, GaussianNoise) else "randomly sets to 0"
            message = f"{layer.title} at the end {does} the outputs themselves while training: the loss stays noisy and high"
            yield Problem(f"network[{index}]", message, severity="warning", fix=without(spec, f"network[{index}]"))
        elif layer.group in ("Dense", "Convolution", "Block", "Normalisation"):
            return


def _out_of_reach(spec: ExperimentSpec, layer: Layer, range_: Range, outputs: int) -> str | None:
    """What the loss asks for, and no weights can give."""
    if range_.constant:
        return f"This output is always {range_.low:g}: nothing can be learned"
    name = layer.title
    if spec.loss.activation == "softmax":
        return _softmax_of(spec, layer, range_, outputs) or _stuck(name, range_)
    if spec.loss.activation == "sigmoid":
        return _sigmoid_of(spec, layer, range_)
    if isinstance(spec.loss, Hinge):
        return _margin(spec.loss, name, range_, outputs) or _stuck(name, range_)
    if spec.data.classes and spec.loss.one_hot:
        return _fitted_to_classes(spec, layer, range_)
    if spec.data.classes or isinstance(spec.loss, Cosine):
        return _stuck(name, range_)
    return _targets(spec, name, range_)


def _softmax_of(spec: ExperimentSpec, layer: Layer, range_: Range, outputs: int) -> str | None:
    """The largest probability that softmax can make of numbers in [low, high]: one of them high, all others low."""
    best = 1 / (1 + (outputs - 1) * math.exp(min(0.0, range_.low - range_.high)))
    if best >= _CERTAIN:
        return None
    return f"{_twice(spec, layer, 'softmax')}no class can get more than {best:.0%}, and the loss cannot fall below {-math.log(best):.2f}"


def _sigmoid_of(spec: ExperimentSpec, layer: Layer, range_: Range) -> str | None:
    least, most = (1 / (1 + math.exp(-max(-700.0, min(700.0, end)))) for end in (range_.low, range_.high))
    limits = [f"below {least:.0%}"] if least > 1 - _CERTAIN else []
    limits += [f"above {most:.0%}"] if most < _CERTAIN else []
    return f"{_twice(spec, layer, 'sigmoid')}no probability can be {' or '.join(limits)}" if limits else None


def _twice(spec: ExperimentSpec, layer: Layer, own: str) -> str:
    if is_applied_by_loss(spec, layer):
        return f"{spec.loss.title} applies {own} itself; of outputs that went through {layer.title.lower()} already, "
    return f"{spec.loss.title} takes the {own} of the outputs; after {layer.spoken()} "


def _margin(loss: Hinge, name: str, range_: Range, outputs: int) -> str | None:
    reach = min(-range_.low, range_.high) if outputs == 1 else range_.high - range_.low
    if reach > loss.margin or (reach == loss.margin and range_.blocks_gradient):
        return None
    return f"Hinge asks the true class to win by a margin of {loss.margin:g}; after {name.lower()} outputs {_between(range_)}: too close"


def _fitted_to_classes(spec: ExperimentSpec, layer: Layer, range_: Range) -> str | None:
    if range_.low > 0 or range_.high < 1:
        return f"{spec.loss.title} fits the outputs to 0 and 1; after {layer.spoken()} they {_between(range_)}"
    if isinstance(layer, Softmax):
        return (
            f"{spec.loss.title} on softmax outputs: where the network is sure and wrong, the softmax is flat and almost no gradient comes "
            "back, so it learns slowly or gets stuck. Cross-entropy does not"
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
    stuck = " Where it cuts off, no gradient comes back: with some seeds training never moves" if range_.blocks_gradient else ""
    return f"After {name} outputs {_between(range_)}, but the targets {' and '.join(misses)}: they cannot be reached.{stuck}"


def _stuck(name: str, range_: Range) -> str | None:
    if not range_.blocks_gradient:
        return None
    return (
        f"After {name} outputs {_between(range_)}, and where it cuts off no gradient comes back: an output cut off for every example "
        "never learns"
    )


def _merely_limited(spec: ExperimentSpec, layer: Layer, range_: Range) -> str | None:
    """What works, and surprises."""
    if spec.data.classes and spec.loss.one_hot and spec.loss.activation is None:
        if isinstance(layer, Sigmoid):
            return f"{spec.loss.title} on a sigmoid learns slowly where the network is sure and wrong; binary cross-entropy does not"
        return None
    if not spec.data.classes and spec.data.target_range is not None:
        if not range_.blocks_gradient:
            return None
        return f"{layer.title} at the end fits these targets, but if it cuts off every output, no gradient comes back and training stops"
    return f"After {layer.title} outputs {_between(range_)}: the network cannot give any other number"


def _between(range_: Range) -> str:
    if range_.low == -math.inf:
        return f"are at most {range_.high:g}"
    if range_.high == math.inf:
        return f"are at least {range_.low:.3g}"
    return f"lie between {range_.low:.3g} and {range_.high:.3g}"


def _without_it(spec: ExperimentSpec, index: int) -> Fix | None:
    """Without the layer, and for squared errors of a softmax with cross-entropy. None for a layer that does more than to limit numbers."""
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
        return Fix("Use cross-entropy, without the softmax", with_network(spec, *kept).model_copy(update={"loss": CrossEntropy()}))
    return without(spec, f"network[{index}]")


def probability_caveat(spec: ExperimentSpec, ending: Ending, outputs: int) -> str:
    """Why the numbers shown for classes are not probabilities; "" where they are, and for values."""
    readout = readout_of(spec.data.task, spec.loss, outputs)
    fitted = spec.loss.one_hot and spec.loss.activation is None
    if fitted and (ending.range.sums_to_one if outputs > 1 else ending.range.within(0, 1)):
        return ""
    return readout.caveat
