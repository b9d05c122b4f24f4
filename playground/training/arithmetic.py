"""The arithmetic of a step that was taken apart: for one unit and one weight, each formula with the numbers in it.

Every line is checked: where the numbers do not give what PyTorch has computed, there is no line."""

import copy
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.catalog.answers import IGNORED
from playground.catalog.formulas import Value, Write, formula, worked_out
from playground.catalog.layers import Activation, Features, Layer, Softmax
from playground.catalog.layers.base import AVERAGE, WEIGHTED_SUM
from playground.catalog.layers.feature_writing import subscripted
from playground.catalog.readouts import Readout
from playground.network import module_name, readout
from playground.paths import split_path
from playground.training.one_step import LayerPass, OneStep, WeightChange

_CLOSE = 1e-3
"""How far a line may be from PyTorch's number, which is of float32: relative to its largest term."""
_PRECISION = 4 * torch.finfo(torch.float32).eps
_AS_IT_IS = "y = x"


@dataclass(frozen=True)
class Line:
    """A formula, with numbers in it, and its result. numbers: "" where it has only a result; result: None where it has only a text."""

    formula: str
    numbers: str
    result: float | None


@dataclass(frozen=True, eq=False)
class Answer:
    """An answer of the network, the `number`th of `count`, and its loss. outputs: (K,). slopes: the gradient at them, (K,). values: as
    `Loss.values`."""

    number: int
    count: int
    outputs: Tensor
    slopes: Tensor | None
    values: Mapping[str, Value]
    loss: float


class Arithmetic:
    """Of one step. write: a number. Indices of units and weights are of the flattened tensor of the first example."""

    def __init__(self, step: OneStep, write: Write) -> None:
        self._step, self._write = step, write
        self._modules: dict[str, nn.Module] = {}
        self._readout: Readout = readout(step.spec)
        self._after = _next_passes(step.passes)
        self._one = formula(step.spec.loss.formula())

    def output(self, of: LayerPass, unit: int) -> Line:
        """How the unit's output follows from the input of its layer."""
        result = float(of.output[0].flatten()[unit])
        text = of.layer.formula_of(unit % of.output.shape[-1])
        if not getattr(of.layer, "bias", True):
            text = text.replace(" + b", "")
        values = self._values_of_output(of, unit)
        line = None if values is None else self._checked(text, values, result)
        return line or Line(text, "", result)

    def gradient(self, of: LayerPass, unit: int) -> Line | None:
        """How the gradient at the unit's output follows from the gradients at the outputs of the next layer, or from the loss; None if no
        gradient was computed."""
        if of.gradient is None:
            return None
        result = float(of.gradient[0].flatten()[unit])
        after = self._after.get(of.path)
        line = None
        if of is self._step.passes[-1]:
            line = self._slope(unit, result)
        elif after is not None and after.gradient is not None:
            direction = torch.zeros(after.arguments[0].shape, dtype=torch.double)
            direction[0].view(-1)[unit] = 1.0
            effect = _effect(lambda x: self._module(after)(x, *after.arguments[1:]), after.arguments[0], direction)
            line = self._sum_of_effects("∂L/∂y = Σ(δ·w)", after.gradient, effect, "w", result)
        return line or Line("∂L/∂y", "", result)

    def answer(self) -> Answer | None:
        """The answer of the first example; if it has several, that with the largest loss. None if it has none."""
        outputs, targets = self._answers()
        losses = [self._one.value(self._loss_values(*pair)) for pair in zip(outputs, targets, strict=True)]
        if not losses:
            return None
        worst = max(range(len(losses)), key=lambda number: losses[number] if math.isfinite(losses[number]) else math.inf)
        gradient = self._step.passes[-1].gradient
        slopes = None if gradient is None else self._asked(gradient[0])[worst]
        loss = self._step.loss if len(losses) == 1 else losses[worst]
        return Answer(worst, len(losses), outputs[worst], slopes, self._loss_values(outputs[worst], targets[worst]), loss)

    def loss(self) -> list[Line]:
        """The loss: that of the `answer`, and the mean if there are several; with penalties, also what is minimized."""
        answer = self.answer()
        if answer is None:
            return [Line("L", "", self._step.loss)]
        lines = [Line(self._one.text, self._one.written(answer.values, self._write), answer.loss)]
        if answer.count > 1:
            lines.append(Line(f"the mean of {answer.count:,} answers, of which this is the largest", "", self._step.loss))
        if self._step.minimized != self._step.loss:
            sum_written = f"{self._write(self._step.loss)} + {self._write(self._step.minimized - self._step.loss)}"
            lines.append(Line("minimized = L + penalties", sum_written, self._step.minimized))
        return lines

    def update(self, change: WeightChange, index: int) -> list[Line]:
        """How a weight changes: its gradient, then the rule of the optimizer. Ends with the new weight."""
        spec = self._step.spec
        lines = [self._gradient_of_weight(change, index)]
        values: dict[str, Value] = {"w": _at(change.before, index), "g": _at(change.gradient, index)}
        values |= {"lr": self._step.learning_rate, "t": float(self._step_of(change))}
        clipping = self._clipping(values)
        clipped, values = worked_out([formula(text) for text in clipping], values, self._write)
        lines += [Line(*line) for line in clipped]
        values["g"] = _at(change.applied, index)
        for symbol, field in spec.optimizer.symbols.items():
            values[symbol] = float(getattr(spec.optimizer, field))
        for symbol, (key, first) in spec.optimizer.kept.items():
            values[symbol] = _at(change.kept[key], index) if change.kept.get(key) is not None else first
        after = _at(change.after, index)
        rule, values = worked_out([formula(text) for text in spec.optimizer.rule(self._step_of(change))], values, self._write)
        if not rule or not _close_step(float(values["w"]), after, _at(change.before, index)):  # type: ignore[arg-type]
            return [*lines, Line(f"w ← a step of {spec.optimizer.title}", "", after)]
        return [*lines, *(Line(*line) for line in rule[:-1]), Line(rule[-1][0], rule[-1][1], after)]

    def _step_of(self, change: WeightChange) -> int:
        """The number of the optimizer's step, which starts anew where only weights are left."""
        counted = change.kept.get("step")
        return self._step.step if counted is None and change.kept else int(counted or 0) + 1

    def _clipping(self, values: dict[str, Value]) -> list[str]:
        training = self._step.spec.training
        texts = []
        gradients = [change.gradient for change in self._step.changes]
        if training.clip_value is not None:
            values["c"] = training.clip_value
            gradients = [gradient.clamp(-training.clip_value, training.clip_value) for gradient in gradients]
            texts.append("g ← max(−c, min(c, g))")
        if training.clip_norm is not None:
            values["n"] = training.clip_norm
            values["N"] = float(torch.stack([gradient.double().norm() for gradient in gradients]).norm())
            texts.append("g ← g·min(1, n/(N + 10⁻⁶))")
        return texts

    def _gradient_of_weight(self, change: WeightChange, index: int) -> Line:
        result = _at(change.gradient, index)
        of = next(each for each in self._step.passes if each.path == change.path)
        direction = torch.zeros(change.before.shape, dtype=torch.double)
        direction.view(-1)[index] = 1.0

        def output(weight: Tensor) -> Tensor:
            arguments = tuple(each.double() if each.is_floating_point() else each for each in of.arguments)
            return torch.func.functional_call(self._module(of), {change.name: weight}, arguments)  # type: ignore[no-any-return]

        text, more = self._penalty_terms(of.layer, change, index)
        effect = None if of.gradient is None else _effect(output, change.before, direction)
        line = None
        if effect is not None and of.gradient is not None:
            line = self._sum_of_effects(f"g = Σ(δ·x){text}", of.gradient, effect, "x", result, more)
        return line or Line("g = ∂L/∂w", "", result)

    def _penalty_terms(self, layer: Layer, change: WeightChange, index: int) -> tuple[str, dict[str, Value]]:
        l1, l2 = getattr(layer, "l1", 0.0), getattr(layer, "l2", 0.0)
        if change.name != "weight" or not (l1 or l2):
            return "", {}
        text = (" + l₁·sign(w)" if l1 else "") + (" + 2·l₂·w" if l2 else "")
        return text, {"l₁": l1, "l₂": l2, "w": _at(change.before, index)}

    def _values_of_output(self, of: LayerPass, unit: int) -> dict[str, Value] | None:
        """What the names in the formula of the layer stand for; None if it is only text."""
        if isinstance(of.layer, Activation) and not isinstance(of.layer, Softmax):
            return {"x": float(of.arguments[0][0].flatten()[unit]), **self._symbols(of)}
        if isinstance(of.layer, Features):
            features = of.arguments[0][0].flatten(0, -2) if of.arguments[0].ndim > 2 else of.arguments[0]
            return {subscripted(index): value for index, value in enumerate(features[unit // of.output.shape[-1]].tolist())}
        if of.layer.formula not in (WEIGHTED_SUM, AVERAGE, _AS_IT_IS):
            return None
        weights, inputs, rest = self._derivatives(of, unit)
        return {"x": inputs, "w": weights, "b": rest}

    def _symbols(self, of: LayerPass) -> dict[str, Value]:
        module = self._module(of)
        learned = {name: weights for name, weights in module.named_parameters() if weights.numel() == 1}
        return {
            symbol: float(learned[name].detach() if name in learned else getattr(of.layer, name))
            for symbol, name in of.layer.symbols.items()
            if name in learned or isinstance(getattr(of.layer, name, None), int | float)
        }

    def _derivatives(self, of: LayerPass, unit: int) -> tuple[list[float], list[float], float]:
        """Of a weighted sum: its weights, the inputs that they weigh, and what is added to it."""
        module = self._module(of)
        inputs = of.arguments[0].double().requires_grad_()
        with torch.enable_grad():
            output = module(inputs, *of.arguments[1:])[0].flatten()[unit]
            (row,) = torch.autograd.grad(output, inputs)
        used = row[0].flatten().nonzero().squeeze(1)
        weights, x = row[0].flatten()[used], inputs.detach()[0].flatten()[used]
        return weights.tolist(), x.tolist(), float(output.detach() - (weights * x).sum())

    def _sum_of_effects(
        self, text: str, gradient: Tensor, effect: Tensor | None, name: str, result: float, more: Mapping[str, Value] | None = None
    ) -> Line | None:
        """Σ over the outputs of a layer: the gradient there, times how they change."""
        if effect is None or effect.shape != gradient.shape or len(gradient) != 1:
            return None
        used = effect.flatten().nonzero().squeeze(1)
        if not len(used):
            used = torch.zeros(1, dtype=torch.long)
        delta, change = gradient.double().flatten()[used], effect.flatten()[used]
        return self._checked(text, {"δ": delta.tolist(), name: change.tolist(), **(more or {})}, result)

    def _slope(self, unit: int, result: float) -> Line | None:
        """The gradient at an output of the network."""
        text = self._step.spec.loss.slope()
        outputs, targets = self._answers()
        if not text or not len(outputs):
            return None
        answer, number = divmod(unit, outputs.shape[1])
        if self._step.spec.data.task.per_step:
            steps = (self._step.targets[0] != IGNORED).nonzero().squeeze(1).tolist()
            if answer not in steps:
                return Line("∂L/∂o = 0, as this step has no target", "", result)
            answer = steps.index(answer)
        values = self._loss_values(outputs[answer], targets[answer])
        single = {name: each[number] if isinstance(each, list) and len(each) == outputs.shape[1] else each for name, each in values.items()}
        if len(outputs) > 1:
            text, single = f"({text})/M", {**single, "M": float(len(outputs))}
        return self._checked(f"∂L/∂o = {text}", single, result)

    def _answers(self) -> tuple[Tensor, Tensor]:
        """Outputs (M, K) and encoded targets of the first example."""
        targets = self._asked(self._step.targets[0])
        return self._asked(self._step.outputs[0]), self._readout.encode(targets) if self._step.spec.data.task.per_step else targets

    def _asked(self, of_example: Tensor) -> Tensor:
        """Numbers of one example → of its answers: of the steps that have a target, or of the only one."""
        return of_example[self._step.targets[0] != IGNORED] if self._step.spec.data.task.per_step else of_example[None]

    def _loss_values(self, outputs: Tensor, target: Tensor) -> dict[str, Value]:
        return dict(self._step.spec.loss.values(outputs, target, self._step.class_counts))

    def _checked(self, text: str, values: Mapping[str, Value], result: float) -> Line | None:
        """The line, if its numbers give the result."""
        read = formula(text)
        try:
            computed, written = read.value(values), read.written(values, self._write)
        except KeyError:
            return None
        return Line(text, written, result) if _close(computed, result, [1e-6, result, *_sizes(values)]) else None

    def _module(self, of: LayerPass) -> nn.Module:
        """The layer's module before the step, in float64."""
        if of.path not in self._modules:
            self._modules[of.path] = copy.deepcopy(self._step.network.get_submodule(module_name(of.path))).double()
        return self._modules[of.path]


def _effect(function: Callable[[Tensor], Tensor], point: Tensor, direction: Tensor) -> Tensor | None:
    """How the result of a function changes in a direction; None where PyTorch cannot tell.

    By two backward passes (Townsend 2017, https://j-towns.github.io/2017/06/12/A-new-trick.html): the first forward differentiation of
    PyTorch compiles for a second."""
    start = point.double().requires_grad_()
    try:
        with torch.enable_grad():
            result = function(start)
            along = torch.zeros_like(result, requires_grad=True)
            (backward,) = torch.autograd.grad((result * along).sum(), start, create_graph=True)
            (effect,) = torch.autograd.grad((backward * direction).sum(), along)
    except (RuntimeError, NotImplementedError):
        return None
    return effect.detach()


def _next_passes(passes: Sequence[LayerPass]) -> dict[str, LayerPass]:
    """By path, the layer that reads the output of another one directly."""
    known = {each.path: each for each in passes}
    after = {}
    for path in known:
        chain, index = split_path(path)
        if (following := known.get(f"{chain}[{index + 1}]")) is not None:
            after[path] = following
    return after


def _at(tensor: Tensor, index: int) -> float:
    """A number of a tensor, or the only one."""
    return float(tensor) if tensor.numel() == 1 else float(tensor.reshape(-1)[index])


def _sizes(values: Mapping[str, Value]) -> list[float]:
    """The largest products that a sum can have as its terms."""
    lists = [value for value in values.values() if isinstance(value, list) and value]
    return [max(abs(math.prod(terms)) for terms in zip(*lists, strict=False))] if lists else []


def _close_step(computed: float, after: float, before: float) -> bool:
    """The same for a new weight, up to the precision of the weight itself."""
    return abs(computed - after) <= _CLOSE * abs(after - before) + _PRECISION * max(abs(after), abs(before))


def _close(computed: float, result: float, sizes: Sequence[float]) -> bool:
    return abs(computed - result) <= _CLOSE * max(map(abs, sizes))
