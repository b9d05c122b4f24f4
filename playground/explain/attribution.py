"""Attributions: how much each input value contributed to an output, by a method of the registry."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor, nn

from playground.explain.base import Attribution, Method, Question
from playground.explain.baselines import custom_baseline, make_baseline
from playground.explain.errors import ExplainError, unknown
from playground.explain.isolation import gradients, isolated, outputs_of, placed
from playground.explain.layers import gradient_bytes
from playground.explain.methods import METHODS
from playground.network import examples_at_once

_MAX_EXAMPLES = 256
_AT_ONCE = 64
"""Inputs in one pass through the network at most, where memory allows that many."""


def attribute(
    model: nn.Module,
    x: Tensor,
    method: str | Method = "integrated_gradients",
    target: int | Sequence[int] | None = None,
    *,
    mean: Tensor | None = None,
    scaled: Callable[[Tensor], Tensor] | None = None,
    **settings: Any,
) -> Attribution:
    """How much each value of x contributes to an output of the model. The model is left unchanged.

    x: (N, *shape), at most 256 examples, encoded as the model takes them. method: a kind of `METHODS`, with its settings as keywords, or
    a `Method`. target: index of the output, one for all examples or one per example; None for the output with the largest value of each
    example. mean: (*shape) of the training set, for the baseline "mean"; `baseline` may also be a tensor.
    scaled: values in [0, 1] → what the model takes, where examples are standardized: `dataset.scaled`, so that a black baseline is black.
    Only as many inputs go through the network together as the memory for one pass allows.
    Raises: ExplainError if the method or a setting is unknown or out of range, the target is not an output, or x does not fit the model."""
    started = time.perf_counter()
    custom = settings.pop("baseline") if isinstance(settings.get("baseline"), Tensor) else None
    chosen = _method(method, settings)
    reason = chosen.applies_to(model)
    if reason is not None:
        raise ExplainError(f"method: {reason}")
    twin = isolated(model)
    with gradients():
        inputs = placed(x, twin)
        if len(inputs) > _MAX_EXAMPLES:
            raise ExplainError(f"x: at most {_MAX_EXAMPLES} examples at once, got {len(inputs)}")
        at_once = examples_at_once(gradient_bytes(twin, inputs[:1]), _AT_ONCE)
        outputs = torch.cat([outputs_of(twin, part) for part in torch.split(inputs, at_once)])
        targets = _targets(target, outputs)
        baseline = _baseline(chosen, inputs, custom, mean, scaled)
        parts = [slice(start, start + at_once) for start in range(0, len(inputs), at_once)]
        answers = [
            chosen.answer(
                Question(twin, inputs[part].clone().requires_grad_(), targets[part], None if baseline is None else baseline[part], at_once)
            )
            for part in parts
        ]
    deltas = [delta for answer in answers if answer.deltas is not None for delta in answer.deltas.tolist()]
    return Attribution(
        values=torch.cat([answer.values.detach() for answer in answers]).to(x.device, x.dtype),
        delta=max(deltas, key=abs, default=None),
        method=chosen.kind,
        targets=tuple(targets.tolist()),
        outputs=tuple(outputs.gather(1, targets[:, None])[:, 0].tolist()),
        seconds=time.perf_counter() - started,
        settings=chosen,
    )


def _method(method: str | Method, settings: dict[str, Any]) -> Method:
    if isinstance(method, Method):
        return _built(type(method), {**method.model_dump(), **settings}) if settings else method
    if method not in METHODS:
        raise unknown("method", method, METHODS.kinds())
    return _built(METHODS[method], settings)


def _built(kind: type[Method], settings: dict[str, Any]) -> Method:
    try:
        return kind(**settings)
    except ValidationError as error:
        from playground.catalog.messages import explain

        raise ExplainError(
            "; ".join(explain(details, kind).removeprefix("spec: ") for details in error.errors(include_url=False))
        ) from None


def _targets(target: int | Sequence[int] | None, outputs: Tensor) -> Tensor:
    if target is None:
        return outputs.argmax(dim=1)
    indices = [target] * len(outputs) if isinstance(target, int) else list(target)
    if len(indices) != len(outputs):
        raise ExplainError(f"target: must be one for all {len(outputs)} examples or one for each, got {len(indices)}")
    for index in indices:
        if isinstance(index, bool) or not 0 <= index < outputs.shape[1]:
            raise ExplainError(f"target: must be an output between 0 and {outputs.shape[1] - 1}, got {index}")
    return torch.tensor(indices, device=outputs.device)


def _baseline(
    method: Method, x: Tensor, custom: Tensor | None, mean: Tensor | None, scaled: Callable[[Tensor], Tensor] | None
) -> Tensor | None:
    name = getattr(method, "baseline", None)
    if custom is not None:
        if name is None:
            raise ExplainError(f"baseline: {method.title} takes no baseline; remove it")
        return custom_baseline(custom, x)
    return None if name is None else make_baseline(name, x, mean, scaled=scaled)
