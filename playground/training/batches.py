"""The examples of a run on its device, and the order in which training uses them.

To get the same batches elsewhere, as generated scripts do:

1. `generator = torch.Generator().manual_seed(seed)`; every epoch takes the next `torch.randperm(examples, generator=generator)`.
2. Batch i of an epoch has the examples i·batch_size up to (i + 1)·batch_size of that order; the last one may be smaller. With batch
   normalization, a last batch of a single example, which has no variance, is left out.
3. Augmentations are applied to blocks of max(1, 512 // batch_size) consecutive batches, just before the first of them, one augmentation
   after another, in their order. If one of them mixes images, partners come from the same block, and the targets of every block are
   probabilities (N, outputs) from its start: 1 for the class and 0 for the others, until they are mixed. Augmentations, and dropout after
   them, draw from PyTorch's global generator, seeded once with `seed` before the first epoch (`torch.manual_seed(seed)`); initial weights
   come from a generator seeded in the same way before that (`build_model`).
4. Changes of batch size, label noise and augmentations after a step (`spec.changes`) are in effect from the first epoch on that
   begins later than after this step."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor

from playground.catalog.answers import IGNORED
from playground.catalog.augmentations import Pipeline, pipeline
from playground.catalog.datasets.base import Dataset
from playground.catalog.datasets.examples import Array, Split
from playground.catalog.readouts import Readout
from playground.catalog.samples import sampled_rows
from playground.training.isolation import random_states, restore_random

BLOCK = 512
"""Examples that are prepared together: enough to share the cost of a call, few enough to stay in the processor's cache."""


@dataclass(frozen=True)
class Examples:
    """A split on the device. raw: (N, *shape) as stored in the dataset, images as bytes; targets: encoded for the loss, or int64 (N, L)
    classes at every step, which `StepLoss` encodes."""

    dataset: Dataset
    raw: Tensor
    targets: Tensor
    readout: Readout

    @classmethod
    def of(cls, dataset: Dataset, split: Split, readout: Readout, device: torch.device) -> "Examples":
        """On the CPU, the arrays themselves, shared with other processes if they are memory-mapped."""
        targets = tensor_of(split.targets)
        encoded = targets if dataset.task.per_step else readout.encode(targets)
        return cls(dataset, tensor_of(split.inputs).to(device), encoded.to(device), readout)

    def __len__(self) -> int:
        return len(self.raw)

    @property
    def answers(self) -> Tensor:
        """The targets of all examples, or of all steps that have one, encoded for the loss: (M,) or (M, K)."""
        return self.readout.encode(self.targets[self.targets != IGNORED]) if self.dataset.task.per_step else self.targets

    def take(self, rows: Tensor, change: Pipeline | None = None) -> tuple[Tensor, Tensor]:
        """Rows (K,) → the network's inputs (K, *shape) and their targets.

        change: augmentations of the inputs, before they are standardized, and of the targets."""
        inputs, targets = self.dataset.numbers(self.raw.index_select(0, rows)), self.targets.index_select(0, rows)
        if change is not None:
            with torch.no_grad():
                inputs, targets = change(inputs, targets)
        return self.dataset.scaled(inputs), targets

    def part(self, start: int, stop: int) -> tuple[Tensor, Tensor]:
        """Inputs and targets of the examples from `start` up to `stop`."""
        return self.dataset.encode(self.raw[start:stop]), self.targets[start:stop]

    def sample(self, size: int) -> "Examples":
        """At most `size` of the examples, always the same ones."""
        if len(self) <= size:
            return self
        rows = sampled_rows(len(self), size).to(self.raw.device)
        return Examples(self.dataset, self.raw.index_select(0, rows), self.targets.index_select(0, rows), self.readout)


class Batches:
    """Shuffled batches, one epoch after another.

    drop_single: whether to leave out a last batch of one example."""

    def __init__(self, examples: Examples, batch_size: int, seed: int, drop_single: bool) -> None:
        self._drop_single = drop_single
        self._generator = torch.Generator().manual_seed(seed)
        self._epoch_start = self._generator.get_state()
        self._block_start: tuple[Tensor, ...] = ()
        """The random state before the augmentations of the current block."""
        self._taken = 0
        """Batches of the current epoch that were handed out."""
        self._continues = False
        self.begin(examples, batch_size)

    def begin(self, examples: Examples, batch_size: int) -> None:
        """Before an epoch: from now on with these examples, as many as before, in batches of this size."""
        self._examples, self._batch_size = examples, batch_size
        self._augment = pipeline(getattr(examples.dataset, "augmentations", ()), examples.readout.outputs)
        alone = self._drop_single and len(examples) % batch_size == 1
        self._used = len(examples) - alone
        self.steps = -(-self._used // batch_size)
        """Batches in an epoch."""

    @property
    def samples(self) -> int:
        """Examples in an epoch."""
        return self._used

    def epoch(self) -> Iterator[tuple[Tensor, Tensor]]:
        """The batches of the next epoch, or those left of the one in which a checkpoint was made: inputs (N, *shape) float32 and encoded
        targets, mixed ones as probabilities (N, outputs)."""
        skipped = self._taken = self._taken if self._continues else 0
        self._continues = False
        self._epoch_start = self._generator.get_state()
        order = torch.randperm(len(self._examples), generator=self._generator)[: self._used].to(self._examples.raw.device)
        first = 0
        for rows in torch.split(order, max(1, BLOCK // self._batch_size) * self._batch_size):
            batches = -(-len(rows) // self._batch_size)
            done = min(max(0, skipped - first), batches)
            first += batches
            if done < batches:
                for inputs, targets in itertools.islice(self._block(rows, within=done > 0), done, None):
                    self._taken += 1
                    yield inputs, targets

    def state(self) -> dict[str, Any]:
        """For a checkpoint, between two batches; see `restore`."""
        return {"epoch_start": self._epoch_start, "taken": self._taken, "block_start": self._block_start}

    def restore(self, state: Mapping[str, Any]) -> None:
        """The next epoch is what is left of the one in which the state was taken."""
        self._epoch_start, self._taken, self._block_start = state["epoch_start"], state["taken"], state["block_start"]
        self._generator.set_state(self._epoch_start)
        self._continues = True

    def _block(self, rows: Tensor, within: bool) -> Iterator[tuple[Tensor, Tensor]]:
        """Batches that are prepared together. within: whether some of them were taken before a checkpoint; then augmentations draw the
        same numbers as before it."""
        device = self._examples.raw.device
        if self._augment is None:
            inputs, targets = self._examples.take(rows)
        elif within:
            now = random_states(device)
            restore_random(device, tuple(self._block_start))
            inputs, targets = self._examples.take(rows, self._augment)
            restore_random(device, now)
        else:
            self._block_start = random_states(device)
            inputs, targets = self._examples.take(rows, self._augment)
        return zip(torch.split(inputs, self._batch_size), torch.split(targets, self._batch_size), strict=True)


def relabeled(examples: Examples, dataset: Dataset) -> Examples:
    """The same examples with the augmentations and the label noise of another version of their dataset."""
    targets = examples.targets
    if dataset.label_noise != examples.dataset.label_noise:
        changed = tensor_of(dataset.load().train.targets)
        targets = (changed if dataset.task.per_step else examples.readout.encode(changed)).to(examples.raw.device)
    return Examples(dataset, examples.raw, targets, examples.readout)


def tensor_of(array: Array) -> Tensor:
    """The array as a tensor. Copies only read-only arrays, which PyTorch does not accept."""
    return torch.from_numpy(np.require(array, requirements="W"))
