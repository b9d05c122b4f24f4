"""Results as CSV: texts cannot become formulas, numbers stay numbers."""

import csv
import io

import pytest

from playground.predicting import Prediction, results_csv


def rows_of(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("text", ["=1+1", "+a", "-a", "@SUM(A1)", "\tx", "\r=1"])
def test_texts_that_would_be_formulas_are_escaped(text):
    found = [Prediction(text, {"label": text, "confidence": 0.5, "probabilities": {text: 0.5, "b": 0.5}})]
    header, row = rows_of(results_csv(found, (text, "b")))
    assert header == ["input", "label", "confidence", f"probability of {text}", "probability of b", "problem"]
    assert row[:2] == [f"'{text}"] * 2


def test_numbers_stay_numbers():
    _, row = rows_of(results_csv([Prediction("line 2", {"gain": -3.5})], ()))
    assert row == ["line 2", "-3.5", ""]


def test_given_numbers_are_no_formulas():
    found = [Prediction("line 2", {"gain": 1.0}, cells=("-3,5", "-1+1", "+1e3"))]
    _, row = rows_of(results_csv(found, (), ("a", "b", "c", "d")))
    assert row[3:] == ["-3,5", "'-1+1", "+1e3", ""]


def test_a_name_that_would_be_a_formula_is_escaped_in_the_header():
    header, _ = rows_of(results_csv([Prediction("line 2", {"=a": 1.0})], ()))
    assert header == ["input", "'=a", "problem"]


def test_inputs_with_problems_stay_in_their_place():
    found = [Prediction("line 2", {}, "“size”: “x” is not a number"), Prediction("line 3", {"price": 1.0})]
    assert rows_of(results_csv(found, ())) == [
        ["input", "price", "problem"],
        ["line 2", "", "“size”: “x” is not a number"],
        ["line 3", "1.0", ""],
    ]
