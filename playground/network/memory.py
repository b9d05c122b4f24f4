"""How much memory a network needs in training and for predictions, and how many examples fit at once."""

from dataclasses import dataclass

from playground.network.trace import NUMBER_BYTES, Row, Trace
from playground.paths import levels
from playground.settings import settings
from playground.spec import ExperimentSpec

PART_BYTES = 128_000_000
"""Memory for the examples that are computed together outside of training: enough to keep a processor busy, and little enough for many
visitors of one server."""


@dataclass(frozen=True)
class Memory:
    """Bytes needed to train on one batch. weights: all parameters, and their moving average if there is one. gradients: of the trainable
    ones. optimizer: its state. activations: the batch itself, and what its forward pass saves for the backward pass."""

    weights: int
    gradients: int
    optimizer: int
    activations: int

    @property
    def total(self) -> int:
        return self.weights + self.gradients + self.optimizer + self.activations


def training_memory(spec: ExperimentSpec, traced: Trace) -> Memory:
    """What a training step holds at the end of its forward pass:

        4 bytes × (P + T + k · T + B · I) + B · A

    with P parameters, T of them trainable, k numbers of optimizer state for each of these, B examples in a batch, I numbers in an example,
    and A bytes saved per example (`Row.kept_bytes`). Numbers have 4 bytes (float32); with mixed precision less is saved. Temporary tensors
    within the step, and the memory of PyTorch and its kernels, are not included.

    Source: Chen et al. 2016, arXiv:1604.06174, and Rajbhandari et al. 2020, arXiv:1910.02054, section 3."""
    averaged = traced.parameters if spec.training.ema is not None else 0
    batch = spec.training.batch_size
    return Memory(
        weights=NUMBER_BYTES * (traced.parameters + averaged),
        gradients=NUMBER_BYTES * traced.trainable,
        optimizer=NUMBER_BYTES * traced.trainable * spec.optimizer.kept_numbers(),
        activations=batch * (NUMBER_BYTES * traced.input.numbers + traced.kept_bytes),
    )


def examples_at_once(example_bytes: int, most: int) -> int:
    """How many examples to compute together, from one to `most`: as many as fit into `PART_BYTES`, or into the server's limit for a batch
    if that is smaller.

    example_bytes: of one example: `forward_bytes` for predictions, `playground.explain.isolation.gradient_bytes` for gradients."""
    return max(1, min(most, min(PART_BYTES, settings().max_batch_bytes) // max(1, example_bytes)))


def forward_bytes(traced: Trace) -> int:
    """Peak memory of one example in a forward pass without a backward pass: the network's input; the input and output of the widest layer,
    and the larger of the two again, since convolutions use their own memory layout; and for a layer in a block, the block's input and
    output."""
    rows = {row.path: row for row in traced.in_order()}
    widest = max((sum(_sizes(row)) + max(_sizes(row)) + _around(row, rows) for row in rows.values()), default=0)
    return NUMBER_BYTES * (traced.input.numbers + widest)


def _around(row: Row, rows: dict[str, Row]) -> int:
    """Numbers that the blocks around a layer hold meanwhile, for one example."""
    blocks = [f"{chain}[{index}]" for chain, index in levels(row.path)][:-1]
    return sum(sum(_sizes(rows[path])) for path in blocks if path in rows)


def _sizes(row: Row) -> tuple[int, int]:
    return row.tensor_in.numbers, row.tensor_out.numbers


def size_text(size: float) -> str:
    """Bytes with three digits, such as "999 B", "50.2 kB", "1.02 MB"."""
    units = ["B", "kB", "MB", "GB", "TB"]
    while size >= 999.5 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:.0f} B" if units[0] == "B" else f"{size:#.3g}".rstrip(".") + f" {units[0]}"
