"""A padded batch answers like its sequences one by one, whatever stands in the padding."""

import pytest
import torch
from torch import Tensor, nn

from playground.catalog.layers import (
    BatchNorm,
    Conv1d,
    Dense,
    Dropout,
    Features,
    Flatten,
    GroupNorm,
    Layer,
    LayerNorm,
    MaxPool1d,
    Parallel,
    PReLU,
    ReLU,
    Reshape,
    Residual,
    Softmax,
    Tanh,
    Upsample,
)
from playground.catalog.layers.network_modules import Chain, Network, mask_after
from playground.catalog.layers.shapes import build_chain
from playground.catalog.tensors import TensorSpec
from tests.catalog.padded import LENGTHS, close, padded_batch

SEQUENCES = TensorSpec.sequence(7, 4, varies=True)
CHAINS: dict[str, tuple[Layer, ...]] = {
    "convolutions": (Conv1d(filters=5, kernel=3), Tanh(), Conv1d(filters=5, kernel=4), Conv1d(filters=3, kernel=5)),
    "strides": (Conv1d(filters=5, kernel=3, stride=2), ReLU(), Conv1d(filters=5, kernel=5, stride=2)),
    "even kernels": (Conv1d(filters=5, kernel=1), Conv1d(filters=5, kernel=2), Conv1d(filters=3, kernel=4)),
    "norms": (Conv1d(filters=4), BatchNorm(), LayerNorm(), Conv1d(filters=2)),
    "each step by itself": (Dense(units=6), PReLU(per_channel=True), Softmax(), Dropout(), Dense(units=3)),
    "formulas": (Features(formulas=("x1", "x2*x3", "tanh(x4)")), Conv1d(filters=3)),
    "larger and smaller": (Upsample(factor=3), Conv1d(filters=4), MaxPool1d(size=2), Conv1d(filters=4)),
    "a residual block": (Residual(layers=(Conv1d(filters=6, kernel=5, stride=2), BatchNorm(), ReLU())), Conv1d(filters=3)),
    "branches": (Parallel(branch=((Conv1d(filters=2, kernel=5),), (), (Residual(layers=(Conv1d(filters=3),)),))), Conv1d(filters=3)),
    "added branches": (Parallel(branch=((Conv1d(filters=4),), ()), join="add"), Conv1d(filters=3)),
}


def network(layers: tuple[Layer, ...]) -> Network:
    """Its running statistics have moved away from their first values."""
    torch.manual_seed(1)
    chain, _ = build_chain(layers, SEQUENCES)
    for module in chain.modules():
        if isinstance(module, nn.BatchNorm1d):
            nn.init.normal_(module.running_mean)  # type: ignore[arg-type]
    return Network(*chain, padding="nan").eval()


def with_nan(x: Tensor, mask: Tensor) -> Tensor:
    return x.masked_fill(~mask.unsqueeze(2), torch.nan)


@pytest.mark.parametrize("name", CHAINS)
def test_a_padded_batch_answers_like_its_sequences_one_by_one(name: str) -> None:
    model, (x, mask) = network(CHAINS[name]), padded_batch(4)
    together, valid = Chain.forward(model, x, mask), model.mask_after(mask)
    assert valid is not None
    assert valid.shape == together.shape[:2]
    for index, length in enumerate(LENGTHS):
        alone = model(x[index : index + 1, :length])[0]
        assert len(alone) == int(valid[index].sum())
        close(together[index, valid[index]], alone)


@pytest.mark.parametrize("name", CHAINS)
def test_what_stands_in_the_padding_changes_no_valid_step_and_gets_no_gradient(name: str) -> None:
    model, (x, mask) = network(CHAINS[name]), padded_batch(4)
    valid = model.mask_after(mask)
    assert valid is not None
    x = x.requires_grad_()
    first = Chain.forward(model, x, mask)[valid]
    close(Chain.forward(model, -3 * x.masked_fill(mask.unsqueeze(2), 0) + x.masked_fill(~mask.unsqueeze(2), 0), mask)[valid], first)
    first.square().sum().backward()
    assert x.grad is not None
    assert not x.grad[~mask].any()
    assert x.grad[mask].any()


def test_a_network_finds_its_mask_in_its_input() -> None:
    layers = CHAINS["a residual block"]
    model, (x, mask) = network(layers), padded_batch(4)
    valid = model.mask_after(mask)
    assert valid is not None
    padded = with_nan(x, mask).requires_grad_()
    outputs = model(padded)
    close(outputs[valid], Chain.forward(model, x, mask)[valid])
    outputs[valid].sum().backward()
    assert padded.grad is not None
    assert torch.isfinite(padded.grad).all()
    assert not padded.grad[~mask].any()


class Counted(nn.Module):
    """Outputs how many steps are valid."""

    takes_mask = True

    def forward(self, x: Tensor, mask: Tensor | None = None) -> Tensor:
        return torch.tensor([x.shape[1]] * len(x)) if mask is None else mask.sum(dim=1)


def test_symbols_end_at_symbol_0_and_sequences_of_one_length_have_no_mask() -> None:
    symbols = torch.tensor([[3, 1, 2], [4, 0, 0]])
    assert Network(Counted(), padding="symbol")(symbols).tolist() == [3, 1]
    assert Network(Counted())(symbols).tolist() == [3, 3]


def test_a_network_is_its_layers_in_order_for_state_dicts() -> None:
    model = network(CHAINS["a residual block"])
    plain = nn.Sequential(*model)
    assert model.state_dict().keys() == plain.state_dict().keys()
    assert "0.body.0.weight" in model.state_dict()


def test_batch_norm_takes_its_statistics_from_valid_steps_only() -> None:
    module, (x, mask) = BatchNorm(momentum=1).build(SEQUENCES).train(), padded_batch(4)
    out = module(x, mask)
    steps = x[mask]
    expected = (steps - steps.mean(dim=0)) / torch.sqrt(steps.var(dim=0, correction=0) + 1e-5)
    torch.testing.assert_close(out[mask], expected, rtol=1e-5, atol=1e-5)
    assert not out[~mask].any()
    torch.testing.assert_close(module.get_buffer("running_mean"), steps.mean(dim=0))
    torch.testing.assert_close(module.get_buffer("running_var"), steps.var(dim=0))


@pytest.mark.parametrize("kernel", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_a_convolution_leaves_as_many_steps_as_of_each_sequence_alone(kernel: int, stride: int) -> None:
    module = Conv1d(kernel=kernel, stride=stride).build(SEQUENCES)
    for length in range(max(kernel, stride), 8):
        mask = (torch.arange(7) < length).unsqueeze(0)
        after = mask_after(module, mask)
        assert after is not None
        assert int(after.sum()) == module(torch.rand(1, length, 4)).shape[1]
        assert after.shape[1] == module(torch.rand(1, 7, 4)).shape[1]


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (Conv1d(padding="valid"), "shorter than the filter"),
        (Upsample(mode="bilinear"), "after its end"),
        (LayerNorm(over="all"), "sequences of one length"),
    ],
)
def test_settings_that_cannot_respect_padding_are_refused_with_others_that_can(layer: Layer, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        layer.build(SEQUENCES)
    suggestion = layer.suggestion(SEQUENCES)
    assert suggestion is not None
    suggestion[1].build(SEQUENCES)
    layer.build(TensorSpec.sequence(7, 4))


def test_layers_that_mix_all_steps_say_so() -> None:
    assert [kind for kind in (Flatten, Reshape, GroupNorm, Conv1d, BatchNorm) if not kind.respects_padding] == [Flatten, Reshape, GroupNorm]
