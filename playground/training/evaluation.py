"""Metrics and views of a network, computed on a copy of its weights, a bounded part at a time."""

import copy
import math
from collections.abc import Generator
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from playground.catalog.answers import IGNORED
from playground.catalog.datasets.examples import Data
from playground.catalog.metrics import SplitName, Tally, metrics_of
from playground.catalog.readouts import Readout
from playground.catalog.samples import sample_size, sampled_rows, train_sample_size
from playground.network import examples_at_once, forward_bytes, trace
from playground.spec import ExperimentSpec
from playground.training.batches import Examples, tensor_of
from playground.training.events import Evaluated, View
from playground.training.views import Seen, views_of

_PART = 1024
"""At most this many examples are evaluated together on an accelerator, fewer if memory requires it."""


@dataclass(frozen=True)
class Examination:
    """The result of an evaluation, all with the same weights. views: empty if nobody is watching. outputs: (M, K) raw outputs for the
    evaluated test examples, followed by those of the training set: one for each example or, in tasks per step, for each step that has a
    target."""

    evaluated: Evaluated
    views: tuple[View, ...]
    outputs: Tensor

    @property
    def finite(self) -> bool:
        """Whether the losses of both splits are finite."""
        return math.isfinite(self.evaluated.train_loss) and math.isfinite(self.evaluated.test_loss)


@dataclass(frozen=True)
class _TestSet:
    """Test examples that are evaluated. truth: as in `Seen`; whole: whether these are all."""

    examples: Examples
    truth: Tensor
    whole: bool


class Examiner:
    """Evaluates a copy of a network's weights while the network itself continues training.

    On a sample of the training set and, until the run ends, of a large test set: always the same examples, so that curves are smooth.
    whole: whether all evaluations are of the whole test set."""

    def __init__(
        self,
        spec: ExperimentSpec,
        data: Data,
        train: Examples,
        loss: nn.Module,
        readout: Readout,
        model: nn.Module,
        device: torch.device,
        whole: bool,
    ) -> None:
        self._readout = readout
        self._loss = loss
        self._metrics = metrics_of(spec.data, spec.loss)
        self._views = sorted(views_of(spec, device), key=lambda view: view.smooth)
        self._copy = copy.deepcopy(model).eval()
        self._pairs = list(zip(self._copy.state_dict().values(), model.state_dict().values(), strict=True))
        self.test = Examples.of(spec.data, data.test, readout, device)
        self._train = train.sample(train_sample_size(spec.data))
        most = spec.data.encoding.at_once if device.type == "cpu" else _PART
        self._part = examples_at_once(forward_bytes(trace(spec)), most)
        self._per_step = spec.data.task.per_step
        truth, size = tensor_of(data.test.targets), sample_size(spec.data)
        self._all = _TestSet(self.test, self._answers(truth), True)
        self._some = self._all
        if len(truth) > size and not whole:
            self._some = _TestSet(self.test.sample(size), self._answers(truth[sampled_rows(len(truth), size)]), False)

    @property
    def smooth(self) -> bool:
        """Whether one of its views should move smoothly."""
        return any(view.smooth for view in self._views)

    def examine(self, step: int, epoch: float, seconds: float, views: bool, whole: bool = False) -> Generator[None, None, Examination]:
        """Copies the weights now; the generator then does one part of the work per iteration, and returns the result.

        Only one at a time: the next call copies the weights again. step, epoch, seconds: when the weights are copied. whole: whether to
        evaluate the whole test set."""
        self._copy_weights()
        return self._parts(self._all if whole else self._some, step, epoch, seconds, views)

    def _parts(self, tested: _TestSet, step: int, epoch: float, seconds: float, views: bool) -> Generator[None, None, Examination]:
        test_outputs, test = yield from self._measure("test", tested.examples)
        train_outputs, train = yield from self._measure("train", self._train)
        evaluated = Evaluated(step, epoch, seconds, train, test)
        shown = []
        seen = Seen(self.test, tested.truth, test_outputs, self._readout, self._outputs, self._part, tested.whole)
        for view in self._views if views else ():
            values = yield from view.parts(seen)
            shown.append(View(view.name, step, values))
        return Examination(evaluated, tuple(shown), torch.cat([test_outputs, train_outputs]))

    def _answers(self, truth: Tensor) -> Tensor:
        """Targets as the dataset has them → in tasks per step those of all steps that have one."""
        return truth[truth != IGNORED] if self._per_step else truth

    @torch.no_grad()
    def _copy_weights(self) -> None:
        for copied, original in self._pairs:
            copied.copy_(original)

    def _measure(self, split: SplitName, examples: Examples) -> Generator[None, None, tuple[Tensor, dict[str, float]]]:
        """Outputs for all answers, and the metrics of the split."""
        outputs = []
        tally = Tally([metric for metric in self._metrics if split in metric.splits], self._loss, self._readout, self._per_step)
        for start in range(0, len(examples), self._part):
            inputs, targets = examples.part(start, start + self._part)
            outputs.append(tally.add(self._outputs(inputs), targets))
            yield
        return torch.cat(outputs), tally.results()

    @torch.inference_mode()
    def _outputs(self, inputs: Tensor) -> Tensor:
        outputs: Tensor = self._copy(inputs)
        return outputs
