"""Losses, accuracies and views of a network, computed on a copy of its weights, a bounded part at a time."""

import copy
import math
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.catalog.answers import IGNORED, answers
from playground.catalog.datasets.examples import Data
from playground.catalog.readouts import Readout
from playground.network import examples_at_once, forward_bytes, trace
from playground.spec import ExperimentSpec
from playground.training.batches import Examples, tensor_of
from playground.training.events import Evaluated, View
from playground.training.views import RECONSTRUCTED, confusion, everywhere, fit, grid, reconstruction

TRAIN_SAMPLE = 500
"""Training examples that are evaluated along with the whole test set: a fixed sample."""

_PART = 1024
"""At most this many examples are evaluated together on an accelerator, fewer if memory requires it."""


@dataclass(frozen=True)
class Examination:
    """The result of an evaluation, all with the same weights. views: empty if nobody is watching. outputs: (M, K) raw outputs for the test
    set, followed by the sample of the training set: one for each example or, in tasks per step, for each step that has a target."""

    evaluated: Evaluated
    views: tuple[View, ...]
    outputs: Tensor

    @property
    def finite(self) -> bool:
        """Whether both losses are finite."""
        return math.isfinite(self.evaluated.train_loss) and math.isfinite(self.evaluated.test_loss)


class Examiner:
    """Evaluates a copy of a network's weights while the network itself continues training."""

    def __init__(
        self, spec: ExperimentSpec, data: Data, train: Examples, loss: nn.Module, readout: Readout, model: nn.Module, device: torch.device
    ) -> None:
        self._data = spec.data
        self._readout = readout
        self._loss = loss
        self._model = model
        self._copy = copy.deepcopy(model).eval()
        self._pairs = list(zip(self._copy.state_dict().values(), model.state_dict().values(), strict=True))
        self.test = Examples.of(spec.data, data.test, readout, device)
        self._train = train.sample(TRAIN_SAMPLE)
        points = grid(spec.data)
        self._grid = None if points is None else spec.data.encode(points).to(device)
        most = spec.data.encoding.at_once if device.type == "cpu" else _PART
        self._part = examples_at_once(forward_bytes(trace(spec)), most)
        truth = tensor_of(data.test.targets)
        self._truth = truth[truth != IGNORED] if spec.data.task.per_step else truth

    @property
    def has_boundary(self) -> bool:
        """Whether one of its views needs predictions of its own."""
        return self._grid is not None

    def examine(self, step: int, epoch: float, seconds: float, views: bool) -> Generator[None, None, Examination]:
        """Copies the weights now; the generator then does one part of the work per iteration, and returns the result.

        Only one at a time: the next call copies the weights again. step, epoch, seconds: when the weights are copied."""
        self._copy_weights()
        return self._parts(step, epoch, seconds, views)

    def _parts(self, step: int, epoch: float, seconds: float, views: bool) -> Generator[None, None, Examination]:
        test_outputs, test_loss, test_accuracy = yield from self._measure(self.test)
        train_outputs, train_loss, train_accuracy = yield from self._measure(self._train)
        outputs = torch.cat([test_outputs, train_outputs])
        evaluated = Evaluated(step, epoch, seconds, train_loss, test_loss, train_accuracy, test_accuracy)
        if not views:
            return Examination(evaluated, (), outputs)
        shown = [self._predictions(step, test_outputs)]
        if self._grid is not None:
            parts = []
            for points in torch.split(self._grid, self._part):
                parts.append(self._outputs(points))
                yield
            shown.append(everywhere(step, self._data, self._readout.probabilities(torch.cat(parts))))
        return Examination(evaluated, tuple(shown), outputs)

    @torch.no_grad()
    def _copy_weights(self) -> None:
        for copied, original in self._pairs:
            copied.copy_(original)

    def _measure(self, examples: Examples) -> Generator[None, None, tuple[Tensor, float, float | None]]:
        """Outputs for all answers, their mean loss, and their accuracy."""
        outputs, losses, hits, sizes = [], [], [], []
        for start in range(0, len(examples), self._part):
            inputs, targets = examples.part(start, start + self._part)
            outputs_of_part = self._outputs(inputs)
            if self._data.task.per_step:
                outputs_of_part, classes = answers(outputs_of_part, targets)
                targets = self._readout.encode(classes)
            outputs.append(outputs_of_part)
            losses.append(self._loss(outputs_of_part, targets))
            sizes.append(len(outputs_of_part))
            correct = self._readout.correct(outputs_of_part, targets)
            if correct is not None:
                hits.append(correct.sum())
            yield
        total = math.fsum(loss * size for loss, size in zip(torch.stack(losses).tolist(), sizes, strict=True))
        accuracy = int(torch.stack(hits).sum()) / sum(sizes) if hits else None
        return torch.cat(outputs), total / sum(sizes), accuracy

    @torch.inference_mode()
    def _outputs(self, inputs: Tensor) -> Tensor:
        outputs: Tensor = self._copy(inputs)
        return outputs

    def _predictions(self, step: int, outputs: Tensor) -> View:
        """The view of predictions for the test set against its targets."""
        predictions = self._readout.predicted(outputs)
        if self._data.classes:
            return confusion(step, self._truth, predictions, len(self._data.classes))
        if self._data.task.name() == "reconstruction":
            images = self._data.numbers(self.test.raw[:RECONSTRUCTED])
            return reconstruction(step, images, predictions, self._truth, self._data.shape)
        return fit(step, self._truth, predictions)
