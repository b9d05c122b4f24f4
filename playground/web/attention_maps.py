"""All attention maps of a network for one input, packed for the browser."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import torch
from torch import Tensor

from playground.explain import ExplainError
from playground.explain.attention import AttentionLayer, rollout, why_no_rollout
from playground.paths import item, numbered
from playground.web.attention_answers import prediction
from playground.web.attention_inputs import Given, InputError
from playground.web.networks import Network, NetworkError
from playground.web.reading import why_not_attention

MAX_WEIGHTS: Final = 8_000_000
"""All layers and heads of one input together: 16 MB in the browser."""
ONE: Final = 65535
"""The number that a weight of 1 is sent as."""


def packed(network: Network, given: Given) -> tuple[dict[str, Any], bytes]:
    """The prediction and all maps for an input: what describes them, ready for JSON, and their weights.

    {"layers": [{"path", "title", "heads", "causal", "steps", "marks", "grid"}, …], "rollout", "why_no_rollout", "prediction"}: steps is how
    many steps a map has, without padding; marks what each stands for, as `AttentionLayer.steps`. The weights, 0 to 1 as uint16 of 0 to ONE,
    little-endian: of each layer (heads, query, key), then (query, key) of the rollout if there is one.
    Raises: InputError if there would be too many; ExplainError if the network cannot take the input; NetworkError if it has diverged."""
    layers = network.attention_layers
    if not layers:
        raise NetworkError(f"There is no attention to look at in this network. {why_not_attention(network.run.spec) or ''}")
    check_size(network, given, layers)
    try:
        outputs, seen = network.attention.look(given.x)
    except ExplainError:
        length = network.run.spec.data.tensor.sizes[0]
        if given.tokens and len(given.tokens) < length:
            raise InputError(f"This network only takes sequences of {length} steps, and this one has {len(given.tokens)}.") from None
        raise
    said = prediction(network.run.spec, given, outputs)
    maps = [valid(seen[layer.path][0]) for layer in layers]
    reason = why_no_rollout(layers)
    together = rollout([weights[None] for weights in maps])[0] if reason is None else None
    header = {
        "layers": [_described(network, layer, weights) for layer, weights in zip(layers, maps, strict=True)],
        "rollout": together is not None,
        "why_no_rollout": reason,
        "prediction": said,
    }
    return header, b"".join(_bytes(weights) for weights in (*maps, *(() if together is None else (together,))))


def check_size(network: Network, given: Given, layers: Sequence[AttentionLayer]) -> None:
    """Raises: InputError if there are too many weights between the steps of this input to be looked at."""
    spec = network.run.spec
    missing = spec.data.tensor.size("length") - given.x.shape[1] if spec.data.tensor.has("length") else 0
    weights = sum(item(spec, layer.path).heads * max(1, layer.length - missing) ** 2 for layer in layers)
    if weights > MAX_WEIGHTS:
        longest = max(layer.length - missing for layer in layers)
        raise InputError(
            f"Too many to show: {weights:,} attention weights between up to {longest:,} steps, and at most {MAX_WEIGHTS:,} can be drawn. "
            "Use a shorter input, or data with a shorter window."
        )


def valid(weights: Tensor) -> Tensor:
    """(heads, L, L) → without the steps of padding, which attend to nothing."""
    steps = int((weights[0].sum(dim=-1) > 0.5).sum())
    return weights[:, :steps, :steps]


def _described(network: Network, layer: AttentionLayer, weights: Tensor) -> dict[str, Any]:
    spec, grid = network.run.spec, layer.grid
    declared = item(spec, layer.path)
    return {
        "path": layer.path,
        "title": f"{numbered(layer.path)} {declared.title}",
        "heads": weights.shape[0],
        "causal": not declared.sees_later_steps,
        "steps": weights.shape[1],
        "marks": list(layer.steps[: weights.shape[1]]),
        "grid": None if grid is None else {"rows": grid.rows, "columns": grid.columns, "height": grid.height, "width": grid.width},
    }


def _bytes(weights: Tensor) -> bytes:
    whole = (weights.clamp(0, 1) * ONE).round().to(torch.int32).numpy()
    return whole.astype(np.dtype("<u2")).tobytes()
