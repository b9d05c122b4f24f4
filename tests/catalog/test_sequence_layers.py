"""What the layers for sequences promise besides the contract of all layers."""

from dataclasses import replace

import pytest
import torch
from torch import nn

from playground.catalog.layers import (
    GRU,
    LSTM,
    RNN,
    Attention,
    ClassToken,
    Conv1d,
    Dense,
    Embedding,
    Flatten,
    Layer,
    Patches,
    Positions,
    Residual,
    SequencePool,
    TransformerBlock,
)
from playground.catalog.layers.attention_modules import SelfAttention
from playground.catalog.layers.ranges import ANY, Range
from playground.catalog.layers.shapes import measured
from playground.catalog.tensors import TensorSpec
from playground.web.components.network import catalog

SYMBOLS = TensorSpec.symbols(20, 90, varies=True)
STEPS = TensorSpec.sequence(20, 24, varies=True)
TURNED = replace(STEPS, rotary=True)


@pytest.mark.parametrize(
    ("layer", "before", "after"),
    [
        (Embedding(width=8), SYMBOLS, TensorSpec.sequence(20, 8, varies=True)),
        (Positions(), STEPS, STEPS),
        (Positions(how="rotary"), STEPS, TURNED),
        (RNN(units=5), STEPS, TensorSpec.vector(5)),
        (LSTM(units=5, bidirectional=True, layers=3), STEPS, TensorSpec.vector(10)),
        (GRU(units=5, returns="all"), STEPS, TensorSpec.sequence(20, 5, varies=True)),
        (Attention(), STEPS, STEPS),
        (TransformerBlock(), TURNED, TURNED),
        (Dense(units=24), TURNED, TURNED),
        (ClassToken(), STEPS, TensorSpec.sequence(21, 24, varies=True)),
        (SequencePool(), TURNED, TensorSpec.vector(24)),
        (Patches(size=7, width=16), TensorSpec.image(3, 28, 30), TensorSpec.sequence(16, 16)),
    ],
    ids=lambda value: value.kind if isinstance(value, Layer) else "",
)
def test_what_comes_out(layer: Layer, before: TensorSpec, after: TensorSpec) -> None:
    assert measured(layer, before).tensor == after


@pytest.mark.parametrize(
    ("layer", "before", "problem", "fixed"),
    [
        (Attention(heads=5), STEPS, "24 features cannot be divided among 5 heads of equal size", Attention(heads=4)),
        (TransformerBlock(heads=64), STEPS, "24 features cannot be divided among 64 heads", TransformerBlock(heads=24)),
        (Attention(heads=8), TURNED, "turn pairs of features, and each of its 8 heads has 3", Attention(heads=6)),
        (Attention(heads=1), replace(TensorSpec.sequence(3, 7), rotary=True), "turn pairs of features", None),
        (Patches(size=40), TensorSpec.image(3, 28, 28), "40×40 pixels does not fit into an image of 28×28", Patches(size=14)),
        (Patches(size=40), TensorSpec.image(3, 29, 31), "does not fit", Patches(size=14)),
        (Embedding(), TensorSpec((("length", 20),)), "these are numbers already", None),
    ],
    ids=str,
)
def test_says_what_does_not_fit_and_what_would(layer: Layer, before: TensorSpec, problem: str, fixed: Layer | None) -> None:
    with pytest.raises(ValueError, match=problem):
        layer.build(before)
    suggested = layer.suggestion(before)
    assert (suggested and suggested[1]) == fixed
    if fixed is not None:
        fixed.build(before)


def test_embedding_is_a_table_without_a_row_for_padding() -> None:
    module = Embedding(width=8).build(SYMBOLS)
    symbols = torch.tensor([[3, 5, 0, 0]])
    out = module(symbols)
    assert isinstance(module, nn.Embedding)
    assert not out[0, 2:].any()
    assert float(Embedding(width=200).build(TensorSpec.symbols(4, 500)).weight[1:].std()) == pytest.approx(0.02, rel=0.05)
    assert torch.equal(out[0, 0], module.weight[3])
    out.sum().backward()
    assert module.weight.grad is not None
    assert module.weight.grad[[3, 5]].all()
    assert not module.weight.grad[0].any()


def test_rotary_positions_reach_every_attention_after_them() -> None:
    x, rotary = STEPS, []
    for layer in (Attention(), Positions(how="rotary"), Conv1d(filters=24), Attention(), Dense(units=24), Attention()):
        module = layer.build(x)
        rotary += [module.rotary] if isinstance(module, SelfAttention) else []
        x = measured(layer, x).tensor
    assert rotary == [False, True, True]
    inside = Residual(layers=(Positions(how="rotary"), Attention()))
    module = inside.build(STEPS)
    assert [inner.rotary for inner in module.modules() if isinstance(inner, SelfAttention)] == [True]
    assert not measured(inside, STEPS).tensor.rotary
    assert not measured(Flatten(), replace(TURNED, varies=False)).tensor.rotary


def test_states_of_recurrent_layers_lie_between_minus_one_and_one() -> None:
    for kind in (RNN, LSTM, GRU):
        assert kind().output_range(ANY, STEPS) == Range(-1, 1)


def test_pooling_a_sequence_that_may_be_empty_can_give_zero() -> None:
    pool = SequencePool()
    assert pool.output_range(Range(2, 3), STEPS) == Range(0, 3)
    assert pool.output_range(Range(2, 3), replace(STEPS, varies=False)) == Range(2, 3)
    assert not pool.output_range(Range(0, 1, sums_to_one=True), STEPS).sums_to_one


@pytest.mark.parametrize(
    ("layer", "sees"),
    [(RNN(), False), (LSTM(bidirectional=True), True), (Attention(), True), (TransformerBlock(causal=True), False), (Dense(), False)],
    ids=str,
)
def test_whether_a_step_sees_later_ones(layer: Layer, sees: bool) -> None:
    assert layer.sees_later_steps is sees


@pytest.mark.parametrize(
    ("query", "kinds"),
    [
        ("attention", {"attention", "transformer_block"}),
        ("transformer", {"attention", "transformer_block", "positions", "patches"}),
        ("LSTM", {"lstm"}),
        ("RNN", {"rnn", "lstm", "gru"}),
        ("GPT", {"attention", "transformer_block"}),
        ("embedding", {"embedding"}),
        ("text", {"embedding", "lstm", "attention", "transformer_block", "conv1d"}),
        ("time series", {"lstm", "gru", "conv1d"}),
        ("speech", {"lstm", "gru", "rnn"}),
    ],
)
def test_the_menu_finds_them(query: str, kinds: set[str]) -> None:
    """As `search` in assets/js/network_model.js, whose own test is in tests/js."""
    words = query.lower().split()
    found = {
        layer["kind"]
        for layer in catalog()
        if all(word in " ".join(str(layer[name]) for name in ("title", "kind", "keywords", "group", "help")).lower() for word in words)
    }
    assert kinds <= found
