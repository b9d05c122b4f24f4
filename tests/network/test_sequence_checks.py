"""Known mistakes with layers for sequences: what their messages say is true of the network, and no longer after the fix."""

import pytest
import torch

from playground.catalog.datasets import Digits8
from playground.catalog.layers import (
    GRU,
    LSTM,
    Attention,
    Conv1d,
    Dense,
    Layer,
    Output,
    Patches,
    Positions,
    Residual,
    SequencePool,
    ToSequence,
    TransformerBlock,
)
from playground.catalog.losses import CrossEntropy
from playground.catalog.tasks import NextSymbol
from playground.network import Problem, build_model, trace
from playground.network.sequence_checks import check_sequences
from playground.spec import ExperimentSpec

COLUMNS = ToSequence(steps="columns")


def columns(*layers: Layer) -> ExperimentSpec:
    """Digits, column by column."""
    return ExperimentSpec(data=Digits8(), network=(COLUMNS, *layers, SequencePool(), Output()), loss=CrossEntropy())


def problems(spec: ExperimentSpec) -> list[Problem]:
    assert trace(spec).ok
    found = list(check_sequences(spec))
    assert set(found) <= set(trace(spec).problems)
    return found


def knows_the_order(spec: ExperimentSpec) -> bool:
    """Whether the network answers differently when the steps are in another order."""
    model = build_model(spec).eval()
    for module in model.modules():
        for name, parameter in module.named_parameters(recurse=False):
            if "bias" not in name:
                torch.nn.init.normal_(parameter, std=0.5)
    x = torch.randn(4, 1, 8, 8)
    return not torch.allclose(model(x), model(x.roll(4, dims=3)), atol=1e-5)


@pytest.mark.parametrize("layers", [(Attention(),), (TransformerBlock(heads=2), TransformerBlock()), (Residual(layers=(Attention(),)),)])
def test_attention_alone_cannot_tell_the_order(layers: tuple[Layer, ...]) -> None:
    spec = columns(*layers)
    (problem,) = problems(spec)
    assert problem.severity == "note"
    assert problem.path.startswith("network[1]")
    assert not knows_the_order(spec)
    assert problem.fix is not None
    assert not problems(problem.fix.spec)
    assert knows_the_order(problem.fix.spec)


@pytest.mark.parametrize(
    "layers",
    [
        (Positions(how="sinusoidal"), Attention()),
        (Positions(how="rotary"), Attention()),
        (Conv1d(filters=8), Attention()),
        (LSTM(units=8, returns="all"), Attention()),
        (Attention(causal=True), Attention()),
        (Dense(units=8),),
    ],
    ids=lambda layers: "-".join(layer.kind for layer in layers),
)
def test_nothing_to_say_where_the_order_is_known_or_not_asked(layers: tuple[Layer, ...]) -> None:
    spec = columns(*layers)
    assert not problems(spec)
    assert knows_the_order(spec) == (len(layers) > 1)


def test_rotary_positions_without_attention_do_nothing() -> None:
    spec = columns(Positions(how="rotary"), Dense(units=8))
    (problem,) = problems(spec)
    assert (problem.path, problem.severity) == ("network[1]", "warning")
    assert not knows_the_order(spec)
    assert problem.fix is not None
    assert not problems(problem.fix.spec)
    before, after = (build_model(each) for each in (spec, problem.fix.spec))
    x = torch.randn(4, 1, 8, 8)
    assert torch.equal(before[2:](before[0](x)), before(x))
    assert not torch.allclose(before(x), after(x))


@pytest.mark.parametrize(
    ("layer", "title"),
    [
        (Attention(), "Make it causal"),
        (TransformerBlock(), "Make it causal"),
        (GRU(returns="all", bidirectional=True), "Read in one direction"),
        (Conv1d(filters=8), "Remove the convolution 1D layer"),
    ],
    ids=lambda value: value.kind if isinstance(value, Layer) else "",
)
def test_a_layer_that_sees_the_next_symbol(layer: Layer, title: str, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = columns(Positions(), Residual(layers=(layer,)))
    monkeypatch.setattr(Digits8, "task", NextSymbol())
    (problem,) = check_sequences(spec)
    assert (problem.path, problem.severity) == ("network[2].layers[0]", "warning")
    assert problem.fix is not None
    assert problem.fix.title == title
    assert not list(check_sequences(problem.fix.spec))

    module = layer.build(trace(spec).rows[1].tensor_out)
    x = torch.randn(2, 8, 8, requires_grad=True)
    (gradient,) = torch.autograd.grad(module(x)[:, 3].square().sum(), x)
    assert gradient[:, 4:].any()


def test_layers_that_look_back_may_predict_the_next_symbol(monkeypatch: pytest.MonkeyPatch) -> None:
    spec = columns(Positions(), LSTM(returns="all"), TransformerBlock(causal=True), Conv1d(filters=8, kernel=1), Dense())
    monkeypatch.setattr(Digits8, "task", NextSymbol())
    assert not list(check_sequences(spec))


def test_patches_are_steps_without_order() -> None:
    spec = ExperimentSpec(
        data=Digits8(), network=(Patches(size=2, width=8), TransformerBlock(heads=2), SequencePool(), Output()), loss=CrossEntropy()
    )
    (problem,) = problems(spec)
    assert not knows_the_order(spec)
    assert problem.path == "network[1]"
