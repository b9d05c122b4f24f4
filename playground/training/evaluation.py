"""How good the network is, and the pictures of it: measured on a copy of its weights, a bounded part at a time."""

import copy
import math
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.catalog.datasets.examples import Data
from playground.network import examples_at_once, forward_bytes, trace
from playground.spec import ExperimentSpec
from playground.training.batches import Examples, tensor_of
from playground.training.events import Evaluated, View
from playground.training.pictures import SHOWN, reconstruction
from playground.training.views import confusion, everywhere, fit, grid

TRAIN_SAMPLE = 500
"""Training examples that are evaluated beside the whole test set: a fixed sample."""

_PART = 1024
"""Examples that are evaluated together at most, where memory allows that many."""

_IMAGES_PART = 64
"""On the CPU, where what the layers make of more images than this no longer fits into the cache."""


@dataclass(frozen=True)
class Examination:
    """What an evaluation found, all of it of the same weights. views: none where nobody looks."""

    evaluated: Evaluated
    views: tuple[View, ...]

    @property
    def finite(self) -> bool:
        """Whether both losses are numbers."""
        return math.isfinite(self.evaluated.train_loss) and math.isfinite(self.evaluated.test_loss)


class Examiner:
    """Examines the weights that a network had when it was asked, while the network itself may go on training."""

    def __init__(
        self, spec: ExperimentSpec, data: Data, train: Examples, loss: nn.Module, outputs: int, model: nn.Module, device: torch.device
    ) -> None:
        self._data = spec.data
        self._loss = loss
        self._model = model
        self._copy = copy.deepcopy(model).eval()
        self._pairs = list(zip(self._copy.state_dict().values(), model.state_dict().values(), strict=True))
        self._test = Examples.of(spec.data, data.test, outputs, device)
        self._train = train.sample(TRAIN_SAMPLE)
        points = grid(spec.data)
        self._grid = None if points is None else spec.data.encode(points).to(device)
        most = _IMAGES_PART if device.type == "cpu" and spec.data.family == "images" else _PART
        self._part = examples_at_once(forward_bytes(trace(spec)), most)
        self._truth = tensor_of(data.test.targets)

    @property
    def has_boundary(self) -> bool:
        """Whether one of its views has to be computed for its own sake."""
        return self._grid is not None

    def examine(self, step: int, epoch: float, seconds: float, views: bool) -> Generator[None, None, Examination]:
        """Takes the weights now; the generator then does a part of the work each time it is asked, and returns the result.

        Only one at a time: the next call takes the weights anew. step, epoch, seconds: when the weights are taken."""
        self._take_weights()
        return self._parts(step, epoch, seconds, views)

    def _parts(self, step: int, epoch: float, seconds: float, views: bool) -> Generator[None, None, Examination]:
        test_outputs, test_loss, test_accuracy = yield from self._measure(self._test)
        _, train_loss, train_accuracy = yield from self._measure(self._train)
        evaluated = Evaluated(step, epoch, seconds, train_loss, test_loss, train_accuracy, test_accuracy)
        if not views:
            return Examination(evaluated, ())
        pictures = [self._answers(step, test_outputs)]
        if self._grid is not None:
            parts = []
            for points in torch.split(self._grid, self._part):
                parts.append(self._outputs(points))
                yield
            pictures.append(everywhere(step, self._data, torch.cat(parts)))
        return Examination(evaluated, tuple(pictures))

    @torch.no_grad()
    def _take_weights(self) -> None:
        for mine, theirs in self._pairs:
            mine.copy_(theirs)

    def _measure(self, examples: Examples) -> Generator[None, None, tuple[Tensor, float, float | None]]:
        """Outputs for all examples, their mean loss, and the share that is right."""
        outputs, losses, right, sizes = [], [], [], []
        for start in range(0, len(examples), self._part):
            inputs, targets = examples.part(start, start + self._part)
            found = self._outputs(inputs)
            outputs.append(found)
            losses.append(self._loss(found, targets))
            sizes.append(len(inputs))
            correct = self._data.task.correct(found, targets)
            if correct is not None:
                right.append(correct.sum())
            yield
        total = math.fsum(loss * size for loss, size in zip(torch.stack(losses).tolist(), sizes, strict=True))
        accuracy = int(torch.stack(right).sum()) / len(examples) if right else None
        return torch.cat(outputs), total / len(examples), accuracy

    @torch.inference_mode()
    def _outputs(self, inputs: Tensor) -> Tensor:
        outputs: Tensor = self._copy(inputs)
        return outputs

    def _answers(self, step: int, outputs: Tensor) -> View:
        """The test set's answers against its targets."""
        if self._data.classes:
            answers = self._data.task.probabilities(outputs).argmax(dim=1)
            return confusion(step, self._truth, answers, len(self._data.classes))
        if self._data.task.name() == "reconstruction":
            shown = self._data.numbers(self._test.raw[:SHOWN])
            return reconstruction(step, shown, outputs, self._truth, self._data.shape)
        return fit(step, self._truth, outputs)
