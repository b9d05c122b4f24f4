"""Metrics and views of a network, computed on a copy of its weights, a bounded part at a time."""

import copy
import logging
import math
from collections.abc import Callable, Generator, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

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
from playground.training.budget import examination_gap
from playground.training.events import Evaluated, View
from playground.training.layer_history import LayerHistory
from playground.training.layer_probe import MEASURES, LayerProbe
from playground.training.views import Seen, ViewInParts, ViewOfEvaluation, ViewOfNetwork, views_of
from playground.training.wanted import NOTHING, Wanted

logger = logging.getLogger(__name__)

_FAILED = "%s: cannot be shown of this run"
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
    whole: whether all evaluations are of the whole test set. keeps_history: whether it measures the layers for views of what was before; if
    not, it has none of these views."""

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
        keeps_history: bool = True,
    ) -> None:
        self._readout = readout
        self._loss = loss
        self._metrics = metrics_of(spec.data, spec.loss)
        views = views_of(spec, device)
        self._views = sorted(
            (view for view in views if isinstance(view, ViewOfEvaluation) and (keeps_history or not view.over_time)),
            key=lambda view: view.smooth,
        )
        self._glances = [view for view in views if isinstance(view, ViewOfNetwork)]
        self._model, self._copy = model, _Twin(model)
        self._seen: _Twin | None = None
        self.test = Examples.of(spec.data, data.test, readout, device)
        self._all_train = train
        self._train = train.sample(train_sample_size(spec.data))
        self._probe = LayerProbe(spec, self._copy.network, train, loss, readout)
        self._keeps_history = keeps_history
        self._layers = LayerHistory(len(MEASURES), len(self._probe.layers))
        self._copied_step: int | None = None
        self._probe_time = -math.inf
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
        updates = self._updates(step) if self._probe_due(seconds, wanted()) else None
        self._copy.follow()
        self._copied_step = step
        return self._parts(self._all if whole else self._some, step, epoch, seconds, wanted, updates)

    def views(self, examination: Examination, wanted: Wanted) -> Iterator[View]:
        """The wanted views of the last evaluation, and those that need none, computed at once. One that fails, for example because there is
        no memory for it, is not made again; training goes on."""
        seen = replace(examination.seen, choices=wanted.choices)
        for view in [view for view in self._views if self._makes(view, wanted)]:
            try:
                values = view.compute(seen)
            except Exception:
                logger.exception(_FAILED, view.title)
                self._views.remove(view)
            else:
                yield View(view.name, examination.evaluated.step, values)
        yield from self.glance(examination.evaluated.step, wanted)

    def _makes(self, view: ViewOfEvaluation, wanted: Wanted) -> bool:
        """Whether it is wanted. In training, if somebody looks at anything, views for which the network is not asked are made besides: they
        cost next to nothing, and are then there when somebody turns to them."""
        is_free = self._keeps_history and not isinstance(view, ViewInParts)
        return view.name in wanted or (is_free and wanted != NOTHING)

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
                logger.exception(_FAILED, view.title)
                self._glances.remove(view)
            else:
                yield View(view.name, step, values)

    def state(self) -> dict[str, Any]:
        """What was measured of the layers, for a checkpoint."""
        return self._layers.state()

    def restore(self, state: Mapping[str, Any]) -> None:
        """Continues from a state. Raises: KeyError, ValueError, AttributeError if it is of another spec."""
        self._layers.restore(state)

    def _probe_due(self, seconds: float, wanted: Wanted) -> bool:
        """Whether an evaluation measures the layers. While a view moves smoothly, they need not be measured with each of its pictures."""
        if not self._keeps_history:
            return False
        looked_at = any(view.over_time and view.name in wanted for view in self._views)
        due = looked_at or not self.smooth(wanted) or seconds - self._probe_time >= examination_gap(self._probe_time)
        self._probe_time = seconds if due else self._probe_time
        return due

    def _updates(self, step: int) -> Tensor:
        """How the layers have changed since the last evaluation, as in `LayerProbe.updates`."""
        if self._copied_step is None or step <= self._copied_step:
            return torch.full((len(self._probe.layers),), torch.nan)
        return self._probe.updates(self._model, step - self._copied_step)

    def _parts(
        self, tested: _TestSet, step: int, epoch: float, seconds: float, wanted: Callable[[], Wanted], updates: Tensor | None
    ) -> Generator[None, None, Examination]:
        test_outputs, test = yield from self._measure("test", tested.examples)
        train_outputs, train = yield from self._measure("train", self._train)
        evaluated = Evaluated(step, epoch, seconds, train, test)
        if updates is not None:
            yield from self._measure_layers(step, updates)
        shown = []
        seen = Seen(
            self.test, tested.truth, test_outputs, self._readout, self._outputs, self._part, tested.whole, self._layers, self._probe,
            lambda name: wanted().choices(name), self._all_train,
        )  # fmt: skip
        for view in [view for view in self._views if self._makes(view, wanted())]:
            try:
                values = yield from view.parts(seen)
            except Exception:
                logger.exception(_FAILED, view.title)
                self._views.remove(view)
            else:
                shown.append(View(view.name, step, values))
        return Examination(evaluated, tuple(shown), torch.cat([test_outputs, train_outputs]), seen)

    def _measure_layers(self, step: int, updates: Tensor) -> Generator[None, None, None]:
        """What cannot be measured, for example because there is no memory for gradients, is not tried again; training goes on."""
        try:
            measured = yield from self._probe.measure()
        except Exception:
            logger.exception("The layers of this run cannot be measured")
            self._keeps_history = False
        else:
            self._layers.add(step, torch.cat([measured, updates[None]]))

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
