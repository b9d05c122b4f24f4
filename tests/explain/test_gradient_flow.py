"""Gradients over time, against closed forms and PyTorch's own autograd."""

import pytest
import torch
from torch import Tensor, nn

from playground.catalog.datasets import Adding, Digits8, JapaneseVowels, Parity
from playground.catalog.datasets.examples import Split
from playground.catalog.layers import GRU, LSTM, RNN, Dense, Embedding, Output, Patches, Residual
from playground.catalog.layers.network_modules import Network
from playground.catalog.layers.recurrent_modules import RNN as RNNModule  # noqa: N811
from playground.catalog.losses import BCE, MSE, CrossEntropy
from playground.explain import ExplainError, gradient_flow, gradient_norms
from playground.explain.gradient_flow import by_distance, recurrent_layers, with_kind
from playground.network import build_model
from playground.spec import ExperimentSpec


class LinearRNN(nn.Module):
    """h = x + W h, the state after the last step."""

    def __init__(self, weight: Tensor) -> None:
        super().__init__()
        self.weight = nn.Parameter(weight)

    def forward(self, x: Tensor) -> Tensor:
        state = torch.zeros_like(x[:, 0])
        for step in x.unbind(1):
            state = step + state @ self.weight.T
        return state


@pytest.mark.parametrize("factor", [0.5, 1.0, 1.5])
def test_gradients_of_a_linear_network_are_powers_of_its_weights(factor: float) -> None:
    torch.manual_seed(0)
    turned = factor * torch.linalg.qr(torch.randn(4, 4)).Q  # every power has the same effect on all directions
    norms = gradient_norms(Network(LinearRNN(turned)), torch.randn(3, 40, 4), "network[0]", lambda outputs: outputs[:, 0])
    expected = factor ** torch.arange(39, -1, -1, dtype=torch.float64)
    assert torch.allclose(norms, expected.expand(3, -1), rtol=1e-5)
    weights, direction = torch.randn(4, 4), torch.randn(4)
    norms = gradient_norms(Network(LinearRNN(weights)), torch.randn(1, 6, 4), "network[0]", lambda outputs: outputs @ direction.double())
    powers = [torch.linalg.matrix_power(weights.double().T, 5 - step) @ direction.double() for step in range(6)]
    assert torch.allclose(norms[0], torch.stack(powers).norm(dim=1), rtol=1e-5)


def test_a_recurrent_layer_with_small_states_is_almost_linear() -> None:
    torch.manual_seed(0)
    layer = RNNModule(3, 3)
    with torch.no_grad():
        layer.weight_ih_l0.copy_(torch.eye(3))
        layer.weight_hh_l0.copy_(0.8 * torch.linalg.qr(torch.randn(3, 3)).Q)
        layer.bias_ih_l0.zero_()
        layer.bias_hh_l0.zero_()
    norms = gradient_norms(Network(layer), 1e-6 * torch.randn(2, 30, 3), "network[0]", lambda outputs: outputs[:, 1])
    assert torch.allclose(norms, (0.8 ** torch.arange(29, -1, -1)).double().expand(2, -1), rtol=1e-4)


def test_norms_are_those_of_autograd_and_zero_at_padding() -> None:
    spec = ExperimentSpec(data=JapaneseVowels(), network=(GRU(units=6), Output()), loss=CrossEntropy())
    model = build_model(spec).double().eval()
    x = spec.data.encode(spec.data.load().test.inputs[:4]).double()
    norms = gradient_norms(model, x, "network[0]", lambda outputs: outputs[:, 2])
    leaf = x.clone().requires_grad_()
    assert all(parameter.grad is None for parameter in model.parameters())
    model(leaf)[:, 2].sum().backward()
    assert torch.allclose(norms, leaf.grad.norm(dim=2), atol=1e-12)
    assert not norms[x.isnan().any(2)].any()


def test_examples_are_aligned_at_their_answers() -> None:
    norms = torch.tensor([[8.0, 4.0, 2.0, 0.0], [6.0, 3.0, 0.0, 0.0]])
    assert by_distance(norms, torch.tensor([2, 1])) == (2.5, 5.0, 8.0)
    assert by_distance(norms[[0, 1, 1]], torch.tensor([2, 1, 1])) == pytest.approx((8 / 3, 16 / 3))


@pytest.mark.parametrize(
    ("spec", "longest"),
    [
        (ExperimentSpec(data=Adding(length=20, samples=200), network=(LSTM(units=4), Output()), loss=MSE()), 20),
        (ExperimentSpec(data=Parity(), network=(Embedding(width=3), RNN(units=4), Output()), loss=BCE()), 16),
        (ExperimentSpec(data=Parity(answers="steps"), network=(Embedding(width=3), GRU(units=4, returns="all"), Output()), loss=BCE()), 16),
        (ExperimentSpec(data=Digits8(), network=(Patches(size=2, width=3), GRU(units=4), Output()), loss=CrossEntropy()), 16),
        (ExperimentSpec(data=JapaneseVowels(), network=(LSTM(units=4, bidirectional=True), Output()), loss=CrossEntropy()), 29),
    ],
)
def test_the_flow_of_every_kind_of_task(spec: ExperimentSpec, longest: int) -> None:
    test = spec.data.load().test
    (path,) = recurrent_layers(spec)
    flow = gradient_flow(spec, build_model(spec).eval(), path, Split(test.inputs[:16], test.targets[:16]))
    assert flow.examples == 16
    assert len(flow.norms) <= longest
    assert all(norm > 0 for norm in flow.norms)
    one = gradient_flow(spec, build_model(spec).eval(), path, Split(test.inputs[:1], test.targets[:1]))
    other = gradient_flow(spec, build_model(spec).eval(), path, Split(test.inputs[1:2], test.targets[1:2]))
    both = gradient_flow(spec, build_model(spec).eval(), path, Split(test.inputs[:2], test.targets[:2]))
    assert both.norms[0] == pytest.approx((one.norms[0] + other.norms[0]) / 2)


def test_the_loss_is_that_of_the_last_answer() -> None:
    """At distance 0 only that step counts, so its gradient is that of its own loss."""
    spec = ExperimentSpec(data=Parity(answers="steps"), network=(Embedding(width=3), RNN(units=4, returns="all"), Output()), loss=BCE())
    test, model = spec.data.load().test, build_model(spec).double().eval()
    flow = gradient_flow(spec, model, "network[1]", Split(test.inputs[:1], test.targets[:1]))
    x = torch.from_numpy(test.inputs[:1])
    vectors = model[0](x).detach().requires_grad_()
    length = int((x != 0).sum())
    answer = model[2](model[1](vectors, x != 0))[0, length - 1]
    nn.functional.binary_cross_entropy_with_logits(answer, torch.tensor([float(test.targets[0, length - 1])]).double()).backward()
    assert flow.norms == pytest.approx(vectors.grad[0, :length].norm(dim=1).flip(0).tolist())


def test_the_other_kinds_have_the_same_size_and_the_rest_of_the_network() -> None:
    inside = Residual(layers=(Dense(units=4), LSTM(units=4, layers=2, returns="all")))
    spec = ExperimentSpec(data=Adding(), network=(Dense(units=4), inside, GRU(units=5), Output()), loss=MSE())
    assert list(recurrent_layers(spec)) == ["network[1].layers[1]", "network[2]"]
    changed = with_kind(spec, "network[1].layers[1]", RNN)
    assert recurrent_layers(changed)["network[1].layers[1]"] == RNN(units=4, layers=2, returns="all")
    assert changed.network[2:] == spec.network[2:]
    assert with_kind(changed, "network[1].layers[1]", LSTM) == spec


def test_what_does_not_fit_is_said() -> None:
    model, x = Network(RNNModule(2, 3), nn.Linear(3, 1)), torch.randn(1, 4, 2)
    with pytest.raises(ExplainError, match="no such layer"):
        gradient_norms(model, x, "network[7]", lambda outputs: outputs[:, 0])
    with pytest.raises(ExplainError, match="step by step"):
        gradient_norms(model, x, "network[1]", lambda outputs: outputs[:, 0])
    with pytest.raises(ExplainError, match="cannot take"):
        gradient_norms(model, torch.randn(1, 4, 3), "network[0]", lambda outputs: outputs[:, 0])
