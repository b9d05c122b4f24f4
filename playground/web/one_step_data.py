"""A step that was taken apart, as the component draws it: what passes through every layer, and one unit and one weight in numbers."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.catalog.answers import IGNORED
from playground.catalog.tensors import TensorSpec
from playground.network import trace
from playground.paths import levels, numbered
from playground.training.arithmetic import Arithmetic, Line
from playground.training.one_step import LayerPass, OneStep, WeightChange
from playground.web.layouts import Layout, packed
from playground.web.markup import exact_number

_MOST_VALUES = 300_000
"""Of all layers together."""
_MOST_OF_LAYER = 4096
_MOST_WEIGHTS = 10
_MOST_OUTPUTS = 12
_MOST_NAMED = 12
_MOST_TOKENS = 60
_WORDS = {"features": "feature", "length": "step", "channels": "channel", "height": "row", "width": "column"}


@dataclass(frozen=True)
class Pick:
    """A unit of a layer and one of its weights. path: "" for the first layer with weights. unit, weight: None for those that change most.
    weight: the name of its tensor in the layer's module, and its index there."""

    path: str = ""
    unit: int | None = None
    weight: tuple[str, int] | None = None


def step_data(step: OneStep, pick: Pick) -> dict[str, Any]:
    """Everything that the component draws, ready for JSON."""
    tensors = {row.path: row.tensor_out for row in trace(step.spec).in_order()}
    most = max(16, min(_MOST_OF_LAYER, _MOST_VALUES // (2 * len(step.passes))))
    layouts = {of.path: Layout.of(tensors[of.path], most) for of in step.passes}
    changes: dict[str, list[WeightChange]] = {}
    for change in step.changes:
        changes.setdefault(change.path, []).append(change)
    arithmetic = Arithmetic(step, exact_number)
    return {
        "step": step.step,
        "loss": {**_loss(step, arithmetic), "value": exact_number(step.loss)},
        "input": _input(step, most),
        "layers": [_layer(of, layouts[of.path], changes.get(of.path, ())) for of in step.passes],
        "picked": _picked(step, arithmetic, pick, tensors, layouts, changes),
        "rate": exact_number(step.learning_rate),
        "optimizer": step.spec.optimizer.title,
    }


def _input(step: OneStep, most: int) -> dict[str, Any]:
    data, x = step.spec.data, step.inputs[0]
    if data.tensor.vocabulary is not None:
        tokens = data.encoding.steps(data.encoding.unpadded(x.numpy()))
        return {"shape": _shape(x), "names": _first(tokens, _MOST_TOKENS)}
    names = data.feature_names if data.encoding.domain is None else data.axis_names
    numbers = [f"{name} = {exact_number(float(value))}" for name, value in zip(names, x.flatten(), strict=False)] if x.ndim == 1 else []
    layout = Layout.of(data.tensor, most)
    return {"shape": _shape(x), "names": _first(numbers, _MOST_NAMED), "layout": layout.plain(x.numel()), "values": packed(x, layout)}


def _first(texts: Sequence[str], most: int) -> list[str]:
    return [*texts[:most], *(["…"] if len(texts) > most else [])]


def _layer(of: LayerPass, layout: Layout, changes: Sequence[WeightChange]) -> dict[str, Any]:
    output = of.output[0]
    return {
        "path": of.path,
        "number": numbered(of.path),
        "title": of.layer.title,
        "depth": len(levels(of.path)) - 1,
        "shape": _shape(output),
        "formula": of.layer.formula,
        "layout": layout.plain(output.numel()),
        "values": packed(output, layout),
        "gradient": None if of.gradient is None else packed(of.gradient[0], layout),
        "norm": None if of.gradient is None else exact_number(float(of.gradient[0].norm())),
        "weights": [_summary(change) for change in changes],
    }


def _summary(change: WeightChange) -> dict[str, Any]:
    before, moved = float(change.before.norm()), float((change.after - change.before).norm())
    return {
        "name": change.name,
        "shape": _shape(change.before),
        "before": exact_number(before),
        "gradient": exact_number(float(change.gradient.norm())),
        "step": exact_number(moved),
        "ratio": moved / before if before else None,
    }


def _loss(step: OneStep, arithmetic: Arithmetic) -> dict[str, Any]:
    """The loss in numbers, and the outputs that it depends on most."""
    answer = arithmetic.answer()
    lines = [_line(line) for line in arithmetic.loss()]
    title = step.spec.loss.title
    if answer is None:
        return {"title": title, "target": "", "lines": lines, "outputs": [], "columns": []}
    count = len(answer.outputs)
    columns = {"output o": answer.outputs.tolist(), **_of_outputs(answer.values, count)}
    if answer.slopes is not None:
        columns["∂L/∂o"] = answer.slopes.tolist()
    weight = columns.get("∂L/∂o", columns["output o"])
    shown = sorted(sorted(range(count), key=lambda number: -abs(weight[number]))[:_MOST_OUTPUTS])
    names = _names_of_outputs(step, count)
    return {
        "title": title,
        "target": _target(step),
        "lines": lines,
        "columns": list(columns),
        "outputs": [[names[number], *(exact_number(values[number]) for values in columns.values())] for number in shown],
        "more": count - len(shown),
        "answer": _which_answer(step, answer.number) if answer.count > 1 else "",
    }


def _target(step: OneStep) -> str:
    """The true class; "" if there are several, or values."""
    data, target = step.spec.data, step.targets[0]
    if not data.classes or data.task.per_step:
        return ""
    return data.classes[int(target) if target.numel() == 1 else int(target.argmax())]


def _of_outputs(values: Any, count: int) -> dict[str, list[float]]:
    """The columns of probabilities and targets, of those that the loss has."""
    found = {}
    for title, names in (("probability", ("q", "p")), ("target y", ("y",))):
        column = next((values[name] for name in names if isinstance(values.get(name), list) and len(values[name]) == count), None)
        if column is not None:
            found[title] = column
    return found


def _names_of_outputs(step: OneStep, count: int) -> list[str]:
    data = step.spec.data
    if len(data.classes) == count:
        return list(data.classes)
    if data.classes and count == 1:
        return [data.classes[-1]]
    return list(data.value_names) if len(data.value_names) == count else [f"output {number + 1}" for number in range(count)]


def _which_answer(step: OneStep, number: int) -> str:
    asked = (step.targets[0] != IGNORED).nonzero().squeeze(1).tolist()
    return f"step {asked[number] + 1}"


def _picked(
    step: OneStep,
    arithmetic: Arithmetic,
    pick: Pick,
    tensors: dict[str, TensorSpec],
    layouts: dict[str, Layout],
    changes: dict[str, list[WeightChange]],
) -> dict[str, Any]:
    """The unit in numbers, and its weights, one of them from its gradient to its new value."""
    paths = [of.path for of in step.passes]
    path = pick.path if pick.path in paths else next((path for path in paths if path in changes), paths[-1])
    of = step.passes[paths.index(path)]
    drawn = layouts[path].units(of.output[0].numel())
    unit = pick.unit if pick.path == path and pick.unit is not None and 0 <= pick.unit < of.output[0].numel() else _liveliest(of, drawn)
    weights = _weights_of(changes.get(path, []), tensors[path], unit)
    gradient = arithmetic.gradient(of, unit)
    known = {(change.name, index): change for change, index in weights}
    chosen = pick.weight if pick.weight in known else next(iter(known), None)
    return {
        "path": path,
        "unit": unit,
        "name": _name_of(step, of, tensors[path], unit, last=of is step.passes[-1]),
        "output": _line(arithmetic.output(of, unit)),
        "gradient": None if gradient is None else _line(gradient),
        "weights": [
            {
                "name": name,
                "index": index,
                "label": _label(change, index),
                "numbers": [exact_number(float(each.flatten()[index])) for each in _four(change)],
            }
            for (name, index), change in known.items()
        ],
        "others": sum(change.before.numel() for change in changes.get(path, [])) - len(known),
        "weight": None if chosen is None else list(chosen),
        "update": [] if chosen is None else [_line(line) for line in arithmetic.update(known[chosen], chosen[1])],
    }  # fmt: skip


def _liveliest(of: LayerPass, drawn: list[int]) -> int:
    """The unit with the largest gradient, of those that are drawn."""
    values = of.output if of.gradient is None else of.gradient
    return drawn[int(values[0].flatten()[torch.tensor(drawn)].abs().nan_to_num().argmax())]


def _weights_of(changes: Sequence[WeightChange], x: TensorSpec, unit: int) -> list[tuple[WeightChange, int]]:
    """The weights of a unit that change most, with their indices; where weights do not belong to units, those of the layer."""
    channel = unit % x.depth if x.names[-1] == "features" else unit // (x.numbers // x.depth)
    found = []
    for change in changes:
        moved = (change.after - change.before).flatten().abs()
        start, stop = 0, len(moved)
        if change.before.shape[0] == x.depth:
            each = len(moved) // x.depth
            start, stop = channel * each, (channel + 1) * each
        best = moved[start:stop].topk(min(_MOST_WEIGHTS, stop - start)).indices + start
        found += [(change, index, float(moved[index])) for index in best.tolist()]
    largest = sorted(found, key=lambda each: -each[2])[:_MOST_WEIGHTS]
    order = {id(change): number for number, change in enumerate(changes)}
    return [(change, index) for change, index, _ in sorted(largest, key=lambda each: (order[id(each[0])], each[1]))]


def _four(change: WeightChange) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Old weights, gradient, step, new weights."""
    return change.before, change.gradient, change.after - change.before, change.after


def _label(change: WeightChange, index: int) -> str:
    place = np.unravel_index(index, tuple(change.before.shape))
    return f"{change.name}[{', '.join(str(int(number) + 1) for number in place)}]"


def _name_of(step: OneStep, of: LayerPass, x: TensorSpec, unit: int, last: bool) -> str:
    """Such as "unit 3", "channel 2, row 5, column 7" or "step 4, feature 2"; of the last layer, also what the output stands for."""
    place = [int(number) for number in np.unravel_index(unit, x.sizes)]
    words = {
        "features": "unit" if len(place) == 1 else "feature",
        "length": "step",
        "channels": "channel",
        "height": "row",
        "width": "column",
    }
    name = ", ".join(f"{words[axis]} {number + 1}" for axis, number in zip(x.names, place, strict=True))
    names = _names_of_outputs(step, x.depth) if last and x.names[-1] == "features" else []
    meaning = names[place[-1]] if names else ""
    return f"{name} (“{meaning}”)" if meaning and not meaning.startswith("output ") else name


def _line(line: Line) -> dict[str, Any]:
    return {"formula": line.formula, "numbers": line.numbers, "result": None if line.result is None else exact_number(line.result)}


def _shape(tensor: Tensor) -> str:
    return "×".join(map(str, tensor.shape)) or "1"
