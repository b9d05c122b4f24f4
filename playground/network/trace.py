"""Tensors, parameters, FLOPs and memory of a network, layer by layer, and its problems."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass

from playground.catalog.layers import Layer
from playground.catalog.layers.shapes import Measured, Strides, measured
from playground.catalog.layers.sizes import TooLargeError
from playground.catalog.tensors import TensorSpec
from playground.network.changing import check_changes
from playground.network.checks import check_design, misfit
from playground.network.problems import Fix, Problem, replaced, without
from playground.network.size_checks import check_size
from playground.paths import levels, steps
from playground.spec import MAX_DEPTH, ExperimentSpec

NUMBER_BYTES = 4
"""Of float32."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Row:
    """One layer, for one example. flops: floating-point operations of its matrix products and convolutions in the forward pass.

    trainable: how many of its parameters are learned. kept_bytes: what stays in memory for the backward pass: the layer's output, if this
    layer or the next one needs it (of a convolution and a ReLU, only the ReLU's), and anything else it saves, such as which pixel was the
    largest. A block's counts are the sums of those of its layers and of its own parts, such as the shortcut.
    path: such as "network[2]" or, inside a block, "network[2].layers[0]"; index: the last number in it."""

    path: str
    index: int
    title: str
    tensor_in: TensorSpec
    tensor_out: TensorSpec
    parameters: int
    flops: int
    trainable: int = 0
    kept_bytes: int = 0


@dataclass(frozen=True)
class Trace:
    """The network of a spec, layer by layer up to the first that fails, and its problems. inside: the rows of layers in blocks; the block's
    own row includes their parameters and FLOPs."""

    input: TensorSpec
    outputs: int
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    inside: tuple[Row, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the network can be built and trained, even if there are warnings and notes."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def flops(self) -> int:
        """Of one example, in the forward pass."""
        return sum(row.flops for row in self.rows)

    @property
    def trainable(self) -> int:
        """How many parameters are learned."""
        return sum(row.trainable for row in self.rows)

    @property
    def kept_bytes(self) -> int:
        """Of one example, saved for the backward pass."""
        return sum(row.kept_bytes for row in self.rows)

    def in_order(self) -> tuple[Row, ...]:
        """All rows, in the order of their paths: a block before the layers inside it."""
        return tuple(sorted((*self.rows, *self.inside), key=lambda row: [step for step in steps(row.path) if isinstance(step, int)]))

    def tensor_before(self, path: str) -> TensorSpec | None:
        """The input at a path in a chain, such as "network[2].layers[0]"; None if unknown because an earlier layer fails."""
        x: TensorSpec | None = self.input
        rows = {row.path: row for row in (*self.rows, *self.inside)}
        for chain, index in levels(path):
            if index > 0:
                before = rows.get(f"{chain}[{index - 1}]")
                x = None if before is None else before.tensor_out
        return x


def trace(spec: ExperimentSpec) -> Trace:
    """Tensors, counts and problems of the spec's network. Takes milliseconds, since every layer's measurements are cached.

    Never raises, whatever a layer does."""
    walk = _Walk(spec)
    rows, out = walk.chain("network", spec.network, spec.data.tensor)
    problems = walk.problems + _design(spec, rows, walk.inside, out)
    largest = max((NUMBER_BYTES * row.tensor_out.numbers for row in (*rows, *walk.inside)), default=0)
    problems += check_size(spec, sum(row.parameters for row in rows), sum(row.kept_bytes for row in rows) + 2 * largest)
    problems += check_changes(spec, (*rows, *walk.inside), walk.outputs)
    return Trace(spec.data.tensor, walk.outputs, rows, tuple(problems), tuple(walk.inside))


class _Walk:
    """Goes through the layers of a spec, and those inside them, until one fails."""

    def __init__(self, spec: ExperimentSpec) -> None:
        self.spec = spec
        self.outputs = spec.loss.outputs(spec.data)
        self.problems: list[Problem] = []
        self.inside: list[Row] = []

    def chain(
        self, path: str, layers: tuple[Layer, ...], x: TensorSpec, strides: Strides = ()
    ) -> tuple[tuple[Row, ...], TensorSpec | None]:
        """The rows of a chain of layers up to the first that fails, and the tensor after it; None if a layer fails."""
        tensors, measurements = [x], list[Measured]()
        for index, layer in enumerate(layers):
            measurement = self._layer(f"{path}[{index}]", layer, tensors[-1], strides)
            if measurement is None:
                break
            measurements.append(measurement)
            tensors.append(measurement.tensor)
            strides = measurement.strides
        rows = tuple(
            Row(f"{path}[{index}]", index, layer.title, before, after.tensor, after.parameters, after.flops, after.trainable, kept)
            for index, (layer, before, after, kept) in enumerate(zip(layers, tensors, measurements, _kept(measurements), strict=False))
        )
        return rows, tensors[-1] if len(measurements) == len(layers) else None

    def _layer(self, path: str, layer: Layer, x: TensorSpec, strides: Strides) -> Measured | None:
        try:
            problem = self._misfit(path, layer, x)
            if problem is None:
                known = len(self.problems)
                for name, chain in layer.branches():
                    self.inside += self.chain(f"{path}.{name}", chain, x, strides)[0]
                return measured(layer.sized(self.outputs), x, strides) if len(self.problems) == known else None
        except TooLargeError as error:
            problem = Problem(path, f"{layer.title} makes the network too large: {error}", fix=without(self.spec, path))
        except (ValueError, RuntimeError) as error:
            problem = Problem(path, _message(layer, x, error), fix=_suggestion(self.spec, path, layer, x))
        except Exception as error:  # a bug in one layer must not prevent the use of all others
            logger.exception("%s cannot be traced", path)
            problem = Problem(path, _message(layer, x, error), fix=without(self.spec, path))
        self.problems.append(problem)
        return None

    def _misfit(self, path: str, layer: Layer, x: TensorSpec) -> Problem | None:
        if path.count(".") > MAX_DEPTH:
            return Problem(path, f"{layer.title} is inside too many blocks; at most {MAX_DEPTH} are possible")
        return misfit(self.spec, path, layer, x)


def _kept(chain: Sequence[Measured]) -> list[int]:
    """Bytes that each layer of a chain saves for one example; the input of the chain, or its copy with zeros as padding, is not counted.

    A tensor counts once, at the layer that created it, and only if the backward pass needs it: a layer that only rearranges numbers creates
    none."""
    kept, creator = [layer.kept_bytes for layer in chain], None
    needed: set[int] = set()
    for index, layer in enumerate(chain):
        if layer.keeps_input and creator is not None:
            needed.add(creator)
        if not layer.view:
            creator = index
        if layer.keeps_output and creator is not None:
            needed.add(creator)
    return [size + (chain[index].output_bytes if index in needed else 0) for index, size in enumerate(kept)]


def _design(spec: ExperimentSpec, rows: Sequence[Row], inside: Sequence[Row], out: TensorSpec | None) -> list[Problem]:
    try:
        return check_design(spec, rows, inside, out)
    except Exception:  # as above: what is known about the layers is still shown
        logger.exception("The network could not be checked")
        return [Problem("network", "This network could not be checked for mistakes; the server's log says why")]


def _suggestion(spec: ExperimentSpec, path: str, layer: Layer, x: TensorSpec) -> Fix:
    try:
        other = layer.suggestion(x)
    except Exception:
        logger.exception("%s has no suggestion", path)
        other = None
    return without(spec, path) if other is None else replaced(spec, path, other[1], other[0])


def _message(layer: Layer, x: TensorSpec, error: Exception) -> str:
    reason = str(error).split("\n")[0][:200] or type(error).__name__
    return f"{layer.title} cannot be applied to {x}: {reason}"
