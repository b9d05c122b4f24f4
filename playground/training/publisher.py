"""What a run shows besides its losses: evaluations, views and snapshots, as often as the budget allows."""

import math
import time
from collections.abc import Callable, Generator, Iterator

import torch
from torch import Tensor, nn

from playground.training.budget import GLANCE_SHARE, SNAPSHOT_SHARE, Allowance, Budget, evaluation_share, examination_gap
from playground.training.control import Control
from playground.training.evaluation import Examination, Examiner
from playground.training.events import Event, Snapshot, View
from playground.training.isolation import Stopwatch
from playground.training.wanted import NOTHING, Wanted

SNAPSHOT_SECONDS = (0.05, 0.5)
"""Minimum time between two snapshots, early and late in a run; in between, a hundredth of the time so far."""

_PULSE_SECONDS = 0.05
"""How long the loop works on an evaluation at most; the rest is done at the next pulse."""

_STEPPING_SECONDS = 0.5
"""The same for a user who takes single steps and wants to see the effect of each."""


def snapshot_gap(seconds: float) -> float:
    """Seconds between a snapshot, `seconds` into the run, and the next one: so that a short run also has many moments to look back at."""
    least, most = SNAPSHOT_SECONDS
    return min(max(least, seconds / 100), most)


class Publisher:
    """Evaluates and copies the model for the reader of the events. Starts with the weights of now, whatever the cost.

    step, epoch, seconds: those of now."""

    def __init__(
        self,
        model: nn.Module,
        examiner: Examiner,
        control: Control,
        watch: Stopwatch,
        allowance: Allowance,
        step: int = 0,
        epoch: float = 0.0,
        seconds: float = 0.0,
    ) -> None:
        self._model, self._examiner, self._control, self._watch = model, examiner, control, watch
        self._evaluations, self._snapshots, self._glances, self._allowance = Budget(), Budget(), Budget(), allowance
        self._examined: int | None = None
        self._glanced: int | None = None
        self._in_progress: Generator[None, None, Examination] | None = examiner.examine(step, epoch, seconds, self._wanted)
        self._examination_time = self._views_time = 0.0
        self._worked_seconds = self._cost_seconds = 0.0  # on the evaluation in progress, and on the last one
        self._snapshot_time = -math.inf
        self._looked_at = NOTHING
        """The views that were looked at when the last evaluation with views began."""
        self.shown_weights = False
        """Whether there was a snapshot."""

    def pulse(self, step: int, epoch: float) -> Iterator[Event]:
        """The events that are due between two steps of a run that goes by the clock."""
        if not self.shown_first:
            yield from self._show_examination(step, epoch, _PULSE_SECONDS)
            self._evaluations.settle(self._watch.seconds)
            self._snapshots.settle(time.thread_time())
            yield from self._glance(step)
            return
        now = self._watch.seconds
        if self._snapshots.affords(time.thread_time(), SNAPSHOT_SHARE) and self._snapshot_due():
            yield from self.weights(step, epoch)
        share = evaluation_share(now, self._control.watched, self._urgent)
        if self._evaluations.affords(now, share) and (self._in_progress is not None or self._examination_due()):
            yield from self._show_examination(step, epoch, _PULSE_SECONDS)
        yield from self._glance(step)

    def milestone(self, step: int, epoch: float) -> Iterator[Event]:
        """The evaluation of this step with its weights, if the allowance pays for it. An unfinished one of earlier weights is given up for
        it. Unless a view should move smoothly, those by the clock are then further apart."""
        if not self.shown_first or not self._allowance.affords(step, self._cost_seconds):
            return
        self._in_progress = None
        examination = self._examination(step, epoch, math.inf, self._wanted if self._gap_is_over(self._views_time) else _no_views)
        if examination is not None:
            self._allowance.spend(self._cost_seconds)
            if not self._smooth:
                self._evaluations.spend(self._cost_seconds)
            yield examination.evaluated
            yield from examination.views
            self._allowance.spend((yield from self._copied(step, epoch)))

    @property
    def shown_first(self) -> bool:
        """Whether the evaluation of the first weights is complete."""
        return self._examined is not None

    def complete_first(self) -> Iterator[Event]:
        """The evaluation of the first weights, if the run is faster than it."""
        if not self.shown_first:
            yield from self._show_examination(0, 0.0, math.inf)

    def stepped(self, step: int, epoch: float, pauses: bool = True) -> Iterator[Event]:
        """An evaluation of this step, unless it takes too long, and its weights. pauses: whether the reader may pause now; then there are
        all views, for whoever opens the page later or turns to another view."""
        deadline, wanted = self._watch.seconds + _STEPPING_SECONDS, self._all if pauses else self._wanted
        while self._examined != step and self._watch.seconds < deadline:
            yield from self._show_examination(step, epoch, deadline - self._watch.seconds, wanted)
        yield from self._examiner.glance(step, wanted())
        yield from self.weights(step, epoch)

    def stepped_again(self, step: int, epoch: float) -> Iterator[Event]:
        """The same for a step that has been evaluated before its weights were changed."""
        self._in_progress, self._examined = None, None if self._examined is None else -1
        yield from self.stepped(step, epoch)

    def examine(self, step: int, epoch: float) -> Examination:
        """The evaluation of this step on the whole test set, however long it takes, without views."""
        self._in_progress = self._examiner.examine(step, epoch, self._watch.seconds, _no_views, whole=True)
        examination = None
        while examination is None:
            examination = self._advance(self._in_progress, math.inf)
        self._in_progress, self._examined = None, step
        return examination

    def _glance(self, step: int) -> Iterator[Event]:
        """The views that need no evaluation, if somebody looks at them and the budget pays for them, in processor time as for snapshots."""
        began = time.thread_time()
        if not self._control.watched or self._glanced == step or not self._glances.affords(began, GLANCE_SHARE):
            return
        self._glanced = step
        yield from self._examiner.glance(step, self._wanted())
        self._glances.spend(time.thread_time() - began)

    def views(self, examination: Examination, all_of_them: bool) -> Iterator[View]:
        """The views of the last evaluation, however long they take: all of them, or those that are looked at."""
        yield from self._examiner.views(examination, self._wanted().and_everything if all_of_them else self._wanted())

    def _show_examination(self, step: int, epoch: float, seconds: float, wanted: Callable[[], Wanted] | None = None) -> Iterator[Event]:
        """Starts an evaluation, or continues the one in progress, for this many seconds, and pays for it. wanted: its views, by default
        those that are looked at."""
        began = self._watch.seconds
        examination = self._examination(step, epoch, seconds, wanted or self._wanted)
        spent, held = self._watch.seconds - began, 0.0
        if examination is not None:
            events: tuple[Event, ...] = (examination.evaluated, *examination.views)
            for event in events:
                yield event
                held += self._watch.away_seconds
        self._evaluations.spend(spent, held)

    def _examination(self, step: int, epoch: float, seconds: float, wanted: Callable[[], Wanted]) -> Examination | None:
        """Starts an evaluation, or continues the one in progress, for this many seconds; the result once it is complete."""
        now = self._watch.seconds
        if self._in_progress is None:
            if self._examined == step:
                return None
            self._examination_time = now
            if wanted != _no_views:
                self._views_time, self._looked_at = now, self._wanted()
            self._worked_seconds = 0.0
            self._in_progress = self._examiner.examine(step, epoch, now, wanted)
        examination = self._advance(self._in_progress, seconds)
        self._worked_seconds += self._watch.seconds - now
        if examination is not None:
            self._in_progress, self._examined, self._cost_seconds = None, examination.evaluated.step, self._worked_seconds
        return examination

    def _advance(self, parts: Generator[None, None, Examination], seconds: float) -> Examination | None:
        deadline = self._watch.seconds + seconds
        try:
            next(parts)
            while self._watch.seconds < deadline:
                next(parts)
        except StopIteration as done:
            examination: Examination = done.value
            return examination
        return None

    def _wanted(self) -> Wanted:
        """The views that an evaluation includes: those that are looked at, and while single steps are taken all of them."""
        wanted = self._control.wanted if self._control.watched else NOTHING
        return wanted if self._control.pace == "clock" else wanted.and_everything

    def _all(self) -> Wanted:
        """Those that are looked at and all others."""
        return self._wanted().and_everything

    @property
    def _smooth(self) -> bool:
        """Whether a view that should move smoothly is wanted."""
        return self._examiner.smooth(self._wanted())

    @property
    def _urgent(self) -> bool:
        """Whether somebody looks at a view that should move smoothly, or has just turned to another one."""
        return self._smooth or not self._wanted().is_within(self._looked_at)

    def _examination_due(self) -> bool:
        return self._urgent or self._gap_is_over(self._examination_time)

    def _gap_is_over(self, since: float) -> bool:
        return self._watch.seconds - since >= examination_gap(since)

    def _snapshot_due(self) -> bool:
        return time.perf_counter() - self._snapshot_time >= snapshot_gap(self._watch.seconds)

    def weights(self, step: int, epoch: float) -> Iterator[Event]:
        """A snapshot, unless the weights are not finite, as just before a run diverges.

        Paid for in processor time: other processes may interrupt a snapshot of a millisecond for hundreds, and if the run paid for those,
        there would be no other one for a minute."""
        self._snapshots.spend((yield from self._copied(step, epoch)))

    def _copied(self, step: int, epoch: float) -> Generator[Event, None, float]:
        """The same; returns the processor time that it took."""
        self._snapshot_time, began = time.perf_counter(), time.thread_time()
        event = snapshot(self._model, step, epoch)
        if all(bool(torch.isfinite(tensor).all()) for tensor in event.tensors.values()):
            self.shown_weights = True
            yield event
        return time.thread_time() - began


def _no_views() -> Wanted:
    return NOTHING


def snapshot(model: nn.Module, step: int, epoch: float) -> Snapshot:
    """A copy of the model's weights and running statistics, on the CPU."""
    return Snapshot(step, epoch, {name: _copied(tensor) for name, tensor in model.state_dict().items()})


def _copied(tensor: Tensor) -> Tensor:
    return tensor.detach().to("cpu", copy=True).contiguous()
