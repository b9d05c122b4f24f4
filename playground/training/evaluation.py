"""Metrics and views of a network, computed on a copy of its weights, a bounded part at a time."""

import copy
import logging
import math
from collections.abc import Callable, Generator, Iterator
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
from playground.training.views import Seen, ViewOfEvaluation, ViewOfNetwork, views_of
from playground.training.wanted import Wanted

logger = logging.getLogger(__name__)

_PART = 1024
"""At most this many examples are evaluated together on an accelerator, fewer if memory requires it."""


@dataclass(frozen=True)
class Examination:
    """The result of an evaluation, all with the same weights. views: those that were wanted. outputs: (M, K) raw outputs for the evaluated
    test examples, followed by those of the training set: one for each example or, in tasks per step, for each step that has a target. seen:
    what other views of it are computed from, until the next evaluation begins."""

    evaluated: Evaluated
    views: tuple[View, ...]
    outputs: Tensor
    seen: Seen

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


class _Twin:
    """A copy of a network, in evaluation mode, that takes over its weights when asked."""

    def __init__(self, model: nn.Module) -> None:
        self.network = copy.deepcopy(model).eval()
        self._pairs = list(zip(self.network.state_dict().values(), model.state_dict().values(), strict=True))

    @torch.no_grad()
    def follow(self) -> None:
        """Copies the weights as they are now."""
        for copied, original in self._pairs:
            copied.copy_(original)


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
        views = views_of(spec, device)
        self._views = sorted((view for view in views if isinstance(view, ViewOfEvaluation)), key=lambda view: view.smooth)
        self._glances = [view for view in views if isinstance(view, ViewOfNetwork)]
        self._model, self._copy = model, _Twin(model)
        self._seen: _Twin | None = None
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

    def smooth(self, wanted: Wanted) -> bool:
        """Whether one of these views should move smoothly."""
        return any(view.smooth and view.name in wanted for view in self._views)

    def examine(
        self, step: int, epoch: float, seconds: float, wanted: Callable[[], Wanted], whole: bool = False
    ) -> Generator[None, None, Examination]:
        """Copies the weights now; the generator then does one part of the work per iteration, and returns the result.

        Only one at a time: the next call copies the weights again. step, epoch, seconds: when the weights are copied. wanted: the views
        that are wanted, asked before each of them. whole: whether to evaluate the whole test set."""
        self._copy.follow()
        return self._parts(self._all if whole else self._some, step, epoch, seconds, wanted)

    def views(self, examination: Examination, wanted: Wanted) -> Iterator[View]:
        """The wanted views of the last evaluation, and those that need none, computed at once."""
        for view in self._views:
            if view.name in wanted:
                yield View(view.name, examination.evaluated.step, view.compute(examination.seen))
        yield from self.glance(examination.evaluated.step, wanted)

    def glance(self, step: int, wanted: Wanted) -> Iterator[View]:
        """The wanted views that need no evaluation, of the weights as they are now. They have a copy of the network to themselves, made for
        the first of them, so that an evaluation in progress keeps its weights. One that fails, for example because there is no memory for
        the copy, is not made again; training goes on. step: that of now."""
        for view in [view for view in self._glances if view.name in wanted]:
            try:
                self._seen = self._seen or _Twin(self._model)
                self._seen.follow()
                values = view.look(self._seen.network, self.test, self._part)
            except Exception:
                logger.exception("%s: cannot be shown of this run", view.title)
                self._glances.remove(view)
            else:
                yield View(view.name, step, values)

    def _parts(
        self, tested: _TestSet, step: int, epoch: float, seconds: float, wanted: Callable[[], Wanted]
    ) -> Generator[None, None, Examination]:
        test_outputs, test = yield from self._measure("test", tested.examples)
        train_outputs, train = yield from self._measure("train", self._train)
        evaluated = Evaluated(step, epoch, seconds, train, test)
        shown = []
        seen = Seen(self.test, tested.truth, test_outputs, self._readout, self._outputs, self._part, tested.whole)
        for view in self._views:
            if view.name in wanted():
                values = yield from view.parts(seen)
                shown.append(View(view.name, step, values))
        return Examination(evaluated, tuple(shown), torch.cat([test_outputs, train_outputs]), seen)

    def _answers(self, truth: Tensor) -> Tensor:
        """Targets as the dataset has them → in tasks per step those of all steps that have one."""
        return truth[truth != IGNORED] if self._per_step else truth

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
        outputs: Tensor = self._copy.network(inputs)
        return outputs
