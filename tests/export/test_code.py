"""Partial evaluation, against what Python itself makes of the code; and what of a module is brought along."""

import ast
import importlib
import inspect
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.catalog.augmentations import Affine, Rotation
from playground.catalog.datasets import Circle
from playground.export.code import origin
from playground.export.code.collector import Collector, collected, deciding
from playground.export.code.folding import UNKNOWN, Folding, literal, tidied, value_of
from playground.export.code.standins import STAND_INS
from playground.export.code.trees import unparsed

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=20),
    lambda inner: st.tuples(inner, inner) | st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@given(PLAIN)
def test_a_plain_value_is_written_as_python_reads_it(value):
    assert ast.literal_eval(unparsed(literal(value))) == value


def folded(code: str, **known: object) -> str:
    tree = Folding(known, {}).visit(origin.parsed(code))
    tree.body = tidied(tree.body)
    return unparsed(tree)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a == 1", True),
        ("a > 1 or b", UNKNOWN),
        ("a > 1 and b", False),
        ("a == 1 or b", True),
        ("not a", False),
        ("a is None", False),
        ("'x' in ('x', 'y')", True),
        ("a * 0.5 > 0.4", True),
        ("b", UNKNOWN),
        ("f(a)", UNKNOWN),
    ],
)
def test_what_an_expression_is_worth(text, value):
    assert value_of(ast.parse(text, mode="eval").body, {"a": 1}) is value


def test_branches_that_are_ruled_out_go():
    assert folded("if a > 2:\n    f()\nelse:\n    g()", a=1) == "g()"
    assert folded("x = 1 if a else 2\nf(x, x)", a=False) == "f(2, 2)"
    assert folded("if b and a:\n    f()", a=True) == "if b:\n    f()"
    assert folded("if (x := a) is not None:\n    f(x)", a=3) == "x = a\nf(x)"


def test_complaints_go_but_not_what_ends_the_program():
    assert folded("if b:\n    raise ValueError('no')\nf()") == "f()"
    assert folded("try:\n    f()\nexcept OSError as error:\n    raise DataError from error") == "f()"
    assert "SystemExit" in folded("if b:\n    raise SystemExit('no')\nf()")


def test_what_nobody_reads_goes_unless_it_moves_the_random_numbers():
    assert folded("a, b = 1, g()\nf(b)") == "b = g()\nf(b)"
    assert folded("a = g()\nf()") == "f()"
    assert folded("a = rng.normal()\nf()") == "a = rng.normal()\nf()"
    assert folded("return 1\nf()") == "return 1"


def test_comments_come_along():
    assert folded("# why\nf()  # and how\nif b:\n    # inside\n    g()") == "# why\n# and how\nf()\nif b:\n    # inside\n    g()"


def code_of(*methods: tuple[object, str]) -> str:
    def make(collector: Collector) -> None:
        for variant, name in methods:
            collector.method(variant, name)

    return collected(make, {}, {}).pieces.text("")


def test_a_function_keeps_only_the_branches_that_its_call_takes():
    assert "shift" not in code_of((Rotation(degrees=3), "change"))
    both = code_of((Rotation(degrees=3), "change"), (Affine(), "change"))
    assert both.count("def warp(") == 1
    assert "if shift is not None" in both


def test_a_parameter_that_a_function_changes_decides_nothing():
    definition = ast.parse("def f(a, b):\n    a = g(a)\n    if a:\n        h(b)").body[0]
    call = ast.parse("f(1, 2)", mode="eval").body
    assert isinstance(definition, ast.FunctionDef)
    assert isinstance(call, ast.Call)
    assert deciding(definition, call) == ()


def test_settings_stand_in_the_code_and_in_its_text():
    code = code_of((Rotation(degrees=3.5), "change"))
    assert "math.radians(3.5)" in code
    assert "at most 3.5" in code
    assert "self" not in code


def test_variants_with_other_settings_are_other_functions():
    code = code_of((Rotation(degrees=3), "change"), (Rotation(degrees=4), "change"), (Rotation(degrees=3), "change"))
    assert code.count("def rotation(") == code.count("def rotation2(") == 1


def test_what_is_needed_comes_before_who_needs_it():
    tree = ast.parse(code_of((Circle(noise=0.1), "load")))
    seen: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            called = {each.func.id for each in ast.walk(node) if isinstance(each, ast.Call) and isinstance(each.func, ast.Name)}
            ours = {other.name for other in tree.body if isinstance(other, ast.FunctionDef | ast.ClassDef)}
            assert called & ours <= seen
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            seen.add(node.name)


@pytest.mark.parametrize("original", STAND_INS, ids=lambda place: place[1])
def test_what_stands_in_for_a_function_is_called_as_it_is(original):
    asked, standing = (
        inspect.signature(attrgetter(name)(importlib.import_module(module))).parameters.values()
        for module, name in (original, STAND_INS[original])
    )
    assert [(each.name, each.kind, each.default) for each in asked] == [(each.name, each.kind, each.default) for each in standing]
