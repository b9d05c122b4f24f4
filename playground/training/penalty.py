"""L1 and L2 penalties on the weights of single layers."""

from collections.abc import Callable, Iterator, Sequence

from torch import Tensor, nn

from playground.catalog.layers import Layer, Weighted
from playground.catalog.layers.block_modules import ParallelBlock, ResidualBlock
from playground.spec import ExperimentSpec

LossFunction = Callable[[Tensor, Tensor], Tensor]


def penalized(spec: ExperimentSpec, model: nn.Module, loss_of: LossFunction) -> LossFunction:
    """What training minimizes: the loss, plus l1·Σ|w| + l2·Σw² over the weights of each layer with penalties.

    Biases are not penalized, nor are frozen weights. Progress reports this sum; evaluations report the loss alone, so that networks with
    and without penalties can be compared. If no layer has penalties, returns `loss_of` itself. model: from `build_model(spec)`."""
    terms = list(_terms(spec.network, model))
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


def _terms(layers: Sequence[Layer], chain: nn.Module) -> Iterator[tuple[Tensor, float, float]]:
    """The penalized weights, with their factors for L1 and L2, including those inside blocks."""
    for layer, module in zip(layers, chain.children(), strict=True):
        if isinstance(layer, Weighted) and (layer.l1 or layer.l2) and not layer.frozen:
            yield module.get_parameter("weight"), layer.l1, layer.l2
        for (_, branch), inner in zip(layer.branches(), _inside(module), strict=True):
            yield from _terms(branch, inner)


def _inside(module: nn.Module) -> list[nn.Module]:
    """The chains in a block's module, in the order of its layer's `branches()`."""
    match module:
        case ResidualBlock():
            return [module.body]
        case ParallelBlock():
            return list(module.branches)
    return []
