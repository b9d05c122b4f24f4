"""Asking why: one question, one method, one answer."""

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
from playground.explain.methods import METHODS

_MAX_EXAMPLES = 256


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
    """How much each number of x speaks for an output of the model, which stays as it is.

    x: (N, *shape), at most 256 examples, as the model takes them. method: a kind of `METHODS` with its settings as keywords, or
    a method with its settings in it. target: number of the output, one for all or one an example; None for each example's own
    answer. mean: (*shape) of the training set, for the baseline "mean"; `baseline` may also be a tensor of its own.
    scaled: numbers in [0, 1] → what the model takes, where examples are standardised: `dataset.scaled`. Then a black baseline is black.
    Raises: ExplainError if the method or a setting is unknown or out of range, the target is no output, or x does not fit the model."""
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
        outputs = outputs_of(twin, inputs)
        targets = _targets(target, outputs)
        question = Question(twin, inputs.requires_grad_(), targets, _baseline(chosen, inputs.detach(), custom, mean, scaled))
        answer = chosen.answer(question)
    delta = None if answer.deltas is None else float(max(answer.deltas.tolist(), key=abs))
    return Attribution(
        values=answer.values.detach().to(x.device, x.dtype),
        delta=delta,
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
    given = [target] * len(outputs) if isinstance(target, int) else list(target)
    if len(given) != len(outputs):
        raise ExplainError(f"target: must be one for all {len(outputs)} examples or one for each, got {len(given)}")
    for each in given:
        if isinstance(each, bool) or not 0 <= each < outputs.shape[1]:
            raise ExplainError(f"target: must be an output between 0 and {outputs.shape[1] - 1}, got {each}")
    return torch.tensor(given, device=outputs.device)


def _baseline(
    method: Method, x: Tensor, custom: Tensor | None, mean: Tensor | None, scaled: Callable[[Tensor], Tensor] | None
) -> Tensor | None:
    name = getattr(method, "baseline", None)
    if custom is not None:
        if name is None:
            raise ExplainError(f"baseline: {method.title} takes none; remove it")
        return custom_baseline(custom, x)
    return None if name is None else make_baseline(name, x, mean, scaled=scaled)
