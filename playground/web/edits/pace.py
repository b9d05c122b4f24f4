"""Epochs and batch size that follow the amount of data: few examples make few steps, which train nothing, and many take long."""

from dataclasses import replace

from playground.catalog.datasets import DataError
from playground.catalog.messages import counted
from playground.spec import ExperimentSpec, TrainingSettings
from playground.web.edits.data import Adapted

_LEAST_STEPS, _MOST_STEPS = 300, 20_000
"""Training steps of a run."""
_PER_EPOCH, _LEAST_BATCH = 8, 8
"""Batches become smaller until an epoch has so many steps, or a batch so few examples."""
_LARGEST_BATCH = 256


def paced(adapted: Adapted) -> Adapted:
    """The same, with a number of training steps that suits its data, and a note on what changed; unchanged if the number does, or if the
    data cannot be loaded."""
    before = adapted.spec.training
    try:
        examples = len(adapted.spec.data.targets()[0])
    except DataError:
        return adapted
    after = _suited(before, examples)
    if after == before:
        return adapted
    return replace(adapted, spec=_with(adapted.spec, after), notes=(*adapted.notes, _note(before, after, examples)))


def steps(training: TrainingSettings, examples: int) -> int:
    """How many training steps a run takes."""
    return training.epochs * -(-examples // training.batch_size)


def _suited(training: TrainingSettings, examples: int) -> TrainingSettings:
    if _LEAST_STEPS <= steps(training, examples) <= _MOST_STEPS:
        return training
    batch, epochs = training.batch_size, training.epochs
    if steps(training, examples) < _LEAST_STEPS:
        while batch > _LEAST_BATCH and examples < _PER_EPOCH * batch:
            batch //= 2
        epochs = max(epochs, min(1000, -(-_LEAST_STEPS // -(-examples // batch))))
    else:
        while batch < _LARGEST_BATCH and examples > _MOST_STEPS * batch:
            batch *= 2
        epochs = max(1, min(epochs, _MOST_STEPS // -(-examples // batch)))
    return training.model_copy(update={"batch_size": batch, "epochs": epochs})


def _with(spec: ExperimentSpec, training: TrainingSettings) -> ExperimentSpec:
    return spec.model_copy(update={"training": training})


def _note(before: TrainingSettings, after: TrainingSettings, examples: int) -> str:
    changes = []
    if after.epochs != before.epochs:
        changes.append(f"{counted(after.epochs, 'epoch')} instead of {before.epochs:,}")
    if after.batch_size != before.batch_size:
        changes.append(f"batches of {after.batch_size} instead of {before.batch_size}")
    now, then = steps(after, examples), steps(before, examples)
    many = "would be too few to learn from" if now > then else "would take long"
    amount = f"with {counted(examples, 'training example')}, {counted(then, 'step')} {many}"
    return f"Training takes {' and '.join(changes)}: {amount}; it takes {now:,} now."
