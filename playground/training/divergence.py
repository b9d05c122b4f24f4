"""Messages for a loss that diverges, and what to try."""

import math
from dataclasses import dataclass

from playground.catalog.layers import BatchNorm, Conv1d, Conv2d, ConvTranspose2d, Dense, Layer, Parallel, Residual
from playground.catalog.losses import MSE, Huber
from playground.catalog.optimizers import SGD, Adam, Optimizer, RMSprop
from playground.catalog.schedules import Constant, OneCycle
from playground.network import Fix, trace
from playground.network.formula_checks import check_formulas
from playground.parsing import parse_spec
from playground.paths import chains, layer_count
from playground.spec import ExperimentSpec, SpecError
from playground.training.divergence_watch import TIMES
from playground.training.events import Diverged

RUNAWAY = f"more than {TIMES:,} times the loss at the start and that of the best constant prediction"
_FAR_ABOVE = 30
"""From this multiple of the optimizer's default learning rate on, a tenth of it is still too much."""
_UNSCALED = 10
"""Features of this size that are not standardized make the steps of their weights a hundred times too long."""
_DEEP = 6
"""Number of layers above which keeping their outputs in range helps."""
_WEIGHTED = (Dense, Conv1d, Conv2d, ConvTranspose2d)


@dataclass(frozen=True)
class Suggestion:
    """What to try, and the edit that does it; None if it needs a decision by the user."""

    message: str
    fix: Fix | None = None


def diverged(spec: ExperimentSpec, step: int, loss: float, learning_rate: float, split: str = "training") -> Diverged:
    """The event for a loss that is not finite. learning_rate: of that step; split: whose loss it was, "training" or "test"."""
    became = "was no longer a number" if math.isnan(loss) else "became infinite"
    message = f"The {split} loss ({spec.loss.spoken()}) {became} at step {step:,}, with a learning rate of {learning_rate:.4g}."
    return Diverged(step, loss, learning_rate, message, tuple(suggestion.message for suggestion in suggestions(spec)))


def diverging(spec: ExperimentSpec, step: int, loss: float, learning_rate: float) -> Diverged:
    """The event at the end of a run whose loss is finite but far above that of its start."""
    message = (
        f"The training loss ({spec.loss.spoken()}) has grown to {loss:.3g} at step {step:,}, with a learning rate of {learning_rate:.4g}: "
        f"{RUNAWAY}."
    )
    return Diverged(step, loss, learning_rate, message, tuple(suggestion.message for suggestion in suggestions(spec)))


def suggestions(spec: ExperimentSpec) -> tuple[Suggestion, ...]:
    """What to try if training with this spec diverged, the most likely to help first."""
    unscaled = not spec.data.standardise and _is_unscaled(spec)
    suggestions = [*_formulas(spec), *([_standardized(spec)] if unscaled else []), _smaller_rate(spec)]
    if isinstance(spec.optimizer, SGD | RMSprop) and spec.optimizer.momentum > 0:
        suggestions.append(_less_momentum(spec, spec.optimizer))
    if spec.training.clip_norm is None or spec.training.clip_norm > 1:
        fix = Fix("Clip gradients at norm 1", _with_training(spec, clip_norm=1.0))
        suggestions.append(Suggestion("Clip gradients, so that no step gets too long.", fix))
    if not spec.data.standardise and not unscaled:
        suggestions.append(_standardized(spec))
    if isinstance(spec.optimizer, SGD):
        fix = Fix("Use Adam", spec.model_copy(update={"optimizer": Adam()}))
        suggestions.append(Suggestion("Try Adam, which adapts the step size of every weight.", fix))
    if isinstance(spec.loss, MSE):
        fix = Fix("Use the Huber loss", spec.model_copy(update={"loss": Huber()}))
        suggestions.append(Suggestion("Try the Huber loss, which is less sensitive to large errors.", fix))
    if isinstance(spec.schedule, Constant):
        fix = Fix("Use the one-cycle schedule", spec.model_copy(update={"schedule": OneCycle()}))
        suggestions.append(Suggestion("Try the one-cycle schedule, which starts with small steps.", fix))
    if layer_count(spec) > _DEEP and not any(isinstance(layer, BatchNorm) for _, layers in chains(spec) for layer in layers):
        suggestions.append(_normalized(spec))
    return tuple(suggestions)


def remaining(made_from: ExperimentSpec, spec: ExperimentSpec) -> tuple[tuple[str, Fix], ...]:
    """The suggestions for a run of the spec `made_from` that still apply to `spec`: messages, and edits of `spec`. Applying one keeps those
    applied before."""
    titles = {suggestion.fix.title for suggestion in suggestions(made_from) if suggestion.fix}
    return tuple(
        (suggestion.message, suggestion.fix) for suggestion in suggestions(spec) if suggestion.fix and suggestion.fix.title in titles
    )


def _formulas(spec: ExperimentSpec) -> list[Suggestion]:
    """Formulas that are not numbers for some inputs, whatever the learning rate."""
    return [Suggestion(f"Change a formula: {problem.message}.", problem.fix) for problem in check_formulas(spec, trace(spec).in_order())]


def _is_unscaled(spec: ExperimentSpec) -> bool:
    """Whether steps are too long because of the size of the features rather than the learning rate."""
    largest, usual = spec.data.largest_feature, type(spec.optimizer).model_fields["lr"].default
    return largest is not None and largest >= _UNSCALED and spec.optimizer.lr <= _FAR_ABOVE * usual


def _standardized(spec: ExperimentSpec) -> Suggestion:
    reach = (
        f"features reach {spec.data.largest_feature:,.4g}, and large features" if _is_unscaled(spec) else "features of very different sizes"
    )
    fix = Fix("Standardize the data", spec.model_copy(update={"data": spec.data.model_copy(update={"standardise": True})}))
    return Suggestion(f"Standardize the data: {reach} make some steps much too long.", fix)


def _smaller_rate(spec: ExperimentSpec) -> Suggestion:
    """A tenth of the learning rate, unless that is still far above the optimizer's default."""
    usual: float = type(spec.optimizer).model_fields["lr"].default
    times = spec.optimizer.lr / usual
    if times > _FAR_ABOVE:
        message = f"Return to the usual learning rate of {spec.optimizer.title}, {usual:.4g}: this one is {times:,.0f} times larger."
        return Suggestion(message, _with_rate(spec, usual))
    smaller = float(f"{spec.optimizer.lr / 10:.4g}")
    return Suggestion(f"Try a learning rate ten times smaller: {smaller:.4g}.", _with_rate(spec, smaller))


def _with_rate(spec: ExperimentSpec, rate: float) -> Fix:
    return Fix(f"Use learning rate {rate:.4g}", _with_optimizer(spec, lr=rate))


def _less_momentum(spec: ExperimentSpec, optimizer: SGD | RMSprop) -> Suggestion:
    """Suggests momentum 0.5, or none if it is not larger than that; without momentum, Nesterov's variant is turned off."""
    longer = 1 / (1 - optimizer.momentum)
    message = f"Lower the momentum: {optimizer.momentum:g} makes steps up to {longer:.3g} times longer."
    if optimizer.momentum > 0.5:
        return Suggestion(message, Fix("Use momentum 0.5", _with_optimizer(spec, momentum=0.5)))
    nesterov = {"nesterov": False} if isinstance(optimizer, SGD) else {}
    return Suggestion(message, Fix("Use no momentum", _with_optimizer(spec, momentum=0.0, **nesterov)))


def _with_optimizer(spec: ExperimentSpec, **settings: float | bool) -> ExperimentSpec:
    optimizer: Optimizer = spec.optimizer
    return spec.model_copy(update={"optimizer": optimizer.model_copy(update=settings)})


def _with_training(spec: ExperimentSpec, **settings: float) -> ExperimentSpec:
    return spec.model_copy(update={"training": spec.training.model_copy(update=settings)})


def _normalized(spec: ExperimentSpec) -> Suggestion:
    """Batch normalization after every layer with weights except the last, also in blocks."""
    changed = spec.model_copy(update={"network": _with_batch_norm(spec.network, ends=True)})
    try:
        possible = layer_count(spec) < layer_count(parse_spec(changed.to_json()))
    except SpecError:  # the network or a block would have too many layers
        possible = False
    fix = Fix("Add batch normalization", changed) if possible else None
    return Suggestion("Add batch normalization between layers, which keeps their outputs in range.", fix)


def _with_batch_norm(layers: tuple[Layer, ...], ends: bool) -> tuple[Layer, ...]:
    """ends: whether the last of these layers is the last of the network."""
    chain: list[Layer] = []
    for index, layer in enumerate(layers, 1):
        last = ends and index == len(layers)
        if isinstance(layer, Residual):
            chain.append(layer.model_copy(update={"layers": _with_batch_norm(layer.layers, last)}))
        elif isinstance(layer, Parallel):
            chain.append(layer.model_copy(update={"branch": tuple(_with_batch_norm(branch, last) for branch in layer.branch)}))
        else:
            chain.append(layer)
            if isinstance(layer, _WEIGHTED) and not last:
                chain.append(BatchNorm())
    return tuple(chain)
