"""What to say when a loss is no longer a number."""

import math

from playground.catalog.layers import BatchNorm
from playground.catalog.losses import MSE
from playground.catalog.optimizers import SGD, RMSprop
from playground.catalog.schedules import Constant
from playground.spec import ExperimentSpec
from playground.training.events import Diverged

_FAR_ABOVE = 30
"""Times the optimizer's default learning rate: from there a tenth is no remedy."""


def diverged(spec: ExperimentSpec, step: int, loss: float, learning_rate: float, split: str = "training") -> Diverged:
    """The event, in plain words. learning_rate: of that very step; split: whose loss it was, "training" or "test"."""
    became = "was no longer a number" if math.isnan(loss) else "became infinite"
    message = f"The {split} loss ({spec.loss.title.lower()}) {became} at step {step:,}, with a learning rate of {learning_rate:.4g}."
    return Diverged(step, loss, learning_rate, message, _advice(spec))


def _advice(spec: ExperimentSpec) -> tuple[str, ...]:
    """What to try, the likeliest first."""
    advice = [_smaller_rate(spec)]
    if isinstance(spec.optimizer, SGD | RMSprop) and spec.optimizer.momentum > 0:
        longer = 1 / (1 - spec.optimizer.momentum)
        advice.append(f"Lower the momentum: {spec.optimizer.momentum:g} makes steps up to {longer:.3g} times longer.")
    if isinstance(spec.optimizer, SGD):
        advice.append("Try Adam, which gives every weight a step of a suitable size.")
    if isinstance(spec.loss, MSE):
        advice.append("Try the Huber loss: large errors push it less.")
    if isinstance(spec.schedule, Constant):
        advice.append("Try the one-cycle schedule, which starts with small steps.")
    if len(spec.network) > 6 and not any(isinstance(layer, BatchNorm) for layer in spec.network):
        advice.append("Put batch normalisation between the layers: it keeps their outputs in range.")
    return tuple(advice)


def _smaller_rate(spec: ExperimentSpec) -> str:
    """A tenth of the learning rate, unless that is still far above what the optimizer starts with."""
    usual: float = type(spec.optimizer).model_fields["lr"].default
    times = spec.optimizer.lr / usual
    if times > _FAR_ABOVE:
        return f"Go back to the usual learning rate of {spec.optimizer.title}, {usual:.4g}: this one is {times:,.0f} times larger."
    return f"Try a learning rate ten times smaller: {spec.optimizer.lr / 10:.4g}."
