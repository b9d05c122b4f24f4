"""What a layer makes of one input."""

from torch import Tensor, nn

from playground.explain.errors import ExplainError, unknown
from playground.explain.isolation import isolated, outputs_of, placed
from playground.explain.layers import watched


def feature_maps(model: nn.Module, x: Tensor, layer: str | int) -> Tensor:
    """x: (1, *shape) → what the layer gives for it: (channels, H, W) or (units,), on the CPU. The model is left as it is.

    layer: a module's name, as `layers(model, x)` lists them; for a model of `build_model` the number of the spec's layer.
    Raises: ExplainError if there is no such layer, or the network cannot take x."""
    if len(x) != 1:
        raise ExplainError(f"x: feature maps are of one example, (1, …), got {tuple(x.shape)}")
    twin = isolated(model)
    seen: dict[str, Tensor] = {}

    def keep(name: str, module: nn.Module, output: object) -> None:
        if isinstance(output, Tensor):
            seen[name] = output.detach()[0].clone().cpu()  # a copy at once: a module after it may work in place

    with watched(twin, keep):
        outputs_of(twin, placed(x, twin))
    name = str(layer)
    inner = [each for each in seen if each == name or each.startswith(f"{name}.")]  # a sequence gives what its last module gives
    if not name or not inner:
        raise unknown("layer", name, seen)
    return seen[inner[-1]]
