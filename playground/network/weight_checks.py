"""Known mistakes with initial weights, penalties on weights and frozen layers."""

from collections.abc import Iterator

from playground.catalog.layers import (
    SELU,
    BatchNorm,
    Dropout,
    Dropout2d,
    Features,
    Flatten,
    Freezable,
    GaussianNoise,
    GroupNorm,
    Identity,
    Layer,
    LayerNorm,
    Output,
    PReLU,
    ReLU,
    Residual,
    Weighted,
)  # fmt: skip
from playground.network.problems import Problem, replaced
from playground.paths import chains
from playground.spec import ExperimentSpec

_KEEP_ZEROS = (Dropout, Dropout2d, Flatten, Identity, BatchNorm, LayerNorm, GroupNorm)
_TELL_UNITS_APART = (Dropout, Dropout2d, Features, GaussianNoise)
_STRONG_PENALTY = 0.3
"""From this factor on, a penalty on weights is known to outweigh every loss of the catalog at usual sizes."""
_KEEP_SCALE = (Flatten, Identity, Dropout, Dropout2d)


def check_weights(spec: ExperimentSpec) -> list[Problem]:
    """What is known to go wrong whatever the data."""
    problems = [*_nothing_to_learn(spec)]
    for chain, layers in chains(spec):
        for index, layer in enumerate(layers):
            path = f"{chain}[{index}]"
            if isinstance(layer, Weighted):
                problems += _penalty(spec, path, layer)
                problems += _zeros(spec, path, layer, layers[index + 1 :]) or _alike(spec, path, layer, layers[index + 1 :])
            elif isinstance(layer, SELU):
                problems += _selu(spec, chain, index, layers)
    return problems


def _nothing_to_learn(spec: ExperimentSpec) -> Iterator[Problem]:
    layers = [(f"{path}[{index}]", layer) for path, chain in chains(spec) for index, layer in enumerate(chain)]
    own_weights = any(isinstance(layer, PReLU | Residual) for _, layer in layers)  # in a residual block: its shortcut
    freezable = [(path, layer) for path, layer in layers if isinstance(layer, Freezable)]
    if freezable and not own_weights and all(layer.frozen for _, layer in freezable):
        path, layer = freezable[-1]
        message = "Every layer with weights is frozen: there is nothing to learn"
        yield Problem(path, message, fix=replaced(spec, path, layer.model_copy(update={"frozen": False}), "Unfreeze this layer"))


def _penalty(spec: ExperimentSpec, path: str, layer: Weighted) -> Iterator[Problem]:
    for name, factor in (("l1", layer.l1), ("l2", layer.l2)):
        if factor >= _STRONG_PENALTY:
            message = f"{name.upper()} of {factor:g} outweighs the loss: the weights go to 0, and all inputs get nearly the same prediction"
            fix = replaced(spec, path, layer.model_copy(update={name: 0.001}), f"Use {name.upper()} of 0.001")
            yield Problem(path, message, severity="warning", fix=fix)


def _zeros(spec: ExperimentSpec, path: str, layer: Weighted, after: tuple[Layer, ...]) -> list[Problem]:
    """PyTorch's ReLU has gradient 0 at 0, so weights of 0 before it stay there."""
    following = next((other for other in after if not isinstance(other, _KEEP_ZEROS)), None)
    if not _is_zero(layer) or not isinstance(following, ReLU):
        return []
    message = "All its weights start at 0: the ReLU after it outputs only 0, the gradient is 0, and the layer never learns"
    return [_random_instead(spec, path, message, layer)]


def _alike(spec: ExperimentSpec, path: str, layer: Weighted, after: tuple[Layer, ...]) -> list[Problem]:
    """Equal weights in two consecutive layers: the units between them never become different."""
    ahead = next((at for at, other in enumerate(after) if isinstance(other, Weighted)), None)
    if ahead is None or not _equal(layer) or not _equal(after[ahead]) or isinstance(layer, Output):
        return []
    if any(isinstance(other, _TELL_UNITS_APART) for other in after[:ahead]):
        return []
    message = "All its units start equal, and the next layer weights them equally: they stay equal and can do no more than one unit"
    return [_random_instead(spec, path, message, layer)]


def _equal(layer: Layer) -> bool:
    return isinstance(layer, Weighted) and (layer.init in ("zeros", "constant") or _is_zero(layer))


def _is_zero(layer: Weighted) -> bool:
    return layer.init == "zeros" or (layer.init in ("constant", "normal", "uniform") and layer.init_value == 0)


def _random_instead(spec: ExperimentSpec, path: str, message: str, layer: Weighted) -> Problem:
    random = layer.model_copy(update={"init": "default"})
    return Problem(path, message, severity="warning", fix=replaced(spec, path, random, "Initialize its weights at random"))


def _selu(spec: ExperimentSpec, chain: str, index: int, layers: tuple[Layer, ...]) -> list[Problem]:
    at = next((at for at in range(index - 1, -1, -1) if not isinstance(layers[at], _KEEP_SCALE)), None)
    before = None if at is None else layers[at]
    if not isinstance(before, Weighted) or before.init in ("lecun_normal", "orthogonal"):
        return []
    message = "SELU keeps mean 0 and variance 1 only if the layer before it has LeCun initialization"
    changed = before.model_copy(update={"init": "lecun_normal"})
    fix = replaced(spec, f"{chain}[{at}]", changed, "Use LeCun initialization")
    return [Problem(f"{chain}[{index}]", message, severity="note", fix=fix)]
