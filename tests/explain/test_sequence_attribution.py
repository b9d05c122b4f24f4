"""Attributions of symbols and of sequences, against closed forms, brute force and Captum's own layer method."""

import numpy as np
import pytest
import torch
from captum.attr import LayerIntegratedGradients
from torch import Tensor, nn

from playground.catalog.datasets import Heartbeats, Parity, Sentences
from playground.catalog.encodings import TextEncoding
from playground.catalog.layers import LSTM, Embedding, Output
from playground.catalog.layers.network_modules import Network
from playground.catalog.layers.recurrent_modules import LSTM as LSTMModule  # noqa: N811
from playground.catalog.layers.sequence_modules import SequencePool, SymbolTable
from playground.catalog.layers.step_modules import Conv1d, Flatten, ToSteps
from playground.catalog.losses import BCE
from playground.catalog.sequences.vocabulary import Vocabulary
from playground.explain import ExplainError, IntegratedGradients, attribute, baseline_titles, feature_maps, integrated_gradients
from playground.network import build_model
from playground.runs.directory import LoadedRun, load_run
from playground.spec import ExperimentSpec
from playground.web.pretrained import PRETRAINED

SYMBOLS = torch.tensor([[3, 1, 4, 1, 5, 0], [2, 6, 0, 0, 0, 0], [6, 5, 4, 3, 2, 1]])
LENGTHS = [5, 2, 6]
UNKNOWN = 1


def bag_of_vectors(seed: int = 0) -> Network:
    """The mean of the vectors, and a linear layer."""
    torch.manual_seed(seed)
    return Network(SymbolTable(7, 4), SequencePool("mean"), nn.Linear(4, 3), padding="symbol").double()


def reader(returns: str = "last", bidirectional: bool = False, seed: int = 0) -> Network:
    torch.manual_seed(seed)
    layers = LSTMModule(4, 5, bidirectional=bidirectional, returns=returns), nn.Linear(10 if bidirectional else 5, 3)
    network = Network(SymbolTable(7, 4), *layers, padding="symbol").double()
    nn.init.normal_(network[0].weight[1:])
    return network


def series(features: int = 2) -> Tensor:
    x = torch.randn(3, 6, features, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    for row, length in zip(x, LENGTHS, strict=True):
        row[length:] = torch.nan
    return x


def listener(returns: str = "last", seed: int = 0) -> Network:
    torch.manual_seed(seed)
    return Network(LSTMModule(2, 5, returns=returns), nn.Linear(5, 3), padding="nan").double()


def vectors(model: Network) -> Tensor:
    return model[0].weight.detach()


@pytest.mark.parametrize(("baseline", "stands_for_nothing"), [("black", "zero"), ("unknown", "unknown"), ("mean", "mean")])
@pytest.mark.parametrize("method", ["integrated_gradients", "occlusion"])
def test_each_symbol_of_a_linear_bag_has_its_exact_share(method: str, baseline: str, stands_for_nothing: str) -> None:
    model = bag_of_vectors()
    table = vectors(model)
    nothing = {"zero": torch.zeros(4, dtype=torch.float64), "unknown": table[UNKNOWN], "mean": table[1:].mean(0)}[stands_for_nothing]
    result = attribute(model, SYMBOLS, method, 2, baseline=baseline, unknown=UNKNOWN)
    shares = (table[SYMBOLS] - nothing) @ model[2].weight[2].detach() / torch.tensor(LENGTHS)[:, None]
    assert torch.allclose(result.values, shares.masked_fill(SYMBOLS == 0, 0).float(), atol=1e-6)
    assert result.delta is None if method == "occlusion" else abs(result.delta or 0) < 1e-6


def test_saliency_of_symbols_is_gradient_times_vector() -> None:
    model = bag_of_vectors()
    shares = vectors(model)[SYMBOLS] @ model[2].weight[1].detach() / torch.tensor(LENGTHS)[:, None]
    assert torch.allclose(attribute(model, SYMBOLS, "saliency", 1).values, shares.float(), atol=1e-7)
    assert torch.allclose(attribute(model, SYMBOLS, "saliency", 1, absolute=True).values, shares.abs().float(), atol=1e-7)


@pytest.mark.parametrize("bidirectional", [False, True])
def test_integrated_gradients_are_those_of_captums_layer_method_with_the_same_mask(bidirectional: bool) -> None:
    model = reader(bidirectional=bidirectional).eval()
    result = attribute(model, SYMBOLS, target=0, baseline="unknown", unknown=UNKNOWN, n_steps=50)
    theirs, delta = LayerIntegratedGradients(model, model[0]).attribute(
        SYMBOLS, torch.where(SYMBOLS == 0, 0, UNKNOWN), target=0, n_steps=50, return_convergence_delta=True
    )
    assert torch.allclose(result.values, theirs.sum(2).float(), atol=1e-6)
    assert abs(result.delta) == pytest.approx(float(delta.abs().max()), abs=1e-9)
    own = attribute(model, SYMBOLS, target=0, baseline=torch.full((6,), UNKNOWN), n_steps=50)
    assert torch.equal(own.values, result.values)


def test_integrated_gradients_of_symbols_add_up() -> None:
    model = reader().eval()
    result = attribute(model, SYMBOLS, target=[0, 1, 2], baseline="unknown", unknown=UNKNOWN, n_steps=300)
    with torch.no_grad():
        change = model(SYMBOLS) - model(torch.where(SYMBOLS == 0, 0, UNKNOWN))
    assert torch.allclose(result.values.sum(1), change.diagonal().float(), atol=1e-5)
    assert abs(result.delta) < 1e-5
    assert result.outputs == pytest.approx(model(SYMBOLS).diagonal().tolist())


def test_integrated_gradients_take_as_many_steps_as_they_need() -> None:
    """The sentence network changes abruptly on its way from unknown words: with 200 steps, the sum of one sentence is off by 0.18."""
    run = load_run(PRETRAINED["sentiment_attention"].directory)
    unknown, x = run.spec.data.encoding.unknown, run.encode(run.spec.data.load().test.inputs[:12])
    with torch.no_grad():
        nothing = torch.where(x == 0, 0, unknown or 0)
        changes = (run.class_model(x) - run.class_model(nothing)).gather(1, run.class_model(x).argmax(1, keepdim=True))[:, 0]

    def errors(**settings: int) -> Tensor:
        return attribute(run.class_model, x, baseline="unknown", unknown=unknown, **settings).values.sum(1) - changes

    assert errors(n_steps=200).abs().max() > 0.1
    assert (errors().abs() <= 0.002 * changes.abs() + 1e-5).all()


def test_large_networks_take_fewer_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    model, x = reader().eval(), SYMBOLS
    monkeypatch.setattr(integrated_gradients, "_TOLERANCE", 0.0)
    monkeypatch.setattr(integrated_gradients, "_MOST_BYTES", 1)
    assert torch.equal(attribute(model, x, target=0).values, attribute(model, x, target=0, n_steps=IntegratedGradients.first).values)


@pytest.mark.parametrize("window", [1, 2])
def test_occlusion_of_symbols_is_how_much_the_output_falls_without_them(window: int) -> None:
    model = reader().eval()
    result = attribute(model, SYMBOLS, "occlusion", 1, window=window, stride=1, baseline="unknown", unknown=UNKNOWN)
    falls, covered = torch.zeros(3, 6, dtype=torch.float64), torch.zeros(6)
    with torch.no_grad():
        for start in range(6 - window + 1):
            changed = SYMBOLS.clone()
            changed[:, start : start + window] = UNKNOWN
            falls[:, start : start + window] += (model(SYMBOLS) - model(changed.where(SYMBOLS != 0, 0)))[:, 1:2]
            covered[start : start + window] += 1
    assert torch.allclose(result.values, (falls / covered).float().where(SYMBOLS != 0, 0), atol=1e-6)


def test_a_sequence_of_numbers_in_a_linear_network_has_exact_shares_and_none_at_its_padding() -> None:
    torch.manual_seed(0)
    model, x = Network(SequencePool("mean"), nn.Linear(2, 3), padding="nan").double(), series()
    weights = model[1].weight[2].detach() / torch.tensor(LENGTHS)[:, None, None]
    assert torch.equal(attribute(model, x, "saliency", 2).values, (weights + 0 * x).nan_to_num())
    shares = (weights * x).nan_to_num()
    for method in ("integrated_gradients", "occlusion"):
        assert torch.allclose(attribute(model, x, method, 2).values, shares, atol=1e-12)
    mean = torch.randn(6, 2, dtype=torch.float64)
    for method in ("integrated_gradients", "occlusion"):
        result = attribute(model, x, method, 2, baseline="mean", mean=mean)
        assert torch.allclose(result.values, (weights * (x - mean)).nan_to_num(), atol=1e-12)


def test_zero_stays_zero_where_sequences_are_standardized() -> None:
    torch.manual_seed(0)
    model, x = Network(SequencePool("mean"), nn.Linear(2, 1), padding="nan").double(), series()
    nothing = torch.tensor([-2.0, 0.5], dtype=torch.float64)
    result = attribute(model, x, target=0, scaled=lambda numbers: numbers + nothing)
    weights = model[1].weight[0].detach() / torch.tensor(LENGTHS)[:, None, None]
    assert torch.allclose(result.values, (weights * (x - nothing)).nan_to_num(), atol=1e-12)


def test_integrated_gradients_of_padded_numbers_add_up_and_occlusion_is_brute_force() -> None:
    model, x = listener().eval(), series()
    result = attribute(model, x, target=1, n_steps=200)
    with torch.no_grad():
        change = (model(x) - model(x * 0))[:, 1]
    assert torch.allclose(result.values.sum((1, 2)), change, atol=1e-6)
    assert abs(result.delta) < 1e-6
    assert not result.values[x.isnan()].any()
    falls = torch.zeros_like(x)
    with torch.no_grad():
        for step in range(6):
            for feature in range(2):
                changed = x.clone()
                changed[:, step, feature] *= 0  # NaN stays NaN
                falls[:, step, feature] = (model(x) - model(changed))[:, 1]
    assert torch.allclose(attribute(model, x, "occlusion", 1).values, falls, atol=1e-12)


def test_grad_cam_of_a_sequence_as_worked_out_by_hand() -> None:
    """One map is x, the other −x. The output's gradients at them are the last layer's weights, whose means are 2.5 and 8."""
    model, x = Network(Conv1d(1, 2, 1, bias=False), Flatten(), nn.Linear(8, 1, bias=False)), torch.tensor([[[1.0], [-2.0], [3.0], [-4.0]]])
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([1.0, -1.0]).view(2, 1, 1))
        model[2].weight.copy_(torch.tensor([[1.0, 2, 3, 4, 8, 8, 8, 8]]))
    assert torch.allclose(attribute(model, x, "grad_cam", positive=False).values, (2.5 - 8) * x)
    assert torch.allclose(attribute(model, x, "grad_cam").values, (-5.5 * x).relu())
    nn.init.constant_(model[0].weight, 1.0)
    model[0].stride, model[2].weight.data = (2,), torch.tensor([[1.0, 2, 8, 8]])  # at the first and the third step
    coarse = torch.tensor([1.0, 3.0]) * (1.5 + 8)
    between = torch.tensor([coarse[0], 0.75 * coarse[0] + 0.25 * coarse[1], 0.25 * coarse[0] + 0.75 * coarse[1], coarse[1]])
    assert torch.allclose(attribute(model, x, "grad_cam").values[0, :, 0], between)


def test_grad_cam_of_symbols_and_of_steps_with_several_features() -> None:
    torch.manual_seed(0)
    convolution, dense = Conv1d(4, 3, 3, padding=1), nn.Linear(3, 2)
    words = Network(SymbolTable(7, 4), convolution, nn.ReLU(), SequencePool("mean"), dense, padding="symbol").eval()
    valid, lengths = (SYMBOLS != 0).unsqueeze(2), torch.tensor(LENGTHS)[:, None, None]
    maps = convolution(words[0](SYMBOLS), SYMBOLS != 0).detach()
    after = dense.weight[1].detach() / lengths  # the gradient at each valid step of ReLU's output
    for layer, output, slopes in (("1", maps, after * (maps > 0)), ("2", maps.relu(), after.expand_as(maps))):
        means = (slopes * valid).sum(1, keepdim=True) / lengths
        expected = (means * output).sum(2).relu().masked_fill(SYMBOLS == 0, 0)
        assert torch.allclose(attribute(words, SYMBOLS, "grad_cam", 1, layer=layer).values, expected, atol=1e-7)
    numbers = Network(convolution, nn.ReLU(), SequencePool("mean"), dense).eval()
    values = attribute(numbers, torch.randn(2, 5, 4), "grad_cam", 1).values
    assert values.shape == (2, 5, 4)
    assert torch.equal(values, values[:, :, :1].expand(-1, -1, 4))


def test_grad_cam_of_a_padded_batch_is_that_of_its_sequences_one_by_one() -> None:
    torch.manual_seed(0)
    after = Conv1d(4, 3, 3, padding=1), nn.ReLU(), SequencePool("max"), nn.Linear(3, 2)
    for model, x in (
        (Network(SymbolTable(7, 4), *after, padding="symbol").double(), SYMBOLS),
        (Network(nn.Linear(2, 4), *after, padding="nan").double(), series()),
    ):
        together = attribute(model, x, "grad_cam", 1, positive=False)
        assert together.values.any()
        for index, length in enumerate(LENGTHS):
            alone = attribute(model, x[index : index + 1, :length], "grad_cam", 1, positive=False)
            assert torch.allclose(together.values[index, :length], alone.values[0], atol=1e-6)
            assert not together.values[index, length:].any()


def test_grad_cam_needs_maps_at_the_positions_of_the_input() -> None:
    rows = Network(ToSteps(1, 2), Conv1d(4, 3, 3), Flatten(), nn.Linear(6, 2))
    with pytest.raises(ExplainError, match="are not those of the input"):
        attribute(rows, torch.rand(1, 1, 4, 4), "grad_cam")
    single = Network(Conv1d(2, 3, 6), Flatten(), nn.Linear(3, 2))
    with pytest.raises(ExplainError, match="more than one position"):
        attribute(single, torch.rand(1, 6, 2), "grad_cam")


@pytest.mark.parametrize("method", ["saliency", "integrated_gradients", "occlusion"])
@pytest.mark.parametrize("returns", ["last", "all"])
def test_a_padded_batch_is_explained_like_its_sequences_one_by_one(method: str, returns: str) -> None:
    for model, x in ((reader(returns), SYMBOLS), (listener(returns), series())):
        together = attribute(model, x, method, 1, unknown=UNKNOWN)
        for index, length in enumerate(LENGTHS):
            alone = attribute(model, x[index : index + 1, :length], method, 1, unknown=UNKNOWN)
            assert torch.allclose(together.values[index, :length], alone.values[0], atol=1e-6)
            assert not together.values[index, length:].any()
            assert together.outputs[index] == pytest.approx(alone.outputs[0])


@pytest.mark.parametrize("method", ["saliency", "integrated_gradients", "occlusion"])
def test_the_answer_of_a_step_depends_on_no_later_one(method: str) -> None:
    """It is explained like the last answer of the sequence that ends there."""
    for model, x in ((reader("all"), SYMBOLS), (listener("all"), series())):
        result = attribute(model, x, method, 2, step=[3, 0, 2])
        for index, step in enumerate((3, 0, 2)):
            until = attribute(model, x[index : index + 1, : step + 1], method, 2)
            assert torch.allclose(result.values[index, : step + 1], until.values[0], atol=1e-6)
            assert result.values[index, step + 1 :].abs().sum() < 1e-12


def test_the_input_and_the_network_stay_as_they_were() -> None:
    model, x = reader().train(), SYMBOLS.clone()
    attribute(model, x, "integrated_gradients")
    assert torch.equal(x, SYMBOLS)
    assert model.training
    assert not any(module._forward_hooks for module in model.modules())
    assert all(parameter.requires_grad and parameter.grad is None for parameter in model.parameters())


def test_two_embeddings_share_the_symbol_between_them() -> None:
    class Two(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.first, self.second, self.out = nn.Embedding(7, 3), nn.Embedding(7, 2), nn.Linear(5, 2)

        def forward(self, x: Tensor) -> Tensor:
            return self.out(torch.cat((self.first(x), self.second(x)), dim=2)).sum(1)

    model, x = Two(), SYMBOLS[2:]
    both = torch.cat((model.first.weight, model.second.weight), 1).detach()
    assert torch.allclose(attribute(model, x, target=1).values[0], (both @ model.out.weight[1].detach())[x[0]], atol=1e-6)


def test_a_single_output_for_two_classes_is_explained_for_each_class_at_every_step() -> None:
    spec = ExperimentSpec(data=Parity(answers="steps"), network=(Embedding(width=4), LSTM(units=4, returns="all"), Output()), loss=BCE())
    run = LoadedRun(None, spec, build_model(spec).eval(), 0)  # type: ignore[arg-type]
    x = torch.from_numpy(spec.data.load().test.inputs[:2])
    assert run.model(x).shape[2] == 1
    even, odd = (attribute(run.class_model, x, target=target, step=2) for target in (0, 1))
    assert torch.allclose(even.values, -odd.values)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"x": SYMBOLS.float()}, "must be symbols"),
        ({"x": SYMBOLS + 2}, "symbols must be from 0 to 6, got 8"),
        ({"x": SYMBOLS - 1}, "got -1"),
        ({"x": torch.zeros(1, 6, dtype=torch.int64)}, "example 0 is empty"),
        ({"x": SYMBOLS[:, :0]}, "must be a batch"),
        ({"step": 1}, "leave it out"),
        ({"baseline": "unknown"}, "no symbol for unknown ones"),
        ({"baseline": "blurred"}, "of symbols must be one of"),
        ({"baseline": torch.zeros(6)}, "type"),
        ({"baseline": torch.full((6,), 9)}, "symbols must be from 0 to 6"),
        ({"method": "grad_cam"}, "feature maps of a convolution"),
        ({"method": "occlusion", "window": 7}, "at most 6"),
    ],
)
def test_what_does_not_fit_is_said(change: dict[str, object], says: str) -> None:
    with pytest.raises(ExplainError, match=says):
        attribute(**{"model": reader(), "x": SYMBOLS, **change})  # type: ignore[arg-type]


@pytest.mark.parametrize("step", [5, -1, [0], [4, 2, 0]])
def test_a_step_after_the_end_is_refused(step: object) -> None:
    with pytest.raises(ExplainError, match="step"):
        attribute(reader("all"), SYMBOLS, step=step)  # type: ignore[arg-type]


def test_gaps_are_refused_where_nothing_is_padded() -> None:
    model = Network(SequencePool("mean"), nn.Linear(2, 3)).double()
    with pytest.raises(ExplainError, match="NaN"):
        attribute(model, series())
    with pytest.raises(ExplainError, match="infinity"):
        attribute(listener(), torch.full((1, 3, 2), torch.inf, dtype=torch.float64))
    with pytest.raises(ExplainError, match="example 1 is empty"):
        attribute(listener(), torch.cat((series()[:1], series()[:1] * torch.nan)))


def test_the_baselines_are_those_of_the_kind_of_input() -> None:
    assert list(baseline_titles(Sentences().encoding)) == ["unknown", "black", "mean"]
    assert list(baseline_titles(Parity().encoding)) == ["black", "mean"]
    assert list(baseline_titles(Heartbeats().encoding)) == ["black", "mean", "noise"]
    assert Sentences().encoding.unknown == 1
    assert TextEncoding(4, Vocabulary(("a",))).unknown is None


def test_ten_thousand_steps_are_explained_within_bounds() -> None:
    model = bag_of_vectors()
    x = torch.from_numpy(np.random.default_rng(0).integers(1, 7, (1, 10_000)))
    result = attribute(model, x, target=0, n_steps=10)
    assert torch.allclose(result.values[0], (vectors(model) @ model[2].weight[0].detach() / 10_000)[x[0]].float(), atol=1e-8)


def test_the_output_of_a_layer_of_a_padded_sequence() -> None:
    model = reader("all").eval()
    assert feature_maps(model, SYMBOLS[:1], 1).shape == (6, 5)
    assert torch.allclose(feature_maps(model, SYMBOLS[:1], 2), model(SYMBOLS[:1])[0].detach())
    assert feature_maps(listener().eval(), series()[:1], 0).shape == (5,)


def test_a_dense_layer_in_each_step_sees_that_step_alone() -> None:
    torch.manual_seed(0)
    model, x = Network(nn.Linear(2, 3), padding="nan").double(), series()
    values = attribute(model, x, target=1, step=1).values
    assert torch.allclose(values[:, 1], model[0].weight[1].detach() * x[:, 1])
    assert not values[:, [0, 2, 3, 4, 5]].any()
