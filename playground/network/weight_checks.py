"""Known mistakes with first weights and with frozen layers."""

from collections.abc import Iterator

from playground.catalog.layers import (
    SELU,
    BatchNorm,
    Dropout,
    Dropout2d,
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
_TELL_UNITS_APART = (Dropout, Dropout2d, GaussianNoise)
_KEEP_SCALE = (Flatten, Identity, Dropout, Dropout2d)


def check_weights(spec: ExperimentSpec) -> list[Problem]:
    """What is known to go wrong before the first step."""
    found = [*_all_frozen(spec)]
    for place, layers in chains(spec):
        for index, layer in enumerate(layers):
            path = f"{place}[{index}]"
            if isinstance(layer, Weighted):
                found += _zeros(spec, path, layer, layers[index + 1 :]) or _alike(spec, path, layer, layers[index + 1 :])
            elif isinstance(layer, SELU):
                found += _selu(spec, place, index, layers)
    return found


def _all_frozen(spec: ExperimentSpec) -> Iterator[Problem]:
    layers = [(f"{place}[{index}]", layer) for place, chain in chains(spec) for index, layer in enumerate(chain)]
    own_weights = any(isinstance(layer, PReLU | Residual) for _, layer in layers)  # of a residual block: the way round
    held = [(path, layer) for path, layer in layers if isinstance(layer, Freezable)]
    if held and not own_weights and all(layer.frozen for _, layer in held):
        path, layer = held[-1]
        message = "Every layer with weights is frozen, so that there is nothing to learn"
        yield Problem(path, message, fix=replaced(spec, path, layer.model_copy(update={"frozen": False}), "Let this layer learn"))


def _zeros(spec: ExperimentSpec, path: str, layer: Weighted, after: tuple[Layer, ...]) -> list[Problem]:
    """PyTorch's ReLU has slope 0 at 0, so what begins with zeros before it stays there."""
    following = next((each for each in after if not isinstance(each, _KEEP_ZEROS)), None)
    zero = layer.init == "zeros" or (layer.init == "constant" and layer.init_value == 0)
    if not zero or not isinstance(following, ReLU):
        return []
    message = "All its weights begin at 0: the ReLU after it passes nothing on, and no gradient comes back, so that it never learns"
    return [_note(spec, path, message, layer)]


def _alike(spec: ExperimentSpec, path: str, layer: Weighted, after: tuple[Layer, ...]) -> list[Problem]:
    """Equal weights in two layers one after another: nothing ever makes one unit between them differ from another."""
    ahead = next((at for at, each in enumerate(after) if isinstance(each, Weighted)), None)
    if ahead is None or not _equal(layer) or not _equal(after[ahead]) or isinstance(layer, Output):
        return []
    if any(isinstance(each, _TELL_UNITS_APART) for each in after[:ahead]):
        return []
    message = "All its units begin alike, and as the next layer weighs them alike too, they stay so: they can do no more than one unit"
    return [_note(spec, path, message, layer)]


def _equal(layer: Layer) -> bool:
    return isinstance(layer, Weighted) and layer.init in ("zeros", "constant")


def _note(spec: ExperimentSpec, path: str, message: str, layer: Weighted) -> Problem:
    mended = layer.model_copy(update={"init": "default"})
    return Problem(path, message, severity="note", fix=replaced(spec, path, mended, "Draw its first weights by chance"))


def _selu(spec: ExperimentSpec, place: str, index: int, layers: tuple[Layer, ...]) -> list[Problem]:
    at = next((at for at in range(index - 1, -1, -1) if not isinstance(layers[at], _KEEP_SCALE)), None)
    before = None if at is None else layers[at]
    if not isinstance(before, Weighted) or before.init in ("lecun_normal", "orthogonal"):
        return []
    message = "SELU keeps mean 0 and variance 1 only if the layer before it begins with LeCun's weights"
    mended = before.model_copy(update={"init": "lecun_normal"})
    fix = replaced(spec, f"{place}[{at}]", mended, "Begin with LeCun's weights")
    return [Problem(f"{place}[{index}]", message, severity="note", fix=fix)]
