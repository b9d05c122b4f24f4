"""Input features, against the same features written out, and what they make possible."""

import json
from typing import Any

import numpy as np
import onnxruntime
import pytest
import torch
from sklearn.linear_model import LogisticRegression
from torch import Tensor

from playground.catalog.datasets import Circle, Dataset, Wine
from playground.catalog.layers import Dense, Dropout, Features, Layer, Output, Parallel, Residual, Tanh
from playground.catalog.layers.ranges import Range
from playground.explain import IntegratedGradients, Method, Occlusion, Saliency, attribute
from playground.export.link import from_token, to_token
from playground.export.onnx import to_onnx
from playground.network import Problem, build_model, trace
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.shorthand import ShorthandError, read, write
from playground.spec import ExperimentSpec, SpecError, TrainingSettings
from playground.training import Diverged, Finished
from playground.training.divergence import suggestions
from playground.web import edits
from playground.web.network_state import network_state
from tests.tensors import tensor_of
from tests.training.specs import points, run

EVERY = (
    "x1", "x2^2", "-x1*x2", "x1/(x2^2+1)", "sin(2*x1)", "cos(x2)", "tan(x1/9)", "tanh(x1-x2)", "exp(-x1^2)", "2^x2",
    "log(x1^2+1)", "sqrt(abs(x2))", "(abs(x1)+1)^-1.5",
)  # fmt: skip


def written_out(x: Tensor) -> Tensor:
    """The features of EVERY."""
    a, b = x.unbind(-1)
    powers = [a, b.square(), -a * b, a / (b.square() + 1)]
    waves = [(2 * a).sin(), b.cos(), (a / 9).tan(), (a - b).tanh()]
    others = [(-a.square()).exp(), b.exp2(), (a.square() + 1).log(), b.abs().sqrt(), (a.abs() + 1).pow(-1.5)]
    return torch.stack([*powers, *waves, *others], dim=-1)


def circle(*formulas: str, **fields: Any) -> ExperimentSpec:
    return points(Features(formulas=formulas), Output(), **fields)


def problems(spec: ExperimentSpec, path: str = "network[0]") -> list[Problem]:
    return [problem for problem in trace(spec).problems if problem.path == path]


@pytest.mark.parametrize("sizes", [(2,), (7, 2)])
def test_each_formula_is_a_feature_of_the_output(sizes: tuple[int, ...]) -> None:
    x = 3 * torch.randn(50, *sizes, generator=torch.Generator().manual_seed(0))
    module = Features(formulas=EVERY).build(tensor_of(*sizes))
    torch.testing.assert_close(module(x), written_out(x))


def test_its_gradient_is_that_of_the_features_written_out() -> None:
    x = torch.randn(50, 2, generator=torch.Generator().manual_seed(0), requires_grad=True)
    weights = torch.randn(len(EVERY))
    (found,) = torch.autograd.grad((Features(formulas=EVERY).build(tensor_of(2))(x) * weights).sum(), x)
    (expected,) = torch.autograd.grad((written_out(x) * weights).sum(), x)
    torch.testing.assert_close(found, expected)


def test_onnxruntime_computes_the_same() -> None:
    spec = circle(*EVERY)
    model = build_model(spec).eval()
    session = onnxruntime.InferenceSession(to_onnx(spec), providers=["CPUExecutionProvider"])
    x = 3 * torch.randn(50, 2, generator=torch.Generator().manual_seed(0))
    (found,) = session.run(None, {"input": x.numpy()})
    torch.testing.assert_close(torch.from_numpy(found), model(x).detach(), rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("method", [Saliency(), IntegratedGradients(), Occlusion(window=1, stride=1)], ids=lambda method: method.kind)
def test_what_counts_is_found_behind_formulas(method: Method) -> None:
    """x2 has no part in the output; and what x1 contributes is complete."""
    model = build_model(circle("x1^2", "tanh(x1)"))
    result = attribute(model, torch.tensor([[1.5, -2.0]]), method, target=0)
    assert result.values[0, 1] == 0
    assert result.values[0, 0] != 0
    if result.delta is not None:
        assert abs(result.delta) < 1e-3


def test_a_neuron_with_squares_separates_a_circle_as_logistic_regression_does() -> None:
    spec = PRESETS["circle_features"].spec
    finished = run(spec)[-1]
    assert isinstance(finished, Finished)
    assert finished.test["accuracy"] >= 0.99
    data = spec.data.load()
    model = LogisticRegression().fit(np.square(data.train.inputs), data.train.targets)
    assert finished.test["accuracy"] == pytest.approx(model.score(np.square(data.test.inputs), data.test.targets), abs=0.01)
    straight = run(spec.model_copy(update={"network": (Output(),), "training": TrainingSettings(epochs=20, batch_size=10)}))[-1]
    assert straight.test["accuracy"] < 0.7


def test_the_layer_sees_standardized_inputs() -> None:
    spec = circle("x1", "x2^2", data=Circle(samples=60, standardise=True))
    inputs = spec.data.encode(spec.data.load().train.inputs)
    assert torch.allclose(inputs.mean(dim=0), torch.zeros(2), atol=1e-5)
    assert torch.equal(build_model(spec)[0](inputs), torch.stack([inputs[:, 0], inputs[:, 1] ** 2], dim=1))


@pytest.mark.parametrize(
    ("formula", "features", "words"),
    [
        ("x1+2*x3", 2, "unknown name 'x3' at position 6 of x1+2*x3: this input has x1 and x2"),
        ("x2", 1, "unknown name 'x2' at position 1 of x2: this input has x1"),
        ("sin(x9999)", 13, "unknown name 'x9999' at position 5 of sin(x9999): this input has x1 to x13"),
    ],
)
def test_a_name_that_the_input_does_not_have_is_reported_with_a_fix(formula: str, features: int, words: str) -> None:
    layer = Features(formulas=("x1^2", formula))
    with pytest.raises(ValueError, match="unknown name") as caught:
        layer.build(tensor_of(features))
    assert str(caught.value) == words
    spec = points(Dense(units=features), layer, Output())
    (problem,) = problems(spec, "network[1]")
    assert words in problem.message
    assert problem.fix is not None
    assert problem.fix.spec.network[1] == Features(formulas=("x1^2",))
    assert trace(problem.fix.spec).ok
    title, whole = Features(formulas=(formula,)).suggestion(tensor_of(features))
    assert title == "Use the features as they are"
    assert isinstance(whole, Features)
    assert whole.formulas == tuple(f"x{number + 1}" for number in range(features))


@pytest.mark.parametrize(
    ("formula", "data", "fixed"),
    [
        ("log(x1)", Circle(), "log(abs(x1)+0.1)"),
        ("1/x2", Circle(), "1/(abs(x2)+0.1)"),
        ("x1*sqrt(x2)", Circle(), "x1*sqrt(abs(x2))"),
        ("log(x1+7)", Circle(), None),
        ("log(x1+7)", Circle(standardise=True), "log(abs(x1+7)+0.1)"),
    ],
)
def test_a_formula_that_may_not_be_a_number_is_a_warning(formula: str, data: Dataset, fixed: str | None) -> None:
    found = problems(circle("x1^2", formula, data=data))
    assert len(found) == (fixed is not None)
    for problem in found:
        assert problem.severity == "warning"
        assert problem.fix is not None
        assert problem.fix.title == f"Use {fixed}"
        assert problem.fix.spec.network[0] == Features(formulas=("x1^2", fixed))
        assert not problems(problem.fix.spec)


def test_what_comes_before_a_formula_decides_whether_it_may_fail() -> None:
    assert problems(points(Dense(units=2), Features(formulas=("log(x1)",)), Output()), "network[1]")
    assert not problems(points(Features(formulas=("x1^2+1",)), Features(formulas=("log(x1)",)), Output()), "network[1]")
    assert problems(points(Residual(layers=(Features(formulas=("1/x1",)),)), Output()), "network[0].layers[0]")


def test_a_run_with_such_a_formula_ends_as_the_warning_says() -> None:
    end = run(circle("log(x1)", "x2"))[-1]
    assert isinstance(end, Diverged)
    assert "no longer a number" in end.message
    assert end.advice[0].startswith("Change a formula: log(x1) needs x1 to be above 0")
    assert suggestions(circle("log(x1)", "x2"))[0].fix == problems(circle("log(x1)", "x2"))[0].fix


def test_only_formulas_that_bend_make_a_boundary_bend() -> None:
    def straight(*layers: Layer) -> bool:
        return any("Without a hidden layer" in problem.message for problem in trace(points(*layers)).problems)

    assert straight(Features(formulas=("x1", "2*x2-x1")), Dropout(), Output())
    assert not straight(Features(formulas=("x1", "x1*x2")), Output())
    assert not straight(Features(formulas=("x1", "x2")), Dense(), Tanh(), Output())


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        ('features "x1, x2, x1^2, sin(x1)"', ("x1", "x2", "x1^2", "sin(x1)")),
        ("features “X1 ** 2,x1 * x2”", ("x1^2", "x1*x2")),
        ('InputFeatures(formulas="exp(-x1^2/2)")', ("exp(-x1^2/2)",)),
        ("features x1^2 | output", ("x1^2",)),
        ("features", ("x1", "x1^2")),
    ],
)
def test_formulas_have_a_text_form(text: str, formulas: tuple[str, ...]) -> None:
    layer = read(text)[0]
    assert layer == Features(formulas=formulas)
    assert read(write((Residual(layers=(layer,)), Parallel(branch=((layer,), ()))))) == (
        Residual(layers=(layer,)),
        Parallel(branch=((layer,), ())),
    )


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("features x1, x2", "column 14: several formulas need quotes, as in features \"x1, x1^2\"; found 'x2'"),
        ("features sin(x1)", "column 14: several formulas need quotes"),
        ('features "x1', "column 10: these quotes are not closed"),
        ('features ""', "needs at least one formula"),
        ('features "x1, foo"', "column 10: features formulas: unknown name 'foo' at position 1 of foo"),
        ('features "' + "x1," * 1999 + '"', "a network has at most 4,000 characters of formulas"),
        ('relu | "x1"', "column 8: a layer's name belongs here"),
    ],
)
def test_a_text_that_is_wrong_says_where(text: str, words: str) -> None:
    with pytest.raises(ShorthandError) as caught:
        read(text)
    assert words in caught.value.problems[0]


def test_links_carry_formulas() -> None:
    spec = circle(*EVERY)
    assert from_token(to_token(spec)) == spec
    assert parse_spec(spec.to_json()) == spec


@pytest.mark.parametrize(
    ("formulas", "words"),
    [
        (["x1", "x1+" * 400], "network[0].formulas: a formula has at most 200 characters, got 1,200"),
        (["x1", "x1+" * 4000], "the formulas of a network have at most 4,000 characters in all"),
        (["x1" * 100] * 21, "the formulas of a network have at most 4,000 characters in all"),
        (["(" * 190], "nested too deeply"),
        (["eval(x1)"], "network[0].formulas: unknown function 'eval' at position 1"),
        (["x1"] * 33, "network[0].formulas: must have at most 32 entries, got 33"),
        ([], "network[0].formulas: needs at least one formula"),
        ([7], "network[0].formulas[0]: "),
        ("x1", "network[0].formulas: "),
    ],
)
def test_a_link_with_formulas_that_cannot_be_is_refused_in_words(formulas: object, words: str) -> None:
    data = {"data": {"kind": "circle"}, "loss": {"kind": "bce"}, "network": [{"kind": "features", "formulas": formulas}]}
    with pytest.raises(SpecError) as caught:
        parse_spec(json.dumps(data))
    assert words in caught.value.problems[0]
    assert len(caught.value.problems[0]) < 300


def test_a_new_layer_has_the_features_of_its_input() -> None:
    spec = edits.apply(points(Output()), {"op": "add", "path": "network[0]", "kind": "features"})
    assert spec.network == (Features(formulas=("x1", "x2")), Output())
    digits = edits.apply(PRESETS["mlp_784_256_10"].spec, {"op": "add", "path": "network[1]", "kind": "features"})
    assert len(digits.network[1].formulas) == 32
    assert edits.set_field(spec, "network[0].formulas", ["x1 ^ 2"]).network[0] == Features(formulas=("x1^2",))
    with pytest.raises(SpecError, match="unknown name 'y' at position 1 of y"):
        edits.set_field(spec, "network[0].formulas", ["y"])


def test_other_data_keeps_the_formulas_only_if_it_has_as_many_features() -> None:
    start = PRESETS["circle_features"].spec
    assert edits.replace_dataset(start, "spiral").spec.network == start.network
    for kind in ("wine", "curve", "mnist_sample"):
        adapted = edits.replace_dataset(start, kind)
        assert not any(isinstance(layer, Features) for layer in adapted.spec.network)
        assert adapted.notes[0] == "The input features were removed: they are formulas of the features of Circle."
        assert not any("image layer" in note for note in adapted.notes)
        assert trace(adapted.spec).ok


def test_the_editor_says_what_the_names_stand_for() -> None:
    def names(data: Dataset, *layers: Layer) -> list[str]:
        spec = points(*layers, data=data)
        return list(network_state(spec, trace(spec))["input"]["names"])

    assert names(Wine(), Features(), Output())[:2] == list(Wine().feature_names[:2]) == ["Alcohol", "Malic acid"]
    assert not names(Wine(), Output())
    assert not names(Circle(), Features(), Output())


def test_the_output_range_is_that_of_all_formulas() -> None:
    found = Features(formulas=("x1^2", "sin(x2)")).output_range(Range(-6, 6), tensor_of(2))
    assert (found.low, found.high) == (-1, 36)
