"""Attention beside an attribution of the same input, ready for JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any, Final

from torch import Tensor

from playground.catalog.layers import SequencePool
from playground.catalog.layers.base import ADDED
from playground.explain import METHODS, Method, Occlusion, baseline_titles
from playground.explain.attention import AttentionLayer, rollout, why_no_rollout
from playground.explain.beside_attention import beside_attention
from playground.paths import item, levels
from playground.spec import ExperimentSpec
from playground.web.attention_arithmetic import rounded
from playground.web.attention_inputs import Given, InputError
from playground.web.attention_maps import check_size, valid
from playground.web.explanations import explained
from playground.web.networks import Network

ROLLOUT: Final = "rollout"
"""Stands for the path of a layer: all of them together."""
MOST_CLASSES: Final = 200
"""Beyond these, classes cannot be picked."""
_DEFAULT: Final = "integrated_gradients"


def beside(network: Network, given: Given, message: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """message: {"layer": path or "rollout", "head": index, "token": index of the step that attends or null, "method": kind, "target": index
    of a class or a value, or null for the predicted one}.

    {"layer", "head", "from", "answer", "parts", "attention", "attribution", "elsewhere", "correlation", "grid", "method", "methods":
    [[kind, title], …], "signed", "target", "classes", "delta", "seconds"}: from: the step whose attention is shown, null for the mean of
    all; answer: in tasks with an answer at every step, the step whose answer is explained. parts: which tokens, or boxes of the grid, the
    numbers of attention and attribution belong to. The rest is that of `BesideAttention` and `Attribution`.
    Raises: InputError, ExplainError, or DataError if the method needs training data that cannot be loaded."""
    path, head, token, target = (message.get(name) for name in ("layer", "head", "token", "target"))
    layers = [layer for layer in network.attention_layers if path in (ROLLOUT, layer.path)]
    if not layers or type(head) is not int:
        raise InputError("Choose a layer and a head.", empty=True)
    if not all(number is None or type(number) is int for number in (token, target)):
        raise InputError("token and target: must be null or a number")
    spec, last = network.run.spec, layers[-1]
    check_size(network, given, layers)
    weights = _weights(network, given, layers, head, path == ROLLOUT)
    chosen = token if token is not None and 0 <= token < len(weights) else None
    answer = (len(weights) - 1 if chosen is None else chosen) if spec.data.task.per_step else None
    read = answer if answer is not None else _read(spec, last, len(weights)) if chosen is None else chosen
    if read is not None and not any(item(spec, layer.path).sees_later_steps for layer in layers):
        weights = weights[: read + 1, : read + 1]  # what comes later has neither attention nor attribution
    kinds = [kind for kind in METHODS if kind.applies_to(network.run.model) is None]
    method = _method(network, last, kinds, message.get("method"))
    index = _predicted(network, given, answer) if target is None else target
    attribution = explained(network, given.x, method, index, answer)
    found = beside_attention(weights, last.steps, attribution.values, last.grid, read)
    parts = sorted({step for step in last.steps[: len(weights)] if step != ADDED})
    said = {
        "layer": path,
        "head": head,
        "from": read,
        "answer": answer,
        "parts": parts,
        "attention": [rounded(value) for value in found.attention[parts].tolist()],
        "attribution": [rounded(value) for value in found.attribution[parts].tolist()],
        "elsewhere": rounded(found.elsewhere),
        "correlation": None if found.correlation is None else rounded(found.correlation),
        "grid": None if last.grid is None else asdict(last.grid),
        "method": method.kind,
        "methods": [[kind.name(), kind.title] for kind in kinds],
        "signed": method.signed,
        "target": index,
        "classes": list(spec.data.classes[:MOST_CLASSES]),
        "delta": None if attribution.delta is None else rounded(attribution.delta),
        "seconds": rounded(attribution.seconds),
    }
    return said, b""


def _weights(network: Network, given: Given, layers: Sequence[AttentionLayer], head: int, together: bool) -> Tensor:
    """(query, key), between the valid steps: of a head, or of the rollout of all layers."""
    _, seen = network.attention.look(given.x)
    maps = [valid(seen[layer.path][0]) for layer in layers]
    if not together:
        if not 0 <= head < len(maps[0]):
            raise InputError(f"head: must be from 0 to {len(maps[0]) - 1}, got {head}")
        return maps[0][head]
    reason = why_no_rollout(layers)
    if reason is not None:
        raise InputError(reason)
    return rollout([weights[None] for weights in maps])[0]


def _read(spec: ExperimentSpec, layer: AttentionLayer, steps: int) -> int | None:
    """The step that the network goes on with after this layer; None if it takes all of them."""
    after = spec.network[levels(layer.path)[0][1] + 1 :]
    how = next((each.how for each in after if isinstance(each, SequencePool)), "mean")
    return {"first": 0, "last": steps - 1}.get(how)


def _predicted(network: Network, given: Given, step: int | None) -> int:
    """The class with the largest share, at this step if there are answers at all of them; the first of several values."""
    shares = network.run.probabilities(given.x)[0]
    return int((shares if step is None else shares[step]).argmax()) if network.run.classes else 0


def _method(network: Network, layer: AttentionLayer, kinds: Sequence[type[Method]], name: object) -> Method:
    """The method with usual settings; occlusion covers an image box by box."""
    data = network.run.spec.data
    kind = next((each for each in kinds if each.name() == name), METHODS[_DEFAULT])
    method = kind.usual(data.tensor.size("length") if data.tensor.has("length") else None)
    if isinstance(method, Occlusion) and layer.grid is not None:
        side = max(1, round(data.tensor.size("height") * layer.grid.height / layer.grid.rows))
        method = Occlusion(window=side, stride=side)
    baseline = next(iter(baseline_titles(data.encoding)))
    return method.model_copy(update={"baseline": baseline}) if "baseline" in kind.model_fields else method
