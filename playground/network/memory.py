"""How much memory a network takes while it trains and while it predicts, and how many examples it may take at once."""

from dataclasses import dataclass
from functools import lru_cache
from math import prod

from playground.catalog.optimizers import Optimizer
from playground.network.trace import NUMBER_BYTES, Row, Trace
from playground.paths import levels
from playground.settings import settings
from playground.spec import ExperimentSpec

PART_BYTES = 128_000_000
"""Memory for the examples that are computed together outside of training, where several fit: enough to keep a processor busy, and little
enough for many visitors of one server."""


@dataclass(frozen=True)
class Memory:
    """Bytes of training on one batch. weights: all parameters, and their moving average where one is kept. gradients: of those that learn.
    optimizer: what it keeps between steps. activations: the batch itself, and what its forward pass keeps for the backward pass."""

    weights: int
    gradients: int
    optimizer: int
    activations: int

    @property
    def total(self) -> int:
        return self.weights + self.gradients + self.optimizer + self.activations


def training_memory(spec: ExperimentSpec, traced: Trace) -> Memory:
    """What a step of training holds at once, where the forward pass has ended:

        4 bytes × (P + T + k · T + B · I) + B · A

    with P parameters, T of them that learn, k numbers that the optimizer keeps of each, batches of B, I numbers that an example has, and A
    bytes that are kept of an example (`Row.kept_bytes`). Numbers have 4 bytes (float32); mixed precision keeps fewer. What comes and
    goes within the step, and what PyTorch and its kernels take for themselves, are not in it.

    Source: as in Chen et al. 2016, arXiv:1604.06174, and Rajbhandari et al. 2020, arXiv:1910.02054, section 3."""
    averaged = traced.parameters if spec.training.ema is not None else 0
    batch = spec.training.batch_size
    return Memory(
        weights=NUMBER_BYTES * (traced.parameters + averaged),
        gradients=NUMBER_BYTES * traced.trainable,
        optimizer=NUMBER_BYTES * traced.trainable * _kept_numbers(spec.optimizer),
        activations=batch * (NUMBER_BYTES * prod(traced.input_shape) + traced.kept_bytes),
    )


@lru_cache(maxsize=64)
def _kept_numbers(optimizer: Optimizer) -> int:
    return optimizer.kept_numbers()


def examples_at_once(example_bytes: int, most: int) -> int:
    """How many examples may be computed together, at most `most` and at least one: as many as fit into `PART_BYTES`, or into the server's
    limit for a batch where that is smaller.

    example_bytes: of one example: `forward_bytes` for predictions, `playground.explain.isolation.gradient_bytes` for gradients."""
    return max(1, min(most, min(PART_BYTES, settings().max_batch_bytes) // max(1, example_bytes)))


def forward_bytes(traced: Trace) -> int:
    """What one example holds at most on its way forward, where nothing is kept for a backward pass: the input of the network; at the widest
    layer what goes in, what comes out and once more the larger of the two, as convolutions have a memory layout of their own; and around a
    layer in a block what goes into the block and what comes out of it."""
    rows = {row.path: row for row in traced.in_order()}
    widest = max((sum(_sizes(row)) + max(_sizes(row)) + _around(row, rows) for row in rows.values()), default=0)
    return NUMBER_BYTES * (prod(traced.input_shape) + widest)


def _around(row: Row, rows: dict[str, Row]) -> int:
    """Numbers that the blocks around a layer hold of one example meanwhile."""
    blocks = [f"{chain}[{index}]" for chain, index in levels(row.path)][:-1]
    return sum(sum(_sizes(rows[path])) for path in blocks if path in rows)


def _sizes(row: Row) -> tuple[int, int]:
    return prod(row.shape_in), prod(row.shape_out)


def size_text(size: float) -> str:
    """Bytes in three digits, as in "999 B", "50.2 kB", "1.02 MB"."""
    units = ["B", "kB", "MB", "GB", "TB"]
    while size >= 999.5 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:.0f} B" if units[0] == "B" else f"{size:#.3g}".rstrip(".") + f" {units[0]}"
