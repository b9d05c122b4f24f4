"""What is written out of a step: the numbers on each line give its result, and the results are PyTorch's."""

import re

import pytest

from playground.catalog.datasets import Rearranging
from playground.catalog.formulas import Formula
from playground.catalog.layers import (
    LAYERS,
    LSTM,
    BatchNorm,
    Conv2d,
    Dense,
    Dropout,
    Embedding,
    Features,
    Flatten,
    Output,
    PReLU,
    ReLU,
    Softmax,
    Tanh,
    TransformerBlock,
)
from playground.catalog.losses import LOSSES, CrossEntropy, Loss
from playground.catalog.optimizers import LBFGS, OPTIMIZERS, SGD, Adam, Optimizer
from playground.network import build_model
from playground.spec import ExperimentSpec
from playground.training.arithmetic import Arithmetic, Line
from playground.training.one_step import OneStep, one_step, without_history
from tests.catalog.every_layer import NETWORKS
from tests.training.resuming import with_checkpoints
from tests.training.specs import digits, points


def exactly(value: float) -> str:
    return f"{value:.17f}".replace("-", "−")


def start(spec: ExperimentSpec, row: int = 0) -> tuple[OneStep, Arithmetic]:
    """From the initial weights."""
    data = spec.data.load()
    step = one_step(spec, data, [row], without_history(spec, data, build_model(spec).state_dict(), 0, None))
    return step, Arithmetic(step, exactly)


def assert_adds_up(line: Line, result: float) -> None:
    """What stands on the line, read again, is its result."""
    assert line.result == result
    assert line.numbers, line.formula
    written = Formula(f"y = {re.sub(r' .[0-9,]+ more.', '', line.numbers)}").value({})
    assert written == pytest.approx(result, rel=1e-3, abs=1e-6), line


def at(tensor: object, index: int) -> float:
    return float(tensor.flatten()[index])  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "spec",
    [
        points(Dense(units=4), Tanh(), Dense(units=2, bias=False), PReLU(), Output()),
        points(Dense(units=2), Features(formulas=("x2^2", "-x1*x2/2", "sin(pi*x1)", "2^-x2-sqrt(abs(x1))", "(x1^2+1)^-0.5")), Output()),
        digits(Conv2d(filters=3), ReLU(), Flatten(), Dense(units=4), Tanh(), Output()),
    ],
    ids=["points", "features", "cnn"],
)
def test_every_unit_of_a_small_network_is_written_out(spec: ExperimentSpec) -> None:
    step, arithmetic = start(spec)
    for of in step.passes:
        assert of.gradient is not None
        for unit in range(0, of.output.numel(), max(1, of.output.numel() // 7)):
            assert_adds_up(arithmetic.output(of, unit), at(of.output, unit))
            gradient = arithmetic.gradient(of, unit)
            assert gradient is not None
            assert_adds_up(gradient, at(of.gradient, unit))


@pytest.mark.parametrize("kind", OPTIMIZERS, ids=lambda kind: kind.name())
def test_every_update_is_written_out_from_the_gradient_to_the_new_weight(kind: type[Optimizer]) -> None:
    spec = points(Dense(units=3, l1=0.01, l2=0.02), Tanh(), Output(), optimizer=kind(), training={"clip_norm": 0.05, "clip_value": 0.03})
    _, checkpoints = with_checkpoints(spec)
    step = one_step(spec, spec.data.load(), [1], checkpoints[2])
    arithmetic = Arithmetic(step, exactly)
    for change in step.changes:
        for index in range(change.before.numel()):
            first, *clipped, last = arithmetic.update(change, index)
            assert_adds_up(first, at(change.gradient, index))
            penalty = " + l₁·sign(w) + 2·l₂·w" if (change.path, change.name) == ("network[0]", "weight") else ""
            assert first.formula == f"g = Σ(δ·x){penalty}"
            assert [line.formula for line in clipped[:2]] == ["g ← max(−c, min(c, g))", "g ← g·min(1, n/(N + 10⁻⁶))"]
            assert last.result == at(change.after, index)
            if kind is LBFGS:
                assert last == Line("w ← a step of L-BFGS", "", at(change.after, index))
                continue
            assert clipped[1].result == pytest.approx(at(change.applied, index), rel=1e-5, abs=1e-9)
            assert_adds_up(last, at(change.after, index))
            assert last.formula.startswith("w ← w − ")


@pytest.mark.parametrize("kind", LOSSES, ids=lambda kind: kind.name())
def test_every_loss_is_written_out(kind: type[Loss]) -> None:
    step, arithmetic = start(points(loss=kind()))
    (line,) = arithmetic.loss()
    assert line.formula == kind().formula()
    assert_adds_up(line, step.loss)


def test_what_is_minimized_is_the_loss_with_penalties() -> None:
    step, arithmetic = start(points(Dense(units=3, l2=0.1), Output()))
    loss, minimized = arithmetic.loss()
    assert loss.result == step.loss
    assert_adds_up(minimized, step.minimized)
    assert step.minimized > step.loss


def test_with_an_answer_at_every_step_the_largest_loss_is_written_out() -> None:
    spec = ExperimentSpec(
        data=Rearranging(samples=50), network=(Embedding(width=8), TransformerBlock(heads=2), Output()), loss=CrossEntropy()
    )
    step, arithmetic = start(spec)
    one, mean = arithmetic.loss()
    assert one.result is not None
    assert one.result > step.loss == mean.result
    assert mean.formula == "the mean of 8 answers, of which this is the largest"
    last = step.passes[-1]
    assert last.gradient is not None
    for unit in range(0, last.output.numel(), 11):
        line = arithmetic.gradient(last, unit)
        assert line is not None
        assert_adds_up(line, at(last.gradient, unit))
        assert line.formula == "∂L/∂o = (q − y)/M"


@pytest.mark.parametrize("spec", NETWORKS.values(), ids=NETWORKS)
def test_every_layer_of_the_catalog_is_written_out_as_far_as_it_can_be(spec: ExperimentSpec) -> None:
    """What has a line adds up; the others have their formula as text."""
    step, arithmetic = start(spec)
    for of in step.passes:
        line = arithmetic.output(of, 0)
        assert line.formula.split(" + b")[0] == of.layer.formula_of(0).split(" + b")[0]
        gradient = arithmetic.gradient(of, 0)
        assert (gradient is None) == (of.gradient is None)
        for each, result in ((line, at(of.output, 0)), (gradient, 0.0 if of.gradient is None else at(of.gradient, 0))):
            if each is not None and each.numbers:
                assert_adds_up(each, result)
    for change in step.changes:
        lines = arithmetic.update(change, 0)
        assert lines[-1].result == at(change.after, 0)
        assert lines[-1].numbers
    assert {of.layer.kind for of in step.passes} <= set(LAYERS.kinds())


def test_a_line_whose_numbers_do_not_add_up_is_left_out() -> None:
    """Dropout is switched off where arithmetic is done, so the numbers of a step with dropout would be others."""
    step, arithmetic = start(points(Dense(units=20), Dropout(rate=0.5), Output()))
    (dense, dropout, _) = step.passes
    lines = [arithmetic.gradient(dense, unit) for unit in range(20)]
    assert all(line is not None and not line.numbers for line in lines if line is not None and line.result != 0)
    assert arithmetic.output(dropout, 0).numbers == ""


def test_softmax_recurrent_and_normalizing_layers_show_their_formula_as_text() -> None:
    spec = digits(Flatten(), Dense(units=4), BatchNorm(), Softmax(), Output())
    step, arithmetic = start(spec)
    assert arithmetic.output(step.passes[3], 0) == Line("y = exp(x)/Σ(exp(x))", "", at(step.passes[3].output, 0))
    assert arithmetic.output(step.passes[2], 0).formula.startswith("y = γ·(x − mean)")
    assert LSTM.formula.startswith("c ← ")


def test_an_input_feature_shows_its_own_formula() -> None:
    step, arithmetic = start(points(Features(formulas=("x1", "x1*x2")), Output()))
    assert_adds_up(arithmetic.output(step.passes[0], 1), at(step.passes[0].output, 1))


def test_where_nothing_before_learns_there_is_no_gradient() -> None:
    step, arithmetic = start(points(Dense(units=3, frozen=True), Tanh(), Output()))
    assert [arithmetic.gradient(of, 0) is None for of in step.passes] == [True, True, False]


def test_an_optimizer_that_starts_anew_counts_its_steps_from_one() -> None:
    for optimizer in (Adam(), SGD(momentum=0.9)):
        spec = points(optimizer=optimizer)
        data = spec.data.load()
        step = one_step(spec, data, [0], without_history(spec, data, build_model(spec).state_dict(), 500, 0.01))
        lines = Arithmetic(step, exactly).update(step.changes[0], 0)
        assert_adds_up(lines[-1], at(step.changes[0].after, 0))
