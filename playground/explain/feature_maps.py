"""The output of a layer for one input."""

from torch import Tensor, nn

from playground.explain.errors import ExplainError, unknown
from playground.explain.isolation import isolated, outputs_of, placed
from playground.explain.layers import watched


def feature_maps(model: nn.Module, x: Tensor, layer: str | int) -> Tensor:
    """x: (1, *shape) → the output of the layer for x: (channels, H, W), (units,) or, of a
    sequence, (L, features), on the CPU. The model is left unchanged.

    layer: a module's name, as in `layers(model, x)`; for a model of `build_model`, the index of the layer in the spec.
    Raises: ExplainError if there is no such layer, or the network cannot take x."""
    if len(x) != 1:
        raise ExplainError(f"x: feature maps are of one example, (1, …), got {tuple(x.shape)}")
    twin, wanted = isolated(model), str(layer)
    names: list[str] = []
    maps: Tensor | None = None

    def keep(name: str, module: nn.Module, output: object) -> None:
        nonlocal maps
        if isinstance(output, Tensor):
            names.append(name)
            if wanted and (name == wanted or name.startswith(f"{wanted}.")):  # a sequence outputs what its last module outputs
                maps = output.detach()[0].clone().cpu()  # a copy at once: the next module may work in place

    with watched(twin, keep):
        outputs_of(twin, placed(x, twin))
    if maps is None:
        raise unknown("layer", wanted, names)
    return maps
