"""Operations on the meta device, where tensors have shapes but no numbers: counts their FLOPs and speeds up slow ones."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple, cast

import torch
from torch import Tensor
from torch.nn import functional as F
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

aten = torch.ops.aten


def _alike(x: Tensor, *_: Any, **__: Any) -> Tensor:
    """On the meta device, `torch.empty_like` imports sympy, for half a second."""
    return x.new_empty(x.shape) if x.is_contiguous() else torch.empty_like(x)


def _itself(x: Tensor, *_: Any, **__: Any) -> Tensor:
    return x


def _addmm(bias: Tensor, left: Tensor, right: Tensor, **_: Any) -> Tensor:
    if left.shape[1] != right.shape[0]:
        raise RuntimeError(f"a matrix with {left.shape[1]} columns cannot be multiplied by one with {right.shape[0]} rows")
    return bias.new_empty(left.shape[0], right.shape[1])


def _resized(x: Tensor, size: list[int], *_: Any) -> Tensor:
    return x.new_empty(*x.shape[:2], *size)


def _index(x: Tensor, indices: list[Tensor | None]) -> Tensor:
    """Of a mask, which has no numbers here, all steps are valid."""
    mask = indices[0]
    if mask is None or mask.dtype != torch.bool:
        return cast(Tensor, aten.index(x, indices))
    return x.new_empty(mask.numel(), *x.shape[mask.ndim :])


def _batch_norm(x: Tensor, *_: Any) -> tuple[Tensor, Tensor, Tensor]:
    return torch.empty_like(x), x.new_empty(x.shape[1]), x.new_empty(x.shape[1])


def _layer_norm(x: Tensor, normalized: list[int], *_: Any) -> tuple[Tensor, Tensor, Tensor]:
    left = [*x.shape[: x.ndim - len(normalized)], *(1 for _ in normalized)]
    return x.new_empty(x.shape), x.new_empty(left), x.new_empty(left)


def _group_norm(x: Tensor, weight: Tensor, bias: Tensor, examples: int, channels: int, size: int, groups: int, _: float) -> Any:
    return torch.empty_like(x), x.new_empty(examples, groups), x.new_empty(examples, groups)


_SHORT: Mapping[Any, Callable[..., Any]] = {
    **dict.fromkeys((aten.relu, aten.leaky_relu, aten._prelu_kernel, aten.elu, aten.gelu, aten.mish, aten.softplus, aten.hardtanh), _alike),
    aten.randn_like: _alike,
    **dict.fromkeys((aten.uniform_, aten.normal_, aten.fill_, aten.zero_), _itself),
    aten.addmm: _addmm,
    aten.index: _index,
    aten.upsample_linear1d: _resized,
    aten.upsample_bilinear2d: _resized,
    aten.native_batch_norm: _batch_norm,
    aten.native_layer_norm: _layer_norm,
    aten.native_group_norm: _group_norm,
}
"""The output of each operation. On the meta device, PyTorch computes this in Python, step by step, in 1 to 25 ms. With these shortcuts, a
network of 200 layers is traced five times as fast."""


class Counting(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """While active, adds the floating-point operations of matrix products and convolutions on the meta device to `flops`, with the formulas
    of `torch.utils.flop_counter`. PyTorch's own counter uses hooks that affect all threads, and is slower."""

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.flops = 0
        self._fused = _Fused(self)

    def __enter__(self) -> Any:
        self._fused.__enter__()  # type: ignore[no-untyped-call]
        return super().__enter__()  # type: ignore[no-untyped-call]

    def __exit__(self, *error: Any) -> None:
        super().__exit__(*error)  # type: ignore[no-untyped-call]
        self._fused.__exit__(*error)  # type: ignore[no-untyped-call]

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        """Nothing here is compiled, and the check for it would take longer than most operations."""
        return False

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
        operation, settings = func._overloadpacket, kwargs or {}
        out = _SHORT.get(operation, func)(*args, **settings)
        formula = flop_registry.get(operation)
        if formula is not None:
            self.flops += _counted(formula, args, settings, out)
        return out


def _counted(formula: Callable[..., int], args: tuple[Any, ...], settings: dict[str, Any], out: Any) -> int:
    """Calls PyTorch's formula with shapes: its wrapper, which looks for them in all arguments, takes longer than the formula."""
    of_shapes: Callable[..., int] | None = getattr(formula, "__wrapped__", None)
    if of_shapes is None or settings or not isinstance(out, Tensor):
        return formula(*args, **settings, out_val=out)
    return of_shapes(*(arg.shape if isinstance(arg, Tensor) else arg for arg in args), out_shape=out.shape)


def _lines(width: int) -> int:
    """How far apart oneDNN puts rows of so many numbers: whole cache lines of 64 bytes, one more at multiples of 1 kB."""
    whole = -(-width // 16) * 16
    return whole + 16 if whole % 256 == 0 else whole


def _of_lstm(steps: int, features: int, units: int) -> int:
    """Source: oneDNN, src/cpu/rnn/rnn_utils.cpp: the four gates, and states and their gradients after each step and before the first."""
    wide, narrow, cells = _lines(max(features, units)), _lines(units), -(-units // 16) * 16
    return steps * (_lines(4 * units) + narrow) + (steps + 1) * (6 * wide + 4 * cells) + 3 * units


class _Kernel(NamedTuple):
    """A kernel that reads a sequence. numbers(steps, features, units): how many numbers one direction of one layer keeps of an example for
    the backward pass on the CPU. keeps_states: whether it also keeps its output; copies: whether each direction copies the input."""

    numbers: Callable[[int, int, int], int]
    keeps_states: bool = False
    copies: bool = True

    def states(self, x: Tensor, units: int, weights: list[Tensor]) -> Tensor:
        """x: (L, N, features) → (L, N, units)."""
        steps, examples, features = x.shape
        out = x.new_empty(steps, examples, units)
        kept = [out] if self.keeps_states else []
        states: Tensor = _Kept.apply(out, examples * self.numbers(steps, features, units), x, *kept, *weights)  # type: ignore[no-untyped-call]
        return states


_RECURRENT: Mapping[Any, _Kernel] = {
    torch.rnn_tanh: _Kernel(lambda steps, features, units: (steps + 1) * units),
    torch.gru: _Kernel(lambda steps, features, units: 7 * steps * units),
    torch.lstm: _Kernel(_of_lstm, keeps_states=True, copies=False),
}


class _Fused(TorchFunctionMode):
    """Kernels that take many steps at once. On the meta device, PyTorch takes them one by one (1,000 steps of an LSTM in 7 s), and computes
    attention with a matrix of scores that a real device never keeps."""

    def __init__(self, counting: Counting) -> None:
        super().__init__()
        self._counting = counting

    def __torch_function__(self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None) -> Any:
        if func in _RECURRENT and args[0].is_meta:
            return self._recurrent(func, *args)
        if func is F.scaled_dot_product_attention and args[0].is_meta:
            return self._attention((kwargs or {}).get("attn_mask"), *args)
        return func(*args, **(kwargs or {}))

    def _recurrent(self, func: Any, x: Tensor, start: Any, weights: list[Tensor], biases: bool, layers: int, *settings: Any) -> Any:
        """x: (N, L, features) → the states of the last layer (N, L, units of all directions), and the last ones of each."""
        states = start if isinstance(start, tuple) else (start,)
        parts, examples, units = states[0].shape  # layers times directions
        self._counting.flops += 2 * examples * x.shape[1] * sum(weight.numel() for weight in weights if weight.ndim == 2)
        kernel, sequence = _RECURRENT[func], x.transpose(0, 1)
        for _ in range(layers):
            shared = sequence if kernel.copies else sequence.contiguous()
            directions = [kernel.states(shared.contiguous(), units, weights) for _ in range(parts // layers)]
            sequence = directions[0] if len(directions) == 1 else torch.cat(directions, dim=2)
        return sequence.transpose(0, 1), *(torch.empty_like(state) for state in states)

    def _attention(self, mask: Tensor | None, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Three tensors (N, heads, L, D) → (N, heads, L, D). It keeps a number for each query, and the mask as numbers."""
        self._counting.flops += 4 * query.shape[2] * key.numel()
        numbers = query.shape[:3].numel() + (0 if mask is None else mask.numel())
        out = torch.empty_like(query)
        mixed: Tensor = _Kept.apply(out, numbers, out, query, key, value)  # type: ignore[no-untyped-call]
        return mixed


class _Kept(torch.autograd.Function):
    """Outputs `out`, and saves the tensors and as many other numbers for the backward pass."""

    @staticmethod
    def forward(ctx: Any, out: Tensor, numbers: int, *tensors: Tensor) -> Tensor:
        ctx.save_for_backward(*tensors, out.new_empty(numbers))
        return out
