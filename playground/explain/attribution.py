"""Attributions: how much each input value contributed to an output, by a method of the registry."""

import time
from collections.abc import Callable, Sequence
from typing import Any

import torch
from pydantic import ValidationError
from torch import Tensor, nn

from playground.explain.base import Attribution, Method, Question
from playground.explain.baselines import custom_baseline, make_baseline, vector_baseline
from playground.explain.errors import ExplainError
from playground.explain.errors import unknown as unknown_name
from playground.explain.inputs import Numbers, numbers_of, vectors_of
from playground.explain.isolation import embeddings, gradients, isolated, outputs_of, placed
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
    step: int | Sequence[int] | None = None,
    mean: Tensor | None = None,
    scaled: Callable[[Tensor], Tensor] | None = None,
    unknown: int | None = None,
    **settings: Any,
) -> Attribution:
    """How much each value of x contributes to an output of the model. The model is left unchanged.

    x: (N, *shape), at most 256 examples, encoded as the model takes them: numbers, with NaN at their padding, or symbols (N, L), of which
    each gets one value. method: a kind of `METHODS`, with its settings as keywords, or a `Method`. target: index of the output, one for all
    examples or one per example; None for the output with the largest value of each example. step: of a model with outputs at every step,
    whose outputs are meant, one for all examples or one per example; None for the last one that is not padding.
    mean: (*shape) of the training set, for the baseline "mean"; `baseline` may also be a tensor of inputs. The padding of a baseline is
    always that of x.
    scaled: values in [0, 1] → what the model takes, where examples are standardized: `dataset.scaled`, so that a black baseline is black.
    unknown: `dataset.encoding.unknown`, for the baseline "unknown".
    Only as many inputs go through the network together as the memory for one pass allows.
    Raises: ExplainError if the method or a setting is unknown or out of range, the target is not an output, or x does not fit the model."""
    started = time.perf_counter()
    custom = settings.pop("baseline") if isinstance(settings.get("baseline"), Tensor) else None
    twin = isolated(model)
    with gradients():
        inputs = placed(x, twin)
        if len(inputs) > _MAX_EXAMPLES:
            raise ExplainError(f"x: at most {_MAX_EXAMPLES} examples at once, got {len(inputs)}")
        numbers = numbers_of(twin, inputs, step)
        chosen = _method(method, settings, numbers.steps)
        reason = chosen.applies_to(twin)
        if reason is not None:
            raise ExplainError(f"method: {reason}")
        baseline = _baseline(chosen, twin, inputs, numbers, custom, mean, scaled, unknown)
        example_bytes = gradient_bytes(numbers.model, numbers.values[:1], *(part[:1] for part in numbers.fixed))
        at_once = examples_at_once(example_bytes, _AT_ONCE)
        parts = [slice(start, start + at_once) for start in range(0, len(inputs), at_once)]
        outputs = torch.cat([outputs_of(numbers.model, numbers.values[part], *(fixed[part] for fixed in numbers.fixed)) for part in parts])
        targets = _targets(target, outputs)
        answers = [
            chosen.answer(
                Question(
                    numbers.model,
                    numbers.values[part].clone().requires_grad_(),
                    targets[part],
                    twin,
                    inputs[part],
                    example_bytes,
                    None if baseline is None else baseline[part],
                    at_once,
                    tuple(fixed[part] for fixed in numbers.fixed),
                    numbers.vectors,
                    None if numbers.mask is None else numbers.mask[part],
                )
            )
            for part in parts
        ]
    deltas = [delta for answer in answers if answer.deltas is not None for delta in answer.deltas.tolist()]
    values = torch.cat([answer.values.detach() for answer in answers])
    if numbers.mask is not None:
        values = values.masked_fill(~numbers.mask.reshape(*numbers.mask.shape, *[1] * (values.ndim - 2)), 0.0)
    return Attribution(
        values=values.to(x.device, x.dtype if x.is_floating_point() else torch.float32),
        delta=max(deltas, key=abs, default=None),
        method=chosen.kind,
        targets=tuple(targets.tolist()),
        outputs=tuple(outputs.gather(1, targets[:, None])[:, 0].tolist()),
        seconds=time.perf_counter() - started,
        settings=chosen,
    )


def _method(method: str | Method, settings: dict[str, Any], steps: int | None) -> Method:
    if isinstance(method, Method):
        return _built(type(method), {**method.model_dump(), **settings}) if settings else method
    if method not in METHODS:
        raise unknown_name("method", method, METHODS.kinds())
    return _built(METHODS[method], {**METHODS[method].usual(steps).model_dump(), **settings})


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
    method: Method,
    network: nn.Module,
    x: Tensor,
    numbers: Numbers,
    custom: Tensor | None,
    mean: Tensor | None,
    scaled: Callable[[Tensor], Tensor] | None,
    unknown: int | None,
) -> Tensor | None:
    """Like `numbers.values`; None if the method has no baseline."""
    name = getattr(method, "baseline", None)
    if name is None:
        if custom is not None:
            raise ExplainError(f"baseline: {method.title} takes no baseline; remove it")
        return None
    if numbers.vectors and custom is not None:
        return numbers.masked(vectors_of(network, placed(custom_baseline(custom, x), network)))
    if numbers.vectors:
        table = torch.cat([table.weight for table in embeddings(network)], dim=1)
        return numbers.masked(vector_baseline(name, table, unknown).expand_as(numbers.values))
    if custom is not None:
        return numbers.masked(custom_baseline(custom, x))
    return numbers.masked(make_baseline(name, numbers.values, mean, scaled=scaled))
