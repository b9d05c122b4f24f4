"""Answers about cut heads on the Attention page, ready for JSON: the prediction without them, and what they are worth on test examples."""

from collections.abc import Mapping
from typing import Any, Final

from playground.explain import observe
from playground.explain.cut_effects import WHOLE, Cut, CutEffects
from playground.explain.heads import Head, without_heads
from playground.paths import item, numbered
from playground.training import declarations
from playground.web import head_effects
from playground.web.attention_answers import prediction
from playground.web.attention_inputs import Given, InputError
from playground.web.networks import Network

MOST_HEADS: Final = 4096
_MOST_CHARACTERS: Final = 200
"""Characters of a path, or of the name of a visitor."""


def cut(network: Network, given: Given, message: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """The predictions for an input, of the network as it is and without heads. message: {"heads": [[path, index], …]}.

    {"before", "after"}, each as `attention_answers.prediction`.
    Raises: InputError if the heads are invalid; ExplainError if the network has no such heads or cannot take the input; NetworkError."""
    heads = _heads(message.get("heads"))
    spec, model = network.run.spec, network.run.model
    last = f"network[{len(spec.network) - 1}]"
    before, after = (prediction(spec, given, observe(each, given.x, last)) for each in (model, without_heads(model, heads)))
    return {"before": before, "after": after}, b""


def worth(network: Network, _: Given, message: Mapping[str, Any]) -> tuple[dict[str, Any], bytes]:
    """What heads are worth on test examples. message: {"who", "heads", "key"}: who asks, for whom only the newest measurement goes on;
    heads to cut together, or null to cut each one alone; key of a measurement in progress, null to start one with the current weights, or
    false to stop. "poll", a number, is sent back.

    {"key", "poll", "share", "examples", "of", "metrics", "cuts"}: share is null when it is done; metrics: those that are measured; cuts:
    [{"heads": [[path, index], …], "title", "metrics": {name: value or null}}, …], the network as it is first. Without "cuts" it is in
    progress; without a key it was stopped or lost.
    Raises: as `cut`, and DataError if the test examples cannot be loaded."""
    who, key = message.get("who"), message.get("key")
    if not isinstance(who, str) or not 1 <= len(who) <= _MOST_CHARACTERS:
        raise InputError("who: must be a text")
    poll = message.get("poll")
    said: dict[str, Any] = {"key": None, "share": None, "poll": poll if type(poll) is int else 0}
    if key is False:
        head_effects.stop(who)
        return said, b""
    if isinstance(key, str):
        measured = head_effects.follow(who, key)
    else:
        asked = message.get("heads")
        measured = head_effects.measure(who, network, None if asked is None else _heads(asked))
    if measured.effects is not None:
        said |= {"key": measured.key} | _described(network, measured.effects)
    elif measured.share is not None:
        said |= {"key": measured.key, "share": round(measured.share, 4)}
    return said, b""


def _described(network: Network, effects: CutEffects) -> dict[str, Any]:
    declared = [metric for metric in declarations(network.run.spec).metrics if metric.name in effects.metrics[WHOLE]]
    order = sorted(effects.metrics, key=lambda heads: (len(heads), sorted(heads)))
    return {
        "examples": effects.examples,
        "of": effects.of,
        "metrics": [{"name": metric.name, "title": metric.title, "format": metric.format, "better": metric.better} for metric in declared],
        "cuts": [
            {
                "heads": [[head.path, head.index] for head in sorted(heads)],
                "title": ", ".join(title(network, head) for head in sorted(heads)),
                "metrics": {name: _finite(value) for name, value in effects.metrics[heads].items()},
            }
            for heads in order
        ],
    }


def title(network: Network, head: Head) -> str:
    """Such as "3 Transformer block, head 1", numbered as in the editor."""
    return f"{numbered(head.path)} {item(network.run.spec, head.path).title}, head {head.index + 1}"


def _heads(asked: object) -> Cut:
    """Raises: InputError."""
    if not isinstance(asked, list) or len(asked) > MOST_HEADS:
        raise InputError(f"heads: must be a list of at most {MOST_HEADS} heads")
    heads = set()
    for pair in asked:
        match pair:
            case [str(path), int(index)] if len(path) <= _MOST_CHARACTERS and type(index) is int:
                heads.add(Head(path, index))
            case _:
                raise InputError("heads: each must be the path of a layer and a number")
    return frozenset(heads)


def _finite(value: float) -> float | None:
    return value if abs(value) < float("inf") else None
