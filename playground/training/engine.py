"""The engine: from a spec to a stream of events."""

import math
from collections.abc import Generator, Iterator
from functools import partial

import torch
from torch import nn

from playground.catalog.datasets.examples import Data
from playground.catalog.schedules import Constant
from playground.network import build_model, readout
from playground.network.changing import is_of_batches
from playground.settings import settings
from playground.spec import ExperimentSpec, SpecError
from playground.training.baseline import Baseline
from playground.training.batches import Batches, Examples, relabeled
from playground.training.budget import Allowance
from playground.training.changes import Changes
from playground.training.checkpoint import Checkpoint, Checkpointer, CheckpointError, copied
from playground.training.control import Control
from playground.training.declarations import declarations
from playground.training.device import check_precision, describe, pick_device
from playground.training.divergence import diverged, diverging
from playground.training.divergence_watch import DivergenceWatch
from playground.training.epochs import Epochs
from playground.training.evaluation import Examination, Examiner
from playground.training.events import Changed, Diverged, Event, Finished, Progress, Reason, Refused, Rest, Started
from playground.training.findings import findings
from playground.training.isolation import Isolation, Stopwatch, isolated, random_states, restore_random
from playground.training.ledger import Ledger
from playground.training.procedures import Procedure, Supervised
from playground.training.publisher import Publisher, snapshot
from playground.training.stopping import Stopping
from playground.training.trial import fastest_execution

PROGRESS_SECONDS = 0.08
"""Between two Progress events, unless a step takes longer."""
SHOWN_SECONDS = 0.1
"""In slow motion, steps at least so far apart are all evaluated and shown."""


def train(
    spec: ExperimentSpec,
    data: Data | None = None,
    control: Control | None = None,
    checkpoint: Checkpoint | None = None,
    most_threads: int | None = None,
) -> Generator[Event, None, None]:
    """Trains the network of a spec and yields events. To pause, stop iterating; to abort at once, close the generator.

    Yields Started, a Snapshot, then Progress after the first step and by the clock from then on; Evaluated (first of step 0), View,
    Snapshot and Checkpoint as often as the budget allows; at the end Evaluated, views, Snapshot and Finished, or Diverged. The same spec,
    computed on as many threads in the same memory format, gives bit-identical losses on the CPU, however and whenever the events are read.
    Between two events, PyTorch's random state, number of threads and gradient mode are the caller's. `playground.training.batches` explains
    how to reproduce a run without this engine.

    data: replaces `spec.data.load()`, with the same shapes. control: read after every step. checkpoint: of the same spec, to continue from;
    the losses are those of a run that was never interrupted. most_threads: if the spec leaves their number open; None for
    `settings().run_threads`. What it leaves open is decided by a trial on copies of the network before the first step.
    Raises: SpecError if the network cannot be trained; DeviceError if the device is not available; with the first event DataError if the
    dataset cannot be loaded, CheckpointError if the checkpoint is not of this spec."""
    with torch.inference_mode(False):
        model = build_model(spec)
    if not any(parameter.requires_grad for parameter in model.parameters()):
        raise SpecError("network: has nothing to learn; add a dense, convolution or output layer, or unfreeze one")
    device = pick_device(spec.training.device)
    check_precision(spec.training.precision, device)
    watch = Stopwatch()
    isolation = Isolation(device, spec.training.seed, watch)
    most = settings().run_threads if most_threads is None else most_threads
    return isolated(_events(spec, model, device, data, control or Control(), watch, checkpoint, most), isolation)


def _events(
    spec: ExperimentSpec,
    model: nn.Module,
    device: torch.device,
    data: Data | None,
    control: Control,
    watch: Stopwatch,
    checkpoint: Checkpoint | None,
    most_threads: int,
) -> Generator[Event, None, None]:
    data = spec.data.load() if data is None else data
    run = _Run(spec, model.to(device).train(), device, data, control, watch, checkpoint, most_threads)
    yield run.started
    watch.restart(0.0 if checkpoint is None else checkpoint.seconds)
    yield from run.steps()
    yield from run.end()


class _Run:
    """A run from its first step to its last."""

    def __init__(
        self,
        spec: ExperimentSpec,
        model: nn.Module,
        device: torch.device,
        data: Data,
        control: Control,
        watch: Stopwatch,
        checkpoint: Checkpoint | None,
        most_threads: int,
    ) -> None:
        self._spec, self._device, self._control, self._watch = spec, device, control, watch
        chosen, outputs = spec.training, readout(spec)
        examples = Examples.of(spec.data, data.train, outputs, device)
        normalized = any(isinstance(module, nn.modules.batchnorm._BatchNorm) for module in model.modules())
        self._batches = Batches(examples, chosen.batch_size, chosen.seed, drop_single=normalized)
        if self._batches.steps == 0:
            raise SpecError(f"data: batch normalization needs at least 2 training examples, got {len(examples)}; use more points")
        self._examples = examples
        self._epochs = Epochs(self._batches.steps, self._batches.samples, chosen.batch_size)
        self._last_step = self._epochs.last_step(chosen.epochs)
        loss = spec.loss.build(data.train.counts(len(spec.data.classes))).to(device)

        def procedure(network: nn.Module, spec: ExperimentSpec = spec) -> Procedure:
            return Supervised(spec, network, loss, outputs, self._batches.steps)

        # A schedule plans the steps of the run, and a trial may take more.
        tried = partial(procedure, spec=spec.model_copy(update={"schedule": Constant()}))
        self._execution = fastest_execution(chosen, model, examples, tried, most_threads) if checkpoint is None else checkpoint.execution
        self._execution.apply(model)
        self._procedure = procedure(model)
        self._stopping = Stopping(chosen.stop)
        self._evaluates_epochs = self._stopping.evaluates_epochs or self._procedure.evaluates_epochs
        shown = self._procedure.shown
        self._examiner = Examiner(spec, data, examples, loss, outputs, shown, device, whole=self._evaluates_epochs)
        self._allowance = Allowance(self._batches.steps, chosen.epochs)
        self._baseline = Baseline(loss, examples, self._examiner.test, data)
        self._divergence = DivergenceWatch(lambda: self._baseline.train_loss)
        self._ledger = Ledger(self._epochs, self._divergence)
        self._changes = Changes(spec)
        self._reason: Reason | None = None
        self._due = 0.0
        self._limit = min(chosen.stop.seconds or math.inf, control.most_seconds)
        self._last: Examination | None = None
        if checkpoint is not None:
            self._restore(checkpoint)
        step, seconds = (0, 0.0) if checkpoint is None else (checkpoint.step, checkpoint.seconds)
        self._publisher = Publisher(shown, self._examiner, control, watch, self._allowance, step, self._ledger.epoch, seconds)
        self._checkpointer = Checkpointer(self._checkpoint, control)
        self.started = Started(
            device=str(device),
            device_name=describe(device).name,
            parameters=sum(parameter.numel() for parameter in model.parameters()),
            epochs=chosen.epochs,
            steps_per_epoch=self._batches.steps,
            batch_size=self._epochs.batch_size,
            train_samples=len(examples),
            test_samples=len(data.test),
            declared=declarations(spec),
            baselines=self._baseline.of(spec),
            step=step,
            epoch=self._ledger.epoch,
            execution=self._execution,
        )

    def steps(self) -> Iterator[Event]:
        """All epochs, or those before something ends the run."""
        yield from self._publisher.weights(self._ledger.step, self._ledger.epoch)
        if self._control.pace != "clock":
            yield from self._publisher.stepped(self._ledger.step, self._ledger.epoch)
        while self._ledger.step < self._last_step:
            yield from self._epoch()
            if not self._over():
                yield from self._epoch_done()
            if self._over():
                return
            if self._ledger.step < self._last_step:
                self._epochs.begin_next()
                self._begin_epoch()

    def _begin_epoch(self) -> None:
        """Between two epochs, what has changed since the one before began takes effect."""
        before = self._epochs.steps
        self._change_batches()
        if self._epochs.steps != before:
            self._procedure.epoch_begins(self._epochs.steps, self._epochs.done)

    def _change_batches(self) -> None:
        """The size of batches, augmentations and label noise as they are in the epoch of now."""
        chosen, epochs = self._changes.in_effect(self._epochs.start), self._epochs
        if chosen.training.batch_size == epochs.batch_size and chosen.data == self._examples.dataset:
            return
        self._examples = relabeled(self._examples, chosen.data)
        self._batches.begin(self._examples, chosen.training.batch_size)
        epochs.resize(self._batches.steps, self._batches.samples, chosen.training.batch_size)
        self._last_step = epochs.last_step(self._spec.training.epochs)
        self._allowance.resize(epochs.steps, epochs.start, self._last_step)

    def _epoch(self) -> Iterator[Event]:
        """The hot loop: anything that is not a step slows down every step."""
        procedure, take_step = self._procedure, self._procedure.take_step
        ledger, control, watch, allowance, changes = self._ledger, self._control, self._watch, self._allowance, self._changes
        for inputs, targets in self._batches.epoch():
            if control.stop:
                self._reason = "stopped"
                return
            if control.alterations or ledger.step >= changes.next_step:
                yield from self._change()
            learning_rate = procedure.learning_rate
            ledger.add(take_step(inputs, targets), learning_rate)
            slow = control.steps_per_second < math.inf
            if control.pace == "batch" or control.rest or slow or watch.seconds >= self._due or ledger.step == control.moment:
                yield from self._pulse()
                if self._over():
                    return
            if ledger.step >= allowance.due_step and not self._evaluates_epochs:
                yield from self._milestone()

    def _change(self) -> Iterator[Event]:
        """Before a step: makes the changes of the spec that are due, then those that the caller asks for."""
        ledger = self._ledger
        for change in self._changes.due(ledger.step):
            if not is_of_batches(change.path):
                self._procedure.change(change.path, change.value)
        while self._control.alterations:
            path, value = self._control.alterations.popleft()
            try:
                self._changes.add(ledger.step, path, value)
            except SpecError as error:
                yield Refused(ledger.step, path, value, str(error))
                continue
            shows_more = not is_of_batches(path) and self._procedure.change(path, value)
            if shows_more and self._control.pace != "clock":  # the run is paused, and shows other weights now
                yield from self._publisher.stepped_again(ledger.step, ledger.epoch)
            yield Changed(ledger.step, ledger.epoch, path, value)

    def _milestone(self) -> Iterator[Event]:
        """After a step that is evaluated however fast the run is."""
        ledger = self._ledger
        if self._allowance.reach(ledger.step) and self._control.pace == "clock":
            ledger.collect()
            if ledger.failure is None:
                yield from self._publisher.milestone(ledger.step, ledger.epoch)

    def _pulse(self) -> Iterator[Event]:
        """Between two steps: yields the events that are due."""
        ledger, publisher, pace = self._ledger, self._publisher, self._control.pace
        if ledger.step == self._control.moment:
            pace = "batch"
        ledger.collect()
        if ledger.failure is None:
            if pace == "clock":
                yield from self._progress()
            if self._control.rest:
                yield Rest()
            if pace == "clock":
                yield from self._slow_motion()
                yield from publisher.pulse(ledger.step, ledger.epoch)
                if self._control.checkpoint:  # the run may be left with it
                    yield from publisher.weights(ledger.step, ledger.epoch)
                yield from self._checkpointer.pulse()
            elif pace == "epoch":
                yield from publisher.pulse(ledger.step, ledger.epoch)
            else:
                yield from self._step_taken()
        if self._watch.seconds >= self._limit:
            self._reason = "time" if self._limit == self._spec.training.stop.seconds else "limit"
        self._due = min(self._watch.seconds + PROGRESS_SECONDS, self._limit)

    def _slow_motion(self) -> Iterator[Event]:
        """After every step, as long as there are few of them in a second: all that can be seen of it, then a rest until the next one."""
        seconds = 1 / self._control.steps_per_second
        if seconds >= SHOWN_SECONDS and self._ledger.step < self._last_step:
            yield from self._publisher.stepped(self._ledger.step, self._ledger.epoch, pauses=False)
        if seconds > 0:
            yield Rest(seconds)

    def _step_taken(self) -> Iterator[Event]:
        """After a single step of a batch or an epoch: Progress comes last, so that everything is there when the reader pauses."""
        if self._ledger.step < self._last_step:
            yield from self._publisher.stepped(self._ledger.step, self._ledger.epoch)
            yield from self._checkpointer.now()
        yield from self._progress()

    def _progress(self) -> Iterator[Progress]:
        event = self._ledger.progress(self._watch.seconds)
        if event is not None:
            yield event

    def _epoch_done(self) -> Iterator[Event]:
        if self._evaluates_epochs:
            yield from self._evaluate_epoch()
        if self._control.pace == "epoch" and not self._over():
            self._ledger.collect()
            if self._ledger.failure is None:
                yield from self._step_taken()

    def _evaluate_epoch(self) -> Iterator[Event]:
        """Evaluates after an epoch, for runs whose end or learning rate depends on the test set."""
        ledger = self._ledger
        ledger.collect()
        if ledger.failure is not None or self._stopping.has_judged(ledger.step):
            return
        due = self._watch.seconds >= self._due or (self._publisher.shown_first and self._allowance.reach(ledger.step))
        yield from self._publisher.complete_first()
        self._last = self._publisher.examine(ledger.step, ledger.epoch)
        evaluated = self._last.evaluated
        self._procedure.epoch_evaluated(evaluated.test_loss)
        self._reason = self._stopping.judge(evaluated)
        if self._reason is None and ledger.step < self._last_step and due:
            yield evaluated
            yield from self._publisher.views(self._last, all_of_them=False)

    def _checkpoint(self) -> Checkpoint:
        """Between two steps, when all losses have been collected."""
        state = {
            **self._procedure.state(),
            "batches": self._batches.state(),
            "random": random_states(self._device),
            "changes": self._changes.state(),
            "epochs": self._epochs.state(),
            "divergence": self._divergence.state(),
            "judged": self._stopping.state(),
            "layers": self._examiner.state(),
        }
        return Checkpoint(self._ledger.step, self._watch.seconds, self._execution, copied(state))

    def _restore(self, checkpoint: Checkpoint) -> None:
        """Raises: CheckpointError if the checkpoint is of another spec."""
        state = copied(checkpoint.state)  # the procedure keeps and changes the tensors that it loads
        try:
            self._changes.restore(state.get("changes", ()))  # earlier versions made none
            self._epochs.restore(state.get("epochs"), checkpoint.step)
            self._change_batches()
            self._procedure.restore(state)
            self._batches.restore(state["batches"])
            self._ledger.restore(checkpoint.step, checkpoint.seconds)
            self._divergence.restore(state["divergence"])
            self._stopping.restore(state["judged"])
            if "layers" in state:  # checkpoints of earlier versions have none
                self._examiner.restore(state["layers"])
            restore_random(self._device, state["random"])
        except (KeyError, ValueError, TypeError, RuntimeError, AttributeError) as error:
            raise CheckpointError(f"the checkpoint of step {checkpoint.step:,} is not of these settings, or damaged") from error

    def _over(self) -> bool:
        return self._reason is not None or self._ledger.failure is not None

    def end(self) -> Iterator[Event]:
        """The remaining losses, then how the run ended."""
        ledger = self._ledger
        ledger.collect()
        yield from self._progress()
        if ledger.failure is not None:
            yield from self._diverge(diverged(self._spec, *ledger.failure))
            return
        learning_rate = self._procedure.learning_rate
        if ledger.step > 0:
            yield from self._publisher.complete_first()
        if self._last is None or self._last.evaluated.step != ledger.step:
            self._last = self._publisher.examine(ledger.step, ledger.epoch)
        evaluated = self._last.evaluated
        if not self._last.finite:
            split, loss = ("test", evaluated.test_loss) if math.isfinite(evaluated.train_loss) else ("training", evaluated.train_loss)
            yield from self._diverge(diverged(self._spec, ledger.step, loss, learning_rate, split))
            return
        seconds = self._watch.seconds
        yield evaluated
        yield from self._publisher.views(self._last, all_of_them=True)
        yield snapshot(self._procedure.shown, ledger.step, ledger.epoch)
        if self._divergence.diverging or self._divergence.out_of_bounds(evaluated.train_loss):
            yield diverging(self._spec, ledger.step, evaluated.train_loss, learning_rate)
            return
        yield Finished(
            reason=self._reason or "epochs",
            step=ledger.step,
            epoch=ledger.epoch,
            seconds=seconds,
            samples_per_second=ledger.samples / seconds,
            train=evaluated.train,
            test=evaluated.test,
            findings=() if self._reason == "stopped" else findings(self._spec, self._last, self._baseline),
        )

    def _diverge(self, event: Diverged) -> Iterator[Event]:
        """The last event; before it, the initial weights if no others were shown: they are finite."""
        if not self._publisher.shown_weights:
            yield snapshot(build_model(self._spec), 0, 0.0)
        yield event
