"""Formulas, against Python's own reading of the same text, and what is said about those that cannot be read."""

import math
import time
from typing import Any

import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from torch import Tensor

from playground.catalog.formulas import Formula
from playground.catalog.layers.feature_formulas import (
    FUNCTIONS,
    MAX_CHARACTERS,
    FormulaError,
    Node,
    compiled,
    is_linear,
    mentions,
    parse,
    spelled,
)
from playground.catalog.layers.feature_ranges import doubts, range_of
from playground.catalog.layers.feature_writing import as_notation, as_text, as_torch
from playground.catalog.layers.ranges import ANY, Range

_POINTS = torch.tensor([[0.5, -1.25], [2.0, 3.0], [-0.75, 0.1], [-2.0, -3.5]], dtype=torch.float64)


def _either(name: str) -> Any:
    """A function of a tensor or a number."""
    return lambda value: getattr(torch, name)(value) if isinstance(value, Tensor) else FUNCTIONS[name][1](value)


def as_python(formula: str, x: Tensor) -> Tensor:
    """What Python makes of the same text."""
    names = {"x1": x[..., 0], "x2": x[..., 1], "pi": math.pi, **{name: _either(name) for name in FUNCTIONS}}
    value: Tensor = eval(formula.replace("^", "**"), {"__builtins__": {}}, names)  # noqa: S307
    return value


def _of(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    exponents = st.sampled_from(["2", "3", "-1", "-2", "0.5", "2^2"])
    return st.one_of(
        st.tuples(inner, st.sampled_from([" + ", "-", "*", " / "]), inner).map("".join),
        st.tuples(st.sampled_from(["-", "+"]), inner).map("".join),
        inner.map("({})".format),
        st.tuples(st.sampled_from(list(FUNCTIONS)), inner).map(lambda pair: f"{pair[0]}({pair[1]})"),
        st.tuples(inner.map("({})".format) | st.sampled_from(["x1", "x2"]), exponents).map("^".join),
        inner.map("2^({})".format),
    )


FORMULAS = st.recursive(st.sampled_from(["x1", "x2", "x1", "2", "0.5", "pi", "1e-1"]), _of, max_leaves=6)


def read(formula: str) -> Any:
    """The tree of a formula that can be read; others are not examples."""
    try:
        return parse(formula)
    except FormulaError:
        assume(False)


@settings(max_examples=150, deadline=None)
@given(FORMULAS)
def test_a_formula_means_what_python_reads_in_it(formula: str) -> None:
    node = read(formula)
    found, expected = compiled(node)(_POINTS), as_python(formula, _POINTS)
    assert found.shape == (4,)
    torch.testing.assert_close(found, expected, rtol=1e-6, atol=1e-9, equal_nan=True)


@settings(max_examples=150, deadline=None)
@given(FORMULAS)
def test_as_text_and_as_code_it_stays_the_same_function(formula: str) -> None:
    node = read(formula)
    found = compiled(node)(_POINTS)
    assert torch.equal(compiled(parse(spelled(formula)))(_POINTS).nan_to_num(7), found.nan_to_num(7))
    assert torch.equal(eval(as_torch(node), {"torch": torch, "x": _POINTS}).nan_to_num(7), found.nan_to_num(7))  # noqa: S307
    printed = Formula(f"y = {as_notation(node)}").value({"x₁": -0.75, "x₂": 0.1})
    if math.isfinite(printed):  # otherwise a part of it has no value there
        assert printed == pytest.approx(float(found[2]), rel=1e-6, abs=1e-6)
    text = as_text(node)
    assume(len(text) <= MAX_CHARACTERS)
    assert torch.equal(compiled(parse(text))(_POINTS).nan_to_num(7), found.nan_to_num(7))
    assert spelled(spelled(formula)) == spelled(formula)


@settings(max_examples=150, deadline=None)
@given(FORMULAS, st.tuples(st.floats(-4, 4), st.floats(-4, 4)).map(sorted))
def test_no_value_is_outside_of_the_range_and_without_doubt_all_are_finite(formula: str, ends: list[float]) -> None:
    node, inside = read(formula), Range(*ends)
    x = torch.tensor(ends[0]) + (ends[1] - ends[0]) * torch.rand(200, 2, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    values = compiled(node)(x)
    found = range_of(node, inside)
    finite = values[values.isfinite()]
    slack = 1e-6 * (1 + finite.abs())
    assert (finite >= found.low - slack).all()
    assert (finite <= found.high + slack).all()
    if not list(doubts(node, inside)) and math.isfinite(found.low) and math.isfinite(found.high):
        assert values.isfinite().all()


@settings(max_examples=100, deadline=None)
@given(FORMULAS)
def test_each_suggestion_leaves_one_doubt_less(formula: str) -> None:
    node = read(formula)
    found = list(doubts(node, ANY))
    for doubt in found:
        assert len(list(doubts(doubt.guarded, ANY))) < len(found)


@settings(max_examples=100, deadline=None)
@given(FORMULAS)
def test_a_formula_that_is_called_linear_is(formula: str) -> None:
    node = read(formula)
    if is_linear(node):
        f, (a, b, _, _) = compiled(node), _POINTS
        torch.testing.assert_close(f(a + b) + f(0 * a), f(a) + f(b), rtol=1e-6, atol=1e-9)


def test_linear_formulas_are_found() -> None:
    assert all(is_linear(parse(formula)) for formula in ("x1", "-x1+2*x2/3-1", "x1*(2-1)", "2*(x1-x2)"))
    assert not any(is_linear(parse(formula)) for formula in ("x1^2", "x1*x2", "abs(x1)", "1/x1", "2^x1"))


@pytest.mark.parametrize(
    ("formula", "stored"),
    [("X1 ^ 2", "x1^2"), (" x1 ** 2 ", "x1^2"), ("Sin( 2 * PI * x2 )", "sin(2*pi*x2)"), ("x1 - -x2", "x1--x2"), ("1E-3*x1", "1e-3*x1")],
)
def test_formulas_are_stored_in_one_spelling(formula: str, stored: str) -> None:
    assert spelled(formula) == stored


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("", "a formula is empty: write for example x1^2"),
        ("3*2", "3*2 is always the same number: use a name such as x1"),
        ("x1+foo", "unknown name 'foo' at position 4 of x1+foo: names are x1, x2, … and pi"),
        ("foo(x1)", "unknown function 'foo' at position 1 of foo(x1): functions are sin, cos, tan, tanh, exp, log, sqrt, abs"),
        ("x0", "unknown name 'x0' at position 1"),
        ("__import__('os')", "“'” cannot be read at position 12"),
        ("x1.real", "“.” cannot be read at position 3"),
        ("sin x1", "“(” is missing at position 5 of sin x1: write for example sin(x1)"),
        ("sin(x1", "“)” is missing for the “(” at position 4"),
        ("x1)", "“)” without “(” at position 3"),
        ("2x1", "an operator is missing before “x1” at position 2 of 2x1: write products as 2*x1"),
        ("x1(x2)", "an operator is missing before “(” at position 3"),
        ("(x1 2)", "an operator is missing before “2” at position 5"),
        ("x1+", "a number, a name or “(” is missing at position 4 of x1+: found the end"),
        ("x1^x2", "the exponent is not a number at position 3 of x1^x2: write powers as x1^2 or 2^x1"),
        ("(-2)^x1", "the base is not above 0 at position 5"),
        ("log(-1)*x1", "the result of “log” is not a number at position 1"),
        ("9^9^9^9*x1", "the result of “^” is not a number at position 4"),
        ("1e400*x1", "a number is too large at position 1 of 1e400*x1: at most 1e+30"),
        ("x1/(2-2)", "division by 0 at position 3"),
        ("x1,x2", "“,” cannot be read at position 3"),
        ("x1\x00", "cannot be read at position 3"),
        ("x1²", "cannot be read at position 3"),
        ("(" * 60 + "x1" + ")" * 60, "nested too deeply at position 22"),
        ("-" * 60 + "x1", "nested too deeply at position 22"),
        ("x1^" * 60 + "2", "nested too deeply"),
        ("x1+" * 60 + "x1", "too many operations at position 153"),
        ("x1+" * 4000, "a formula has at most 200 characters, got 12,000"),
        ("(" * 10_000, "a formula has at most 200 characters, got 10,000"),
    ],
)
def test_what_is_wrong_is_said_with_its_position_and_what_is_right(formula: str, words: str) -> None:
    started = time.thread_time()
    with pytest.raises(FormulaError) as caught:
        parse(formula)
    assert words in str(caught.value)
    assert len(str(caught.value)) < 220
    assert time.thread_time() - started < 0.1


def answer(text: str) -> tuple[Node | None, str]:
    """A formula as a tree, or what is wrong with it."""
    try:
        return parse(text), ""
    except FormulaError as error:
        return None, str(error)


@settings(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("x12 .e+-*/^()sincopa"), max_size=30) | st.text(max_size=30))
def test_any_text_is_read_or_refused_in_words(text: str) -> None:
    node, problem = answer(text)
    if node is None:
        assert 5 < len(problem) < 220
    else:
        assert compiled(node)(torch.ones(2, 9999)).shape == (2,)
        assert list(mentions(node))


def test_in_print_it_has_the_signs_of_print() -> None:
    assert as_notation(parse("-x1^2+2*x12/(x1-3)")) == "−x₁² + 2·x₁₂/(x₁ − 3)"
    assert as_notation(parse("x1*-2^x2+x1^-2-x2^0.5")) == "x₁·(−2^x₂) + x₁⁻² − x₂^0.5"
    assert as_notation(parse("sqrt(abs(x1))-1e-7*x1")) == "√(|x₁|) − 0.0000001·x₁"


def test_what_a_formula_doubts_depends_on_its_input() -> None:
    def doubted(formula: str, inside: Range = ANY) -> list[str]:
        return [doubt.part for doubt in doubts(parse(formula), inside)]

    assert doubted("log(x1)+1/x2") == ["log(x1)", "1/x2"]
    assert doubted("log(x1^2)") == ["log(x1^2)"]
    assert not doubted("log(1+x1^2)/(2+cos(x2))+sqrt(abs(x1))+exp(x1)^0.5+2^x1")
    assert doubted("log(x1+7)") == ["log(x1+7)"]
    assert not doubted("log(x1+7)", Range(-6, 6))
    assert doubted("x1^0.5 + x1^-1 + x1^-0.5") == ["x1^0.5", "x1^-1", "x1^-0.5"]
    assert not doubted("x1^0.5 + x1^-1 + x1^-0.5", Range(1, 2))
    (doubt,) = doubts(parse("2*log(x1)"), ANY)
    assert (doubt.rule, as_text(doubt.guarded)) == ("needs x1 to be above 0", "2*log(abs(x1)+0.1)")
