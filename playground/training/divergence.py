"""What to say when a loss is no longer a number, and what to try."""

import math
from dataclasses import dataclass

from playground.catalog.layers import BatchNorm, Conv1d, Conv2d, ConvTranspose2d, Dense, Layer, Parallel, Residual
from playground.catalog.losses import MSE, Huber
from playground.catalog.optimizers import SGD, Adam, Optimizer, RMSprop
from playground.catalog.schedules import Constant, OneCycle
from playground.network import Fix
from playground.parsing import parse_spec
from playground.paths import chains, layer_count
from playground.spec import ExperimentSpec, SpecError
from playground.training.divergence_watch import TIMES
from playground.training.events import Diverged

RUNAWAY = f"more than {TIMES:,} times the loss at the start and that of the best constant prediction"
_FAR_ABOVE = 30
"""Times the optimizer's default learning rate: from there a tenth is no remedy."""
_UNSCALED = 10
"""Features of this size, and not standardised, make the steps for their weights a hundred times too long."""
_DEEP = 6
"""Layers, from which on their outputs are worth keeping in range."""
_WEIGHTED = (Dense, Conv1d, Conv2d, ConvTranspose2d)


@dataclass(frozen=True)
class Remedy:
    """What to try, in words, and the edit that does it; None where it takes a person to say where."""

    message: str
    fix: Fix | None = None


def diverged(spec: ExperimentSpec, step: int, loss: float, learning_rate: float, split: str = "training") -> Diverged:
    """The event, in plain words. learning_rate: of that very step; split: whose loss it was, "training" or "test"."""
    became = "was no longer a number" if math.isnan(loss) else "became infinite"
    message = f"The {split} loss ({spec.loss.spoken()}) {became} at step {step:,}, with a learning rate of {learning_rate:.4g}."
    return Diverged(step, loss, learning_rate, message, tuple(remedy.message for remedy in remedies(spec)))


def diverging(spec: ExperimentSpec, step: int, loss: float, learning_rate: float) -> Diverged:
    """The event at the end of a run whose loss is finite, and far beyond where it began."""
    message = (
        f"The training loss ({spec.loss.spoken()}) has grown to {loss:.3g} at step {step:,}, with a learning rate of {learning_rate:.4g}: "
        f"{RUNAWAY}."
    )
    return Diverged(step, loss, learning_rate, message, tuple(remedy.message for remedy in remedies(spec)))


def remedies(spec: ExperimentSpec) -> tuple[Remedy, ...]:
    """What to try where training with this spec diverged, the likeliest to help first."""
    unscaled = not spec.data.standardise and _is_unscaled(spec)
    found = [_standardised(spec), _smaller_rate(spec)] if unscaled else [_smaller_rate(spec)]
    if isinstance(spec.optimizer, SGD | RMSprop) and spec.optimizer.momentum > 0:
        found.append(_less_momentum(spec, spec.optimizer))
    if spec.training.clip_norm is None or spec.training.clip_norm > 1:
        fix = Fix("Clip gradients at norm 1", _with_training(spec, clip_norm=1.0))
        found.append(Remedy("Clip gradients: a step that is too steep is shortened.", fix))
    if not spec.data.standardise and not unscaled:
        found.append(_standardised(spec))
    if isinstance(spec.optimizer, SGD):
        fix = Fix("Use Adam", spec.model_copy(update={"optimizer": Adam()}))
        found.append(Remedy("Try Adam, which gives every weight a step of a suitable size.", fix))
    if isinstance(spec.loss, MSE):
        fix = Fix("Use the Huber loss", spec.model_copy(update={"loss": Huber()}))
        found.append(Remedy("Try the Huber loss: large errors push it less.", fix))
    if isinstance(spec.schedule, Constant):
        fix = Fix("Use the one-cycle schedule", spec.model_copy(update={"schedule": OneCycle()}))
        found.append(Remedy("Try the one-cycle schedule, which starts with small steps.", fix))
    if layer_count(spec) > _DEEP and not any(isinstance(layer, BatchNorm) for _, layers in chains(spec) for layer in layers):
        found.append(_normalised(spec))
    return tuple(found)


def remaining(made_from: ExperimentSpec, spec: ExperimentSpec) -> tuple[tuple[str, Fix], ...]:
    """The remedies of a run made from one spec that can still be taken in another: message and edit of that other one. Of two that
    are taken one after the other, the second keeps the first."""
    titles = {remedy.fix.title for remedy in remedies(made_from) if remedy.fix}
    return tuple((remedy.message, remedy.fix) for remedy in remedies(spec) if remedy.fix and remedy.fix.title in titles)


def _is_unscaled(spec: ExperimentSpec) -> bool:
    """Whether it is the size of the features that makes steps too long, rather than the learning rate."""
    largest, usual = spec.data.largest_feature, type(spec.optimizer).model_fields["lr"].default
    return largest is not None and largest >= _UNSCALED and spec.optimizer.lr <= _FAR_ABOVE * usual


def _standardised(spec: ExperimentSpec) -> Remedy:
    reach = f"features reach {spec.data.largest_feature:,.4g}, and large ones" if _is_unscaled(spec) else "features of very different sizes"
    fix = Fix("Standardise the data", spec.model_copy(update={"data": spec.data.model_copy(update={"standardise": True})}))
    return Remedy(f"Standardise the data: {reach} make some steps far too long.", fix)


def _smaller_rate(spec: ExperimentSpec) -> Remedy:
    """A tenth of the learning rate, unless that is still far above what the optimizer starts with."""
    usual: float = type(spec.optimizer).model_fields["lr"].default
    times = spec.optimizer.lr / usual
    if times > _FAR_ABOVE:
        message = f"Go back to the usual learning rate of {spec.optimizer.title}, {usual:.4g}: this one is {times:,.0f} times larger."
        return Remedy(message, _with_rate(spec, usual))
    smaller = float(f"{spec.optimizer.lr / 10:.4g}")
    return Remedy(f"Try a learning rate ten times smaller: {smaller:.4g}.", _with_rate(spec, smaller))


def _with_rate(spec: ExperimentSpec, rate: float) -> Fix:
    return Fix(f"Use learning rate {rate:.4g}", _with_optimizer(spec, lr=rate))


def _less_momentum(spec: ExperimentSpec, optimizer: SGD | RMSprop) -> Remedy:
    """Half at most; and none in the place of less than that, which Nesterov's look ahead cannot do without."""
    longer = 1 / (1 - optimizer.momentum)
    message = f"Lower the momentum: {optimizer.momentum:g} makes steps up to {longer:.3g} times longer."
    if optimizer.momentum > 0.5:
        return Remedy(message, Fix("Use momentum 0.5", _with_optimizer(spec, momentum=0.5)))
    still = {"nesterov": False} if isinstance(optimizer, SGD) else {}
    return Remedy(message, Fix("Use no momentum", _with_optimizer(spec, momentum=0.0, **still)))


def _with_optimizer(spec: ExperimentSpec, **settings: float | bool) -> ExperimentSpec:
    optimizer: Optimizer = spec.optimizer
    return spec.model_copy(update={"optimizer": optimizer.model_copy(update=settings)})


def _with_training(spec: ExperimentSpec, **settings: float) -> ExperimentSpec:
    return spec.model_copy(update={"training": spec.training.model_copy(update=settings)})


def _normalised(spec: ExperimentSpec) -> Remedy:
    """Batch normalisation after every layer of weights but the last, in blocks too."""
    changed = spec.model_copy(update={"network": _with_batch_norm(spec.network, ends=True)})
    try:
        possible = layer_count(spec) < layer_count(parse_spec(changed.to_json()))
    except SpecError:  # one block or the network would have more layers than it may
        possible = False
    fix = Fix("Add batch normalisation", changed) if possible else None
    return Remedy("Put batch normalisation between the layers: it keeps their outputs in range.", fix)


def _with_batch_norm(layers: tuple[Layer, ...], ends: bool) -> tuple[Layer, ...]:
    """ends: the network ends with the last of these, whose outputs are the answer."""
    found: list[Layer] = []
    for index, layer in enumerate(layers, 1):
        last = ends and index == len(layers)
        if isinstance(layer, Residual):
            found.append(layer.model_copy(update={"layers": _with_batch_norm(layer.layers, last)}))
        elif isinstance(layer, Parallel):
            found.append(layer.model_copy(update={"branch": tuple(_with_batch_norm(branch, last) for branch in layer.branch)}))
        else:
            found.append(layer)
            if isinstance(layer, _WEIGHTED) and not last:
                found.append(BatchNorm())
    return tuple(found)
