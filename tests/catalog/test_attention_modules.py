"""Attention and transformer blocks against PyTorch's own modules, with and without padding."""

import copy
import math

import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from playground.catalog.layers.attention_modules import SelfAttention, TransformerBlock
from tests.catalog.padded import LENGTHS, close, padded_batch

WIDTH, HEADS = 12, 3


def attention(**settings: bool) -> SelfAttention:
    torch.manual_seed(0)
    module = SelfAttention(WIDTH, HEADS, **settings)
    nn.init.normal_(module.in_proj_bias)  # initially 0, where a wrong use would not be seen
    nn.init.normal_(module.out_proj.bias)
    return module


def block(**settings: float) -> TransformerBlock:
    torch.manual_seed(0)
    module = TransformerBlock(WIDTH, HEADS, 20, **settings)  # type: ignore[arg-type]
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.3)
    return module


def reference(module: SelfAttention) -> nn.MultiheadAttention:
    theirs = nn.MultiheadAttention(WIDTH, HEADS, batch_first=True)
    theirs.load_state_dict(module.state_dict())
    return theirs


def later(length: int) -> Tensor:
    return torch.ones(length, length, dtype=torch.bool).triu(1)


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_attention_is_that_of_pytorch(causal: bool, masked: bool) -> None:
    ours = attention(causal=causal)
    theirs = reference(ours)
    x, mask = padded_batch(WIDTH)
    expected, weights = theirs(
        x, x, x, key_padding_mask=~mask if masked else None, attn_mask=later(7) if causal else None, average_attn_weights=False
    )
    valid = mask if masked else torch.ones_like(mask)
    scale = 1 if masked else 1e4  # large numbers have large rounding errors
    close(ours(x, mask if masked else None)[valid] / scale, expected[valid] / scale)
    seen = ours.observe("attention", x, mask if masked else None)
    assert seen.shape == (4, HEADS, 7, 7)
    close(seen, weights * valid[:, None, :, None])


@pytest.mark.parametrize("causal", [False, True])
def test_observed_attention_is_what_forward_uses(causal: bool) -> None:
    module = attention(causal=causal)
    x, mask = padded_batch(WIDTH)
    before = copy.deepcopy(module.state_dict())
    weights = module.observe("attention", x, mask)
    value = module.observe("value", x, mask)
    assert value.shape == (4, HEADS, 7, WIDTH // HEADS)
    close(module.out_proj((weights @ value).transpose(1, 2).flatten(2))[mask], module(x, mask)[mask])
    query, key = module.observe("query", x, mask), module.observe("key", x, mask)
    close((query @ key.transpose(2, 3) / math.sqrt(WIDTH / HEADS))[0].masked_fill(later(7) & causal, -torch.inf).softmax(2), weights[0])
    assert before.keys() == module.state_dict().keys()
    assert all(torch.equal(before[name], tensor) for name, tensor in module.state_dict().items())
    with pytest.raises(KeyError):
        module.observe("gates", x)


@pytest.mark.parametrize("rotary", [False, True])
@pytest.mark.parametrize("causal", [False, True])
def test_attention_rows_sum_to_one_over_valid_steps(causal: bool, rotary: bool) -> None:
    x, mask = padded_batch(WIDTH)
    weights = attention(causal=causal, rotary=rotary).observe("attention", x, mask)
    close(weights.sum(dim=3), mask[:, None].expand(-1, HEADS, -1).float())
    assert not weights.transpose(2, 3)[~mask[:, None].expand(-1, HEADS, -1)].any()


MODULES = [
    pytest.param(module, id=f"{type(module).__name__}{'-causal' * causal}{'-rotary' * rotary}")
    for causal in (False, True)
    for rotary in (False, True)
    for module in (attention(causal=causal, rotary=rotary), block(causal=causal, rotary=rotary))
]


@pytest.mark.parametrize("module", MODULES)
def test_a_padded_batch_equals_its_sequences_one_by_one(module: SelfAttention | TransformerBlock) -> None:
    x, mask = padded_batch(WIDTH)
    together, weights = module(x, mask), module.observe("attention", x, mask)
    for index, length in enumerate(LENGTHS):
        alone = x[index : index + 1, :length]
        close(together[index, :length], module(alone)[0])
        close(weights[index, :, :length, :length], module.observe("attention", alone)[0])


@pytest.mark.parametrize("module", MODULES)
def test_gradients_do_not_depend_on_the_padding(module: SelfAttention | TransformerBlock) -> None:
    x, mask = padded_batch(WIDTH)

    def gradients(padding: float) -> list[Tensor]:
        module.zero_grad()
        inputs = torch.where(mask.unsqueeze(2), x, padding).requires_grad_()
        (module(inputs, mask) * mask.unsqueeze(2)).square().sum().backward()
        assert inputs.grad is not None
        assert not inputs.grad[~mask].any()
        return [inputs.grad, *(parameter.grad for parameter in module.parameters() if parameter.grad is not None)]

    for zeros, anything in zip(gradients(0.0), gradients(123.0), strict=True):
        torch.testing.assert_close(zeros, anything, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("module", MODULES)
def test_a_sequence_without_any_step_gives_numbers(module: SelfAttention | TransformerBlock) -> None:
    x, mask = padded_batch(WIDTH, (0, 3))
    x.requires_grad_()
    out = module(x, mask)
    out.sum().backward()
    assert torch.isfinite(out).all()
    assert x.grad is not None
    assert torch.isfinite(x.grad).all()
    assert not module.observe("attention", x, mask)[0].any()
    assert all(torch.isfinite(parameter.grad).all() for parameter in module.parameters() if parameter.grad is not None)


@pytest.mark.parametrize("module", [param for param in MODULES if "causal" in str(param.id)])
def test_causal_steps_do_not_see_later_ones(module: SelfAttention | TransformerBlock) -> None:
    x = torch.randn(2, 6, WIDTH, requires_grad=True)
    for step in range(6):
        (gradient,) = torch.autograd.grad(module(x)[:, step].square().sum(), x)
        assert gradient[:, : step + 1].any(dim=2).all()
        assert not gradient[:, step + 1 :].any()


@pytest.mark.parametrize("module", [param for param in MODULES if "causal" not in str(param.id)])
def test_other_steps_see_all(module: SelfAttention | TransformerBlock) -> None:
    x = torch.randn(2, 6, WIDTH, requires_grad=True)
    (gradient,) = torch.autograd.grad(module(x)[:, 0].square().sum(), x)
    assert gradient.any(dim=2).all()


@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("masked", [False, True])
def test_a_block_is_the_encoder_layer_of_pytorch(causal: bool, masked: bool) -> None:
    ours = block(causal=causal)
    theirs = nn.TransformerEncoderLayer(WIDTH, HEADS, 20, 0.0, "gelu", batch_first=True, norm_first=True)
    theirs.load_state_dict(ours.state_dict())
    x, mask = padded_batch(WIDTH, padding=1.0)
    valid = mask if masked else torch.ones_like(mask)
    padding = {"src_key_padding_mask": ~mask} if masked else {}

    def answer(module: nn.Module, *args: Tensor | None, **kwargs: Tensor | None) -> tuple[Tensor, list[Tensor]]:
        module.zero_grad()
        inputs = x.clone().requires_grad_()
        out = module(inputs, *args, **kwargs)[valid]
        out.square().sum().backward()
        assert inputs.grad is not None
        return out, [inputs.grad, *(dict(module.named_parameters())[name].grad for name in ours.state_dict())]  # type: ignore[list-item]

    expected, their_gradients = answer(theirs, src_mask=later(7) if causal else None, **padding)
    found, gradients = answer(ours, mask if masked else None)
    close(found, expected)
    for one, other in zip(gradients, their_gradients, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-4)


def test_a_block_shows_the_attention_inside_it() -> None:
    module = block(causal=True)
    x, mask = padded_batch(WIDTH)
    close(module.observe("attention", x, mask), module.self_attn.observe("attention", module.norm1(x), mask))


def test_dropout_acts_in_training_only() -> None:
    module, plain = block(dropout=0.5), block()
    x = torch.randn(4, 7, WIDTH)
    assert torch.equal(module.eval()(x), plain(x))
    first, second = module.train()(x), module(x)
    assert not torch.equal(first, second)
    assert torch.equal(plain.train()(x), plain(x))


def test_rotation_is_a_complex_product() -> None:
    x = torch.randn(2, HEADS, 9, 8)
    frequencies = 10000.0 ** (-torch.arange(0, 8, 2) / 8)
    turns = torch.polar(torch.ones(9, 4), torch.outer(torch.arange(9), frequencies))
    expected = torch.view_as_real(torch.view_as_complex(x.reshape(2, HEADS, 9, 4, 2)) * turns).flatten(3)
    close(SelfAttention(24, HEADS, rotary=True)._rotated(x), expected)


def test_rotated_scores_depend_on_distances_only() -> None:
    module = attention(rotary=True)
    same = torch.randn(1, 1, WIDTH).expand(1, 8, WIDTH)  # equal steps, so that only positions differ
    query, key = module.observe("query", same), module.observe("key", same)
    scores = (query @ key.transpose(2, 3))[0]
    for head in range(HEADS):
        for distance in range(-7, 8):
            diagonal = scores[head].diagonal(distance)
            torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal), rtol=1e-4, atol=1e-5)
    assert (scores[:, 0, 0] - scores[:, 0, 3]).abs().min() > 1e-3
    weights = attention().observe("attention", same)
    close(weights, torch.full_like(weights, 1 / 8))  # without rotation, equal steps get equal weights


def test_attention_uses_the_fused_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[bool] = []
    fused = F.scaled_dot_product_attention

    def counted(*args: Tensor, **kwargs: bool) -> Tensor:
        calls.append(kwargs["is_causal"])
        return fused(*args, **kwargs)

    monkeypatch.setattr(F, "scaled_dot_product_attention", counted)
    block(causal=True)(torch.randn(2, 5, WIDTH))
    assert calls == [True]
