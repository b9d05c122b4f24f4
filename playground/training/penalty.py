"""L1 and L2 penalties on the weights of single layers."""

from collections.abc import Callable, Iterator

from torch import Tensor, nn

from playground.catalog.layers import Layer, Weighted
from playground.network import module_name
from playground.paths import layers_in_order
from playground.spec import ExperimentSpec

LossFunction = Callable[[Tensor, Tensor], Tensor]


def penalized(spec: ExperimentSpec, model: nn.Module, loss_of: LossFunction) -> LossFunction:
    """What training minimizes: the loss, plus l1·Σ|w| + l2·Σw² over the weights of each layer with penalties.

    Biases are not penalized, nor are frozen weights. Progress reports this sum; evaluations report the loss alone, so that networks with
    and without penalties can be compared. If no layer has penalties, returns `loss_of` itself. model: from `build_model(spec)`."""
    terms = list(_terms(spec, model))
    if not terms:
        return loss_of
    absolute = [(weight, l1) for weight, l1, _ in terms if l1]
    squared = [(weight, l2) for weight, _, l2 in terms if l2]

    def with_penalty(outputs: Tensor, targets: Tensor) -> Tensor:
        objective = loss_of(outputs, targets)
        for weight, factor in absolute:
            objective = objective + factor * weight.abs().sum()
        for weight, factor in squared:
            objective = objective + factor * weight.square().sum()
        return objective

    return with_penalty


def has_penalties(spec: ExperimentSpec) -> bool:
    """Whether the loss of a batch includes penalties."""
    return any(_penalized(layer) for _, layer in layers_in_order(spec))


def _penalized(layer: Layer) -> bool:
    return isinstance(layer, Weighted) and bool(layer.l1 or layer.l2) and not layer.frozen


def _terms(spec: ExperimentSpec, model: nn.Module) -> Iterator[tuple[Tensor, float, float]]:
    """The penalized weights, with their factors for L1 and L2, including those inside blocks."""
    for path, layer in layers_in_order(spec):
        if isinstance(layer, Weighted) and _penalized(layer):
            yield model.get_submodule(module_name(path)).get_parameter("weight"), layer.l1, layer.l2
