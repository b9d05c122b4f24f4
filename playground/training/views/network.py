"""What every unit of the network computes, and with which weights."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import ClassVar

import torch
from torch import Tensor, nn
from torch.nn.functional import adaptive_avg_pool2d

from playground.catalog.datasets.base import Dataset
from playground.catalog.tensors import IMAGE, SEQUENCE, VECTOR
from playground.spec import ExperimentSpec
from playground.training.batches import Examples
from playground.training.views.base import Slice, Values, ViewOfNetwork, classes_of, values_of
from playground.training.views.boundary import points_of_plane
from playground.training.views.curve import points_of_line
from playground.training.views.network_layout import GRID, LINE, Column, columns, probe_labels


class NetworkPicture(ViewOfNetwork):
    """The numbers of all columns (`network_layout.columns`), one slice after another.

    A unit of a vector is shown at all probes: the points of a grid over the plane (from the smallest x1 and x2 on, x1 varies fastest) or
    of a line, else the test examples that `probe_labels` names, with NaN where there is none. Maps and sequences are shown for one
    of them, that in the middle of the domain or the first test example; large maps are averaged (adaptive average pooling). Of weights to
    pixels, the mean over the channels is shown."""

    name: ClassVar[str] = "network"
    title: ClassVar[str] = "The network while it learns"
    tab: ClassVar[str] = "network"
    form: ClassVar[str] = "network"
    asked: ClassVar[bool] = True
    shows_symbols: ClassVar[bool] = True

    def __init__(self, spec: ExperimentSpec, device: torch.device) -> None:
        super().__init__(spec, device)
        self._columns = columns(spec)
        self._probes: _Probes | None = None

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return len(columns(spec)) > 1

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        match spec.data.encoding.domain:
            case "plane":
                return "Each small picture is what a unit outputs over the plane; lines are weights."
            case "line":
                return f"Each strip is what a unit outputs from the smallest {spec.data.axis_names[0]} to the largest; lines are weights."
        responds = {column.responds for column in columns(spec)}
        if responds == {True}:
            return "Each strip is what a unit outputs for some test examples; lines are weights."
        one = "What the layers make of one test example"
        return f"{one}; each strip is what a unit outputs for some of them." if True in responds else f"{one}."

    @classmethod
    def axis_names(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        """Of the plane or the line, or else of the test examples."""
        return spec.data.axis_names if spec.data.encoding.domain else probe_labels(spec.data)

    @classmethod
    def bounds(cls, spec: ExperimentSpec) -> tuple[float, ...] | None:
        if spec.data.encoding.domain is None:
            return None
        return tuple(bound for axis in spec.data.axis_bounds for bound in axis)

    @classmethod
    def shown(cls, spec: ExperimentSpec) -> bool:
        """It has a panel of its own."""
        return False

    @classmethod
    def slices(cls, spec: ExperimentSpec) -> tuple[Slice, ...]:
        return tuple(each for column in columns(spec) for each in column.slices)

    @torch.inference_mode()
    def look(self, network: nn.Module, test: Examples, part: int) -> Values:
        if self._probes is None:
            probes = _of_domain(self.data, self.device) if self.data.encoding.domain else _of_examples(test)
            self._probes = probes if any(column.responds for column in self._columns) else probes.only_one
        modules = list(network.children())
        outputs: list[list[Tensor]] = [[] for _ in self._columns]
        with ExitStack() as hooks:
            for column, seen in zip(self._columns, outputs, strict=True):
                if column.module is not None:
                    hooks.enter_context(_watched(modules[column.module], column.observed, seen, self._probes.one))
            for inputs in torch.split(self._probes.inputs, part):
                outputs[0].append(inputs)
                network(inputs)
        numbers: list[Tensor] = []
        for column, seen in zip(self._columns, outputs, strict=True):
            numbers.append(_shown(column, torch.cat(seen), self._probes))
            if column.weighted is not None:
                numbers += _weights(column, modules[column.weighted], self.data.tensor.sizes)
        return values_of(torch.cat([tensor.flatten().to(torch.float32) for tensor in numbers]))


@dataclass(frozen=True)
class _Probes:
    """What the network is asked. inputs: (P, *shape) as it takes them. missing: bool (P,), where there is none. one: the index of the input
    for which maps and sequences are shown."""

    inputs: Tensor
    missing: Tensor
    one: int

    @property
    def only_one(self) -> "_Probes":
        """Without the other inputs."""
        rows = slice(self.one, self.one + 1)
        return _Probes(self.inputs[rows], self.missing[rows], 0)


def _of_domain(data: Dataset, device: torch.device) -> _Probes:
    plane = data.encoding.domain == "plane"
    inputs = data.encode(points_of_plane(data, GRID) if plane else points_of_line(data, LINE)).to(device)
    return _Probes(inputs, torch.zeros(len(inputs), dtype=torch.bool, device=device), GRID * GRID // 2 + GRID // 2 if plane else LINE // 2)


def _of_examples(test: Examples) -> _Probes:
    """The first test examples of each class, or the first ones."""
    data = test.dataset
    labels = probe_labels(data)
    if labels[0] in data.classes:
        each, classes = len(labels) // len(data.classes), classes_of(test.targets)
        rows = [row for number in range(len(data.classes)) for row in _first(classes == number, each)]
    else:
        rows = [row if row < len(test) else None for row in range(len(labels))]
    there = [row for row in rows if row is not None]
    taken = torch.tensor([there[0] if row is None else row for row in rows], device=test.raw.device)
    missing = torch.tensor([row is None for row in rows], device=test.raw.device)
    return _Probes(data.encode(test.raw.index_select(0, taken)), missing, rows.index(there[0]))


def _first(wanted: Tensor, count: int) -> list[int | None]:
    """The first rows at which this is true; None if there are fewer."""
    rows: list[int | None] = wanted.nonzero()[:count, 0].tolist()
    return rows + [None] * (count - len(rows))


@contextmanager
def _watched(module: nn.Module, observed: str, seen: list[Tensor], one: int) -> Iterator[None]:
    """Keeps what a module outputs, or observes of the input with the index `one`."""
    passed = 0

    def output_of(_module: nn.Module, _arguments: tuple[Tensor, ...], output: Tensor) -> None:
        seen.append(output)

    def inside(_module: nn.Module, arguments: tuple[Tensor, ...], _output: Tensor) -> None:
        nonlocal passed
        if passed <= one < passed + len(arguments[0]):
            seen.append(module.observe(observed, *(each[one - passed : one - passed + 1] for each in arguments)))  # type: ignore[operator]
        passed += len(arguments[0])

    handle = module.register_forward_hook(inside if observed else output_of)
    try:
        yield
    finally:
        handle.remove()


def _shown(column: Column, output: Tensor, probes: _Probes) -> Tensor:
    """(P, …) the output of a column at all probes → what is shown of it, in the column's shape."""
    units, height, width = column.shape
    one = 0 if column.observed else probes.one
    match column.tensor.names:
        case names if names == VECTOR:
            return output[:, :units].masked_fill(probes.missing.unsqueeze(1), torch.nan).T
        case names if names == IMAGE:
            return _averaged(output[one, :units], height, width)
        case names if names == SEQUENCE:
            return output[one, :width, :height].T
        case _:
            return output[one, :width]


def _averaged(maps: Tensor, height: int, width: int) -> Tensor:
    """(C, H, W) → (C, height, width)."""
    return maps if maps.shape[1:] == (height, width) else adaptive_avg_pool2d(maps.contiguous(), (height, width))


def _weights(column: Column, module: nn.Module, pixels: tuple[int, ...]) -> list[Tensor]:
    """The weights and biases that are shown of a column's module. pixels: the sizes of the network's input."""
    shown: list[Tensor] = []
    weight: Tensor = module.weight  # type: ignore[assignment]
    match column.weights:
        case "weight":
            units, inputs = column.weights_shape
            shown.append(weight[:units, :inputs])
        case "image":
            units, height, width = column.weights_shape
            shown.append(_averaged(weight[:units].reshape(units, *pixels).mean(dim=1), height, width))
        case "kernel":
            units, inputs, *_ = column.weights_shape
            turned = weight.transpose(0, 1) if isinstance(module, nn.ConvTranspose2d) else weight
            shown.append(turned[:units, :inputs])
    if column.has_bias:
        bias: Tensor = module.bias  # type: ignore[assignment]
        shown.append(bias[: column.units])
    return shown
