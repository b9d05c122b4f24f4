"""Cutting heads, and the arithmetic of one, against PyTorch's attention."""

import copy
import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from playground.catalog.datasets import Digits8
from playground.catalog.layers import Attention, ClassToken, Layer, Output, Patches, Positions, Residual, SequencePool, TransformerBlock
from playground.catalog.layers.attention_modules import SelfAttention
from playground.catalog.layers.network_modules import Network
from playground.catalog.losses import CrossEntropy
from playground.explain import ExplainError, observe
from playground.explain.head_arithmetic import head_arithmetic
from playground.explain.heads import Head, cut, heads_of, self_attention, without_heads
from playground.network import build_model
from playground.spec import ExperimentSpec
from tests.catalog.padded import close, padded_batch

NETWORK: tuple[Layer, ...] = (
    Patches(size=2, width=8),
    ClassToken(),
    Positions(how="rotary"),
    Residual(layers=(Attention(heads=2),)),
    TransformerBlock(heads=4, causal=True),
    SequencePool(how="first"),
    Output(),
)
SPEC = ExperimentSpec(data=Digits8(), network=NETWORK, loss=CrossEntropy())
X = torch.randn(3, 1, 8, 8, generator=torch.Generator().manual_seed(0))
INNER, BLOCK = "network[3].layers[0]", "network[4]"


def randomized(model: nn.Module) -> nn.Module:
    """With biases that are not zero, so that a wrong use of them shows."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.5)
    return model.eval()


@pytest.fixture
def model() -> nn.Module:
    return randomized(build_model(SPEC))


def without_values(model: nn.Module, heads: list[Head]) -> nn.Module:
    """The same cut in another way: what a head contributes is 0 if all its values are."""
    twin = copy.deepcopy(model)
    for head in heads:
        attention = self_attention(twin, head.path)
        size = attention.width // attention.heads
        rows = slice(2 * attention.width + head.index * size, 2 * attention.width + (head.index + 1) * size)
        with torch.no_grad():
            attention.in_proj_weight[rows] = 0
            attention.in_proj_bias[rows] = 0
    return twin


def test_all_heads_are_found_layer_by_layer() -> None:
    assert heads_of(SPEC) == (*(Head(INNER, index) for index in range(2)), *(Head(BLOCK, index) for index in range(4)))


@pytest.mark.parametrize(
    "heads",
    [[], [Head(INNER, 1)], [Head(BLOCK, 0)], [Head(BLOCK, 3), Head(INNER, 0), Head(BLOCK, 1)], list(heads_of(SPEC))],
    ids=["none", "inner", "block", "three", "all"],
)
def test_a_cut_head_is_one_whose_values_are_all_zero(model: nn.Module, heads: list[Head]) -> None:
    before = copy.deepcopy(model.state_dict())
    expected = without_values(model, heads)(X)
    close(without_heads(model, heads)(X), expected)
    twin = copy.deepcopy(model).requires_grad_(False)
    with torch.inference_mode(), cut(twin, heads):
        close(twin(X), expected)
    assert torch.equal(twin(X), model(X))
    assert bool(heads) == (not torch.allclose(expected, model(X), atol=1e-3))
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


def test_a_network_with_all_heads_cut_still_adds_the_bias(model: nn.Module) -> None:
    bare = without_heads(model, [Head(INNER, 0), Head(INNER, 1)])
    inside = self_attention(bare, INNER)
    expected = inside.out_proj.bias.expand(2, 5, -1)
    close(inside(torch.randn(2, 5, 8)), expected)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        (Head("network[4]", 4), "has heads 0 to 3, not 4"),
        (Head("network[4]", -1), "has heads 0 to 3, not -1"),
        (Head("network[0]", 0), "Patches has no attention"),
        (Head("network[9]", 0), "no such layer"),
        (Head("nonsense]", 0), "no such layer"),
    ],
)
def test_a_head_that_is_not_there_is_refused(model: nn.Module, head: Head, message: str) -> None:
    with pytest.raises(ExplainError, match=message):
        without_heads(model, [head])
    with pytest.raises(ExplainError, match=message):
        head_arithmetic(model, X[:1], head, 0)


@pytest.mark.parametrize("head", heads_of(SPEC), ids=str)
@pytest.mark.parametrize("step", [0, 7, 16])
def test_the_arithmetic_is_what_the_layer_computes(model: nn.Module, head: Head, step: int) -> None:
    found = head_arithmetic(model, X[:1], head, step)
    query, key, value, weights = (observe(model, X[:1], head.path, name)[:, head.index] for name in ("query", "key", "value", "attention"))
    causal = head.path == BLOCK
    assert found.causal == causal
    assert found.rotary
    close(found.weights, weights[0, step])
    expected = F.scaled_dot_product_attention(query, key, value, is_causal=causal)[0, step]
    close(found.sum, expected)
    close(found.products, torch.stack([(found.query * each).sum() for each in found.keys]))
    assert found.scale == pytest.approx(1 / math.sqrt(len(found.query)))
    close(found.scores, found.products * found.scale)
    close(found.exponentials / found.exponentials.sum(), found.weights)
    assert found.seen.tolist() == [not causal or other <= step for other in range(17)]


def test_rotated_queries_and_keys_are_those_of_the_formula(model: nn.Module) -> None:
    """Each pair of numbers, as a complex number, times exp(i · t · 10000^(−2i / D))."""
    inside, head, step = self_attention(model, INNER), Head(INNER, 1), 5
    found = head_arithmetic(model, X[:1], head, step)
    x = observe(model, X[:1], "network[2]")
    plain = F.linear(x, inside.in_proj_weight, inside.in_proj_bias)[0]
    turns = torch.polar(torch.ones(2), step * 10000.0 ** (-torch.arange(0, 4, 2) / 4))
    rotated = torch.view_as_real(torch.view_as_complex(plain[step, 4:8].reshape(2, 2)) * turns).flatten()
    close(found.query, rotated.detach())
    close(found.values, plain[:, 20:24].detach())


def test_what_all_heads_add_is_the_output_of_the_layer() -> None:
    x, mask = padded_batch(8)
    attention = SelfAttention(8, 2)
    network = randomized(Network(attention, padding="nan"))
    padded = x.masked_fill(~mask.unsqueeze(2), torch.nan)
    expected = network(padded)
    for example, length in enumerate(mask.sum(dim=1).tolist()):
        for step in range(length):
            both = [found_in(network, padded[example : example + 1], index, step) for index in range(2)]
            close(both[0] + both[1] + attention.out_proj.bias.detach(), expected[example, step].detach())


def found_in(network: nn.Module, x: Tensor, index: int, step: int) -> Tensor:
    """What the head adds, where the attention is the only layer."""
    found = head_arithmetic(network, x, Head("network[0]", index), step)
    assert not found.weights[found.weights.isnan()].numel()
    assert found.seen.tolist() == (~x[0].isnan().any(dim=1)).tolist()
    return found.output


def test_padding_has_no_arithmetic() -> None:
    network = randomized(Network(SelfAttention(8, 2), padding="nan"))
    x = torch.full((1, 7, 8), torch.nan)
    x[0, :3] = 1.0
    with pytest.raises(ExplainError, match="one of the 3 steps of this input, from 0, got 3"):
        head_arithmetic(network, x, Head("network[0]", 0), 3)
    with pytest.raises(ExplainError, match="got -1"):
        head_arithmetic(network, x, Head("network[0]", 0), -1)
