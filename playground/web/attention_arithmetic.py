"""The arithmetic of one token in one head, ready for JSON."""

from collections.abc import Mapping
from typing import Any, Final

import torch
from torch import Tensor

from playground.explain.head_arithmetic import head_arithmetic
from playground.explain.heads import Head
from playground.web.attention_inputs import Given, InputError
from playground.web.attention_maps import check_size
from playground.web.networks import Network

MOST_TOKENS: Final = 64
"""Of a longer sequence, those with the largest weights are listed."""
MOST_VECTORS: Final = 8_000
"""Numbers in all keys and values together; tokens with small weights go without theirs."""
MOST_NUMBERS: Final = 512
"""Numbers of one vector."""
_DIGITS: Final = 6


def arithmetic(network: Network, given: Given, message: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """message: {"layer": path, "head": index, "token": index of the step that attends}.

    {"layer", "head", "token", "size", "query", "scale", "causal", "rotary", "hidden", "steps", "highest", "total", "listed", "sum",
    "output"}: size: numbers in a query; hidden: how many of the valid `steps` the mask hides; highest: of the scores, which the softmax
    subtracts before it raises e to their power; total: the sum it divides by. listed: [{"token", "product", "score", "seen", "exponential",
    "weight", "key", "value"}, …], in the order of the sequence, without key and value where these would be too many.
    Raises: InputError, or ExplainError if there is no such head or step, or the network cannot take the input."""
    path, index, step = (message.get(name) for name in ("layer", "head", "token"))
    if not isinstance(path, str) or type(index) is not int or type(step) is not int:
        raise InputError("Choose a layer, a head and a token.", empty=True)
    check_size(network, given, network.attention_layers)
    found = head_arithmetic(network.run.model, given.x, Head(path, index), step)
    valid = torch.nonzero(found.valid)[:, 0]
    listed = valid[torch.argsort(found.weights[valid], descending=True, stable=True)][:MOST_TOKENS].tolist()
    with_vectors = set(listed[: max(1, MOST_VECTORS // (2 * len(found.query)))])
    said = {
        "layer": path,
        "head": index,
        "token": step,
        "size": len(found.query),
        "query": _numbers(found.query),
        "scale": rounded(found.scale),
        "causal": found.causal,
        "rotary": found.rotary,
        "steps": len(valid),
        "hidden": len(valid) - int(found.seen.sum()),
        "highest": rounded(float(found.scores[found.seen].max())),
        "total": rounded(float(found.exponentials.sum())),
        "listed": [
            {
                "token": other,
                "product": rounded(float(found.products[other])),
                "score": rounded(float(found.scores[other])),
                "seen": bool(found.seen[other]),
                "exponential": rounded(float(found.exponentials[other])),
                "weight": rounded(float(found.weights[other])),
            }
            | ({"key": _numbers(found.keys[other]), "value": _numbers(found.values[other])} if other in with_vectors else {})
            for other in sorted(listed)
        ],
        "sum": _numbers(found.sum),
        "output": _numbers(found.output),
    }
    return said, b""


def _numbers(vector: Tensor) -> list[float]:
    return [rounded(value) for value in vector[:MOST_NUMBERS].tolist()]


def rounded(value: float) -> float:
    """As many digits as are ever shown."""
    return float(f"{value:.{_DIGITS}g}")
