"""The steps of layers with attention, attention rollout on matrices worked out by hand, and rank correlation."""

import pytest
import torch

from playground.catalog.datasets import Circle, Digits8, Iris, Sentences
from playground.catalog.layers import (
    Attention,
    ClassToken,
    Conv1d,
    Dense,
    Embedding,
    Layer,
    Output,
    Parallel,
    Patches,
    Residual,
    SequencePool,
    ToSequence,
    TransformerBlock,
)
from playground.catalog.layers.base import ADDED, Grid
from playground.catalog.losses import BCE, CrossEntropy
from playground.explain.attention import AttentionLayer, attention_layers, has_attention, rank_correlation, rollout, why_no_rollout
from playground.explain.errors import ExplainError
from playground.spec import ExperimentSpec


def test_one_layer_is_its_mean_over_heads_mixed_with_the_identity() -> None:
    heads = torch.tensor([[[[1.0, 0.0], [0.2, 0.8]], [[0.0, 1.0], [0.6, 0.4]]]])
    # mean of the heads: [[0.5, 0.5], [0.4, 0.6]]; half of it plus half of the identity
    torch.testing.assert_close(rollout([heads]), torch.tensor([[[0.75, 0.25], [0.2, 0.8]]]))


def test_two_layers_are_multiplied_the_last_one_from_the_left() -> None:
    first = torch.tensor([[[[0.0, 1.0], [1.0, 0.0]]]])  # mixed: [[0.5, 0.5], [0.5, 0.5]]
    second = torch.tensor([[[[1.0, 0.0], [1.0, 0.0]]]])  # mixed: [[1, 0], [0.5, 0.5]]
    third = torch.tensor([[[[0.0, 1.0], [0.0, 1.0]]]])  # mixed: [[0.5, 0.5], [0, 1]]
    torch.testing.assert_close(rollout([first, second]), torch.full((1, 2, 2), 0.5))
    # third · second = [[0.5, 0.5], [0, 1]] · [[1, 0], [0.5, 0.5]] = [[0.75, 0.25], [0.5, 0.5]]
    torch.testing.assert_close(rollout([second, third]), torch.tensor([[[0.75, 0.25], [0.5, 0.5]]]))


def test_a_causal_network_uses_nothing_that_comes_later() -> None:
    weights = torch.rand(2, 3, 5, 5, generator=torch.Generator().manual_seed(0)).tril()
    causal = weights / weights.sum(-1, keepdim=True)
    result = rollout([causal] * 4)
    assert float(result.triu(1).abs().max()) == 0.0
    torch.testing.assert_close(result.sum(-1), torch.ones(2, 5))


def test_padding_stays_itself() -> None:
    attention = torch.tensor([[[[0.5, 0.5, 0.0], [0.5, 0.5, 0.0], [0.0, 0.0, 0.0]]]])
    assert rollout([attention, attention])[0, 2].tolist() == [0.0, 0.0, 1.0]


def test_what_cannot_be_rolled_out_is_refused() -> None:
    with pytest.raises(ExplainError, match="at least one layer"):
        rollout([])
    with pytest.raises(ExplainError, match="got 4 and 5 steps"):
        rollout([torch.rand(1, 2, 4, 4), torch.rand(1, 2, 5, 5)])


def test_rank_correlation_compares_order_and_magnitude_only() -> None:
    attention = torch.tensor([0.1, 0.2, 0.3, 0.4])
    assert rank_correlation(attention, torch.tensor([0.0, -1.0, 5.0, -90.0])) == pytest.approx(1.0)
    assert rank_correlation(attention, torch.tensor([4.0, 3.0, -2.0, 1.0])) == pytest.approx(-1.0)
    # ranks 1 2 3 4 and 2 1 4 3: ρ = 1 − 6 · 4 / (4 · 15) = 0.6
    assert rank_correlation(attention, torch.tensor([2.0, 1.0, 4.0, 3.0])) == pytest.approx(0.6)
    assert rank_correlation(attention, torch.ones(4)) is None
    assert rank_correlation(attention[:2], torch.tensor([1.0, 2.0])) is None


def test_the_steps_of_a_layer_are_those_of_the_input_patches_or_its_own() -> None:
    network: tuple[Layer, ...] = (
        Patches(size=3, width=8), Attention(), ClassToken(), Residual(layers=(Attention(heads=2),)),
        Parallel(branch=((TransformerBlock(),), (Dense(units=8),)), join="add"), SequencePool(), Output(),
    )  # fmt: skip
    grid = Grid(2, 2, 0.75, 0.75)
    assert attention_layers(ExperimentSpec(data=Digits8(), network=network, loss=CrossEntropy())) == (
        AttentionLayer("network[1]", 4, (0, 1, 2, 3), grid),
        AttentionLayer("network[3].layers[0]", 5, (ADDED, 0, 1, 2, 3), grid),
        AttentionLayer("network[4].branch[0][0]", 5, (ADDED, 0, 1, 2, 3), grid),
    )
    words = ExperimentSpec(
        data=Sentences(),
        network=(Embedding(), Attention(), Conv1d(filters=32, stride=2), Attention(), SequencePool(), Output()),
        loss=BCE(),
    )
    length = words.data.shape[0]
    first, second = attention_layers(words)
    assert (first.length, first.steps, first.grid) == (length, tuple(range(length)), None)
    assert (second.length < length, second.steps) == (True, ())
    assert "steps change" in (why_no_rollout((first, second)) or "")
    features = ExperimentSpec(
        data=Iris(), network=(ToSequence(), Dense(units=8), Attention(), SequencePool(), Output()), loss=CrossEntropy()
    )
    assert attention_layers(features)[0].steps == (0, 1, 2, 3)
    columns = features.model_copy(update={"data": Digits8(), "network": (ToSequence(steps="columns"), *features.network[1:])})
    assert attention_layers(columns)[0].grid == Grid(1, 8)
    assert not has_attention(ExperimentSpec(data=Circle(), network=(Output(),), loss=BCE()))
