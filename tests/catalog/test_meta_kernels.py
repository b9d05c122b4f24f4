"""Kernels that take many steps at once are measured on the meta device as they work on a real one."""

import itertools
import time
from typing import Any

import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from playground.catalog.layers import GRU, LSTM, Attention, Layer, LayerNorm, Residual, TransformerBlock, recurrent_modules
from playground.catalog.layers.attention_modules import SelfAttention
from playground.catalog.layers.attention_modules import TransformerBlock as Block
from playground.catalog.layers.meta import Counting
from playground.catalog.layers.shapes import measured, saved_bytes, storage_id
from playground.catalog.tensors import TensorSpec

KINDS: list[Any] = [recurrent_modules.RNN, recurrent_modules.LSTM, recurrent_modules.GRU]
RECURRENT = [
    kind(8, 32, layers=layers, bidirectional=both, returns="all") for kind, layers, both in itertools.product(KINDS, (1, 2), (False, True))
]
ATTENTION = [SelfAttention(8, 2, causal, rotary) for causal in (False, True) for rotary in (False, True)]
MODULES = [
    pytest.param(module, id=f"{type(module).__name__}({module.extra_repr()})")
    for module in (*RECURRENT, *ATTENTION, Block(8, 2, 16, causal=True))
]


def kept_bytes(module: nn.Module, x: torch.Tensor) -> int:
    with saved_bytes() as kept, Counting():
        module.train()(x)
    own = {storage_id(x), *map(storage_id, module.parameters())}
    return sum(size for storage, size in kept.items() if storage not in own)


@pytest.mark.parametrize("module", MODULES)
def test_same_shape_and_flops_as_step_by_step(module: nn.Module) -> None:
    meta, x = module.to("meta"), torch.empty(4, 5, 8, device="meta")
    counting, trusted = Counting(), FlopCounterMode(display=False)
    with counting:
        out = meta(x)
    with trusted:
        expected = meta(x)
    assert out.shape == expected.shape
    assert out.dtype == expected.dtype
    assert counting.flops == trusted.get_total_flops()


@pytest.mark.parametrize("causal", [False, True])
def test_attention_keeps_as_much_as_on_the_cpu(causal: bool) -> None:
    for build in (lambda: SelfAttention(32, 4, causal), lambda: Block(32, 4, 64, causal)):
        real, x = build(), torch.randn(2, 100, 32, requires_grad=True)
        assert kept_bytes(build().to("meta"), x.detach().to("meta").requires_grad_()) == kept_bytes(real, x)


@pytest.mark.parametrize("kind", KINDS)
def test_long_sequences_take_no_time(kind: Any) -> None:
    module, x = kind(8, 64, layers=8, bidirectional=True).to("meta"), torch.empty(2, 10_000, 8, device="meta", requires_grad=True)
    with Counting():
        module(x)  # what is set up once
        began = time.process_time()
        module(x)
    assert time.process_time() - began < 0.1


@pytest.mark.parametrize(
    "layer", [LSTM(returns="all"), GRU(returns="all"), Attention(), TransformerBlock(causal=True)], ids=lambda layer: layer.kind
)
def test_a_block_is_measured_as_if_all_in_it_were_built_and_run(layer: Layer) -> None:
    tensor, block = TensorSpec.sequence(20, 32), Residual(layers=(layer, LayerNorm()))
    with torch.device("meta"):
        module = block.build(tensor).train()
    x = tensor.sample(2, "meta").requires_grad_()
    with saved_bytes() as kept, Counting() as counting:
        module(x)
    own = {storage_id(x), *map(storage_id, module.parameters())}
    found = measured(block, tensor)
    assert found.flops == counting.flops // 2
    assert found.kept_bytes == sum(size for storage, size in kept.items() if storage not in own) // 2
