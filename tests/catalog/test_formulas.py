"""Formulas as text: computed, and written out with their numbers."""

import math
from typing import Any

import pytest

from playground.catalog.formulas import MOST_TERMS, Formula, formula, worked_out


def short(value: float) -> str:
    return f"{value:.4g}".replace("-", "−")


@pytest.mark.parametrize(
    ("text", "values", "written", "result"),
    [
        ("m ← β₁·m + (1 − β₁)·g", {"β₁": 0.9, "m": -0.1, "g": 0.5}, "0.9·(−0.1) + (1 − 0.9)·0.5", 0.9 * -0.1 + (1 - 0.9) * 0.5),
        ("w ← w − lr·m̂/(√v̂ + 10⁻⁸)", {"w": 1, "lr": 0.1, "m̂": 0.3, "v̂": 4}, "1 − 0.1·0.3/(√4 + 10⁻⁸)", 1 - 0.1 * 0.3 / (2 + 1e-8)),
        ("m̂ ← m/(1 − β₁ᵗ)", {"m": -1, "β₁": 0.9, "t": 3}, "−1/(1 − 0.9³)", -1 / (1 - 0.9**3)),
        ("x ← 0.96^(t·ψ)", {"t": 2, "ψ": 0.004}, "0.96^(2·0.004)", 0.96**0.008),
        ("L = −(1 − p)^γ·log(p)", {"p": 0.3, "γ": 2}, "−(1 − 0.3)²·log(0.3)", -(0.7**2) * math.log(0.3)),
        ("y = max(−c, min(c, x))", {"c": 1, "x": -3}, "max(−1, min(1, −3))", -1),
        ("y = x²", {"x": -3}, "(−3)²", 9),
        ("y = a − b − c", {"a": 1, "b": 2, "c": -3}, "1 − 2 − (−3)", 2),
        ("y = a/b·c", {"a": 1, "b": 2, "c": 3}, "1/2·3", 1.5),
        ("y = −a·b + c", {"a": 1, "b": 2, "c": 3}, "−1·2 + 3", 1),
        ("y = |a − b|·√(a + b)", {"a": 1, "b": 3}, "|1 − 3|·√(1 + 3)", 4),
        ("y = Σ(w·x) + b", {"w": [0.5, -2], "x": [4, 1], "b": -1}, "0.5·4 + (−2)·1 + (−1)", -1),
        ("L = mean((o − y)²)", {"o": [1, 2], "y": [0, 4]}, "((1 − 0)² + (2 − 4)²)/2", 2.5),
        ("L = −Σ(y·log(p))", {"y": [0, 1], "p": [0.0, 0.2]}, "−(1·log(0.2) + 0 [1 more])", -math.log(0.2)),
        ("y = x·Φ(x)", {"x": 1}, "1·Φ(1)", 0.8413447460685429),
        ("∂L/∂o = (p − y)/K", {"p": 0.25, "y": 1, "K": 1}, "(0.25 − 1)/1", -0.75),
    ],
)
def test_a_formula_is_computed_and_written_out(text: str, values: dict[str, Any], written: str, result: float) -> None:
    read = Formula(text)
    assert read.written(values, short) == written
    assert read.value(values) == pytest.approx(result, rel=1e-12)


def test_a_long_sum_shows_the_terms_that_count_most() -> None:
    numbers = [float(number) for number in range(1, 101)]
    written = formula("s = Σ(x)").written({"x": numbers}, short)
    assert written == "95 + 96 + 97 + 98 + 99 + 100 + 4465 [94 more]"
    assert MOST_TERMS == 6
    assert formula("s = Σ(x)").value({"x": numbers}) == 5050


def test_formulas_one_after_another_use_the_results_before() -> None:
    lines, values = worked_out([formula("v ← μ·v + g"), formula("w ← w − lr·v")], {"μ": 0.5, "v": 2, "g": 1, "w": 1, "lr": 0.1}, short)
    assert lines == [("v ← μ·v + g", "0.5·2 + 1", 2.0), ("w ← w − lr·v", "1 − 0.1·2", 0.8)]
    assert values["w"] == 0.8


def test_what_has_no_value_is_not_a_number_or_infinite() -> None:
    assert formula("y = 1/x").value({"x": 0}) != formula("y = 1/x").value({"x": 0})
    assert math.isnan(formula("y = √x").value({"x": -1}))
    assert formula("y = exp(x)").value({"x": 1e4}) == math.inf
    assert formula("y = −log(x)").value({"x": 0}) == math.inf
    assert math.isnan(formula("y = 0·x").value({"x": math.nan}))
    with pytest.raises(KeyError, match="x"):
        formula("y = x").value({})


@pytest.mark.parametrize("text", ["y = ", "y = a +", "y = (a", "y = a)", "y = a b", "y = log a", "y = a $ b", "y = ·a", "y = |a"])
def test_what_cannot_be_read_says_where(text: str) -> None:
    with pytest.raises(ValueError, match=r"cannot be read|is missing|ends too early|is not expected"):
        Formula(text).value({"a": 1, "b": 2})
