"""Every shape, parameter count, FLOP count and byte of memory of a network, and what is wrong with it, layer by layer."""

import logging
import math
from collections.abc import Sequence
from dataclasses import dataclass

from playground.catalog.layers import Layer, Shape
from playground.catalog.layers.shapes import Measured, measured
from playground.catalog.layers.sizes import TooLargeError
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
    """What one layer makes of one example. flops: floating-point operations of its matrix products and convolutions, forward.

    trainable: those of its parameters that learn. kept_bytes: what of one example stays in memory until the backward pass has used it: what
    the layer gives, where this layer or the next one needs that (of a convolution and a ReLU only the ReLU's), and what else it notes,
    such as which pixel was the largest. A block's are the sum of what is in it, with its own parts such as the way round.
    path: its place, as in "network[2]" or, inside a block, "network[2].layers[0]"; index: the last number of that."""

    path: str
    index: int
    title: str
    shape_in: Shape
    shape_out: Shape
    parameters: int
    flops: int
    trainable: int = 0
    kept_bytes: int = 0


@dataclass(frozen=True)
class Trace:
    """The network of a spec, layer by layer as far as it works, and what is wrong with it. inside: the rows of layers in blocks, whose
    parameters and FLOPs count in the block's row too."""

    input_shape: Shape
    outputs: int
    rows: tuple[Row, ...]
    problems: tuple[Problem, ...]
    inside: tuple[Row, ...] = ()

    @property
    def ok(self) -> bool:
        """Whether the network can be built and trained; notes do not count."""
        return not any(problem.severity == "error" for problem in self.problems)

    @property
    def parameters(self) -> int:
        return sum(row.parameters for row in self.rows)

    @property
    def flops(self) -> int:
        """Of one example, forward."""
        return sum(row.flops for row in self.rows)

    @property
    def trainable(self) -> int:
        """Parameters that learn."""
        return sum(row.trainable for row in self.rows)

    @property
    def kept_bytes(self) -> int:
        """Of one example, until the backward pass is over."""
        return sum(row.kept_bytes for row in self.rows)

    def in_order(self) -> tuple[Row, ...]:
        """All rows, those of a block before those inside it, in the order of their places."""
        return tuple(sorted((*self.rows, *self.inside), key=lambda row: [step for step in steps(row.path) if isinstance(step, int)]))

    def shape_before(self, place: str) -> Shape | None:
        """What comes to a place in a chain, such as "network[2].layers[0]"; None where that is not known, as a layer before it fails."""
        shape: Shape | None = self.input_shape
        rows = {row.path: row for row in (*self.rows, *self.inside)}
        for chain, index in levels(place):
            if index > 0:
                before = rows.get(f"{chain}[{index - 1}]")
                shape = None if before is None else before.shape_out
        return shape


def trace(spec: ExperimentSpec) -> Trace:
    """Shapes, counts and problems of the spec's network, within milliseconds, as every layer's trace is kept.

    Never raises, whatever a layer does."""
    walk = _Walk(spec)
    rows, shape = walk.chain("network", spec.network, spec.data.shape)
    problems = walk.problems + _design(spec, rows, walk.inside, shape)
    largest = max((NUMBER_BYTES * math.prod(row.shape_out) for row in (*rows, *walk.inside)), default=0)
    problems += check_size(spec, sum(row.parameters for row in rows), sum(row.kept_bytes for row in rows) + 2 * largest)
    return Trace(spec.data.shape, walk.outputs, rows, tuple(problems), tuple(walk.inside))


class _Walk:
    """Through the layers of a spec, and those inside them, until one breaks."""

    def __init__(self, spec: ExperimentSpec) -> None:
        self.spec = spec
        self.outputs = spec.loss.outputs(spec.data)
        self.problems: list[Problem] = []
        self.inside: list[Row] = []

    def chain(self, place: str, layers: tuple[Layer, ...], shape: Shape) -> tuple[tuple[Row, ...], Shape | None]:
        """Rows of a chain of layers as far as it works, and the shape after it, None where it breaks."""
        shapes, found = [shape], list[Measured]()
        for index, layer in enumerate(layers):
            made = self._layer(f"{place}[{index}]", layer, shapes[-1])
            if made is None:
                break
            found.append(made)
            shapes.append(made.shape)
        rows = tuple(
            Row(f"{place}[{index}]", index, layer.title, before, made.shape, made.parameters, made.flops, made.trainable, kept)
            for index, (layer, before, made, kept) in enumerate(zip(layers, shapes, found, _kept(found), strict=False))
        )
        return rows, shapes[-1] if len(found) == len(layers) else None

    def _layer(self, path: str, layer: Layer, shape: Shape) -> Measured | None:
        try:
            problem = self._misfit(path, layer, shape)
            if problem is None:
                known = len(self.problems)
                for name, chain in layer.branches():
                    self.inside += self.chain(f"{path}.{name}", chain, shape)[0]
                return measured(layer.sized(self.outputs), shape) if len(self.problems) == known else None
        except TooLargeError as error:
            problem = Problem(path, f"{layer.title} makes the network too large: {error}", fix=without(self.spec, path))
        except (ValueError, RuntimeError) as error:
            problem = Problem(path, _plain(layer, shape, error), fix=_remedy(self.spec, path, layer, shape))
        except Exception as error:  # one layer's bug must not keep a visitor from all others
            logger.exception("%s cannot be traced", path)
            problem = Problem(path, _plain(layer, shape, error), fix=without(self.spec, path))
        self.problems.append(problem)
        return None

    def _misfit(self, path: str, layer: Layer, shape: Shape) -> Problem | None:
        if path.count(".") > MAX_DEPTH:
            return Problem(path, f"{layer.title} is inside too many blocks; at most {MAX_DEPTH} are possible")
        return misfit(self.spec, path, layer, shape)


def _kept(chain: Sequence[Measured]) -> list[int]:
    """Bytes that each layer of a chain keeps of one example; what goes into the chain is not counted.

    A tensor counts once, at the layer that made it, and only where the backward pass needs it: a layer that lays numbers out in another
    way makes none."""
    kept, maker = [made.kept_bytes for made in chain], None
    needed: set[int] = set()
    for index, made in enumerate(chain):
        if made.keeps_input and maker is not None:
            needed.add(maker)
        if not made.view:
            maker = index
        if made.keeps_output and maker is not None:
            needed.add(maker)
    return [size + (NUMBER_BYTES * math.prod(chain[index].shape) if index in needed else 0) for index, size in enumerate(kept)]


def _design(spec: ExperimentSpec, rows: Sequence[Row], inside: Sequence[Row], shape: Shape | None) -> list[Problem]:
    try:
        return check_design(spec, rows, inside, shape)
    except Exception:  # as above: what is known of the layers is still shown
        logger.exception("The network could not be checked")
        return [Problem("network", "This network could not be checked for mistakes; the server's log says why")]


def _remedy(spec: ExperimentSpec, path: str, layer: Layer, shape: Shape) -> Fix:
    try:
        other = layer.remedy(shape)
    except Exception:
        logger.exception("%s has no remedy", path)
        other = None
    return without(spec, path) if other is None else replaced(spec, path, other[1], other[0])


def _plain(layer: Layer, shape: Shape, error: Exception) -> str:
    reason = str(error).split("\n")[0][:200] or type(error).__name__
    return f"{layer.title} cannot work on {'×'.join(map(str, shape))}: {reason}"
