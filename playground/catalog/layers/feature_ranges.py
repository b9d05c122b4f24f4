"""Which numbers a formula can give, and where it may leave its domain: the logarithm of −1 is not a number, and 1/0 is infinite."""

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from playground.catalog.layers.feature_formulas import Call, Feature, Negative, Node, Number, Operation
from playground.catalog.layers.feature_writing import as_text
from playground.catalog.layers.ranges import ANY, Range

_MARGIN = Number(0.1)
"""What a suggestion adds, so that a divisor or an argument of a logarithm stays away from 0."""


@dataclass(frozen=True)
class Doubt:
    """A part of a formula that is not a finite number for some inputs. part: as text. rule: what it needs, as a clause.

    guarded: the whole formula with that part changed so that it always is."""

    part: str
    rule: str
    guarded: Node


def range_of(node: Node, inside: Range) -> Range:
    """The numbers that a formula can give for features in `inside`; where it has none, such as those of log(-1), they do not count."""
    match node:
        case Number(value):
            return Range(value, value)
        case Feature():
            return Range(inside.low, inside.high)
        case Negative(inner):
            return _negative(range_of(inner, inside))
        case Call(name, inner):
            return _FUNCTIONS[name](range_of(inner, inside))
        case Operation("^", left, right):
            return _power(range_of(left, inside), range_of(right, inside))
        case Operation(sign, left, right):
            one, other = range_of(left, inside), range_of(right, inside)
            if sign in "+-":
                return _sum(one, other if sign == "+" else _negative(other))
            return _product(one, other if sign == "*" else _inverse(other))


def doubts(node: Node, inside: Range) -> Iterator[Doubt]:
    """The parts that may leave their domain for features in `inside`, innermost first."""
    match node:
        case Negative(inner):
            for doubt in doubts(inner, inside):
                yield Doubt(doubt.part, doubt.rule, Negative(doubt.guarded))
        case Call(name, inner):
            for doubt in doubts(inner, inside):
                yield Doubt(doubt.part, doubt.rule, Call(name, doubt.guarded))
            low = range_of(inner, inside).low
            if name == "log" and low <= 0:
                yield Doubt(as_text(node), _above(inner), Call("log", _away(inner, low)))
            elif name == "sqrt" and low < 0:
                yield Doubt(as_text(node), _at_least_zero(inner), Call("sqrt", Call("abs", inner)))
        case Operation(sign, left, right):
            for doubt in doubts(left, inside):
                yield Doubt(doubt.part, doubt.rule, Operation(sign, doubt.guarded, right))
            for doubt in doubts(right, inside):
                yield Doubt(doubt.part, doubt.rule, Operation(sign, left, doubt.guarded))
            yield from _doubt_at(node, inside)


def _doubt_at(node: Operation, inside: Range) -> Iterator[Doubt]:
    """Of a division or a power itself."""
    left, right = range_of(node.left, inside), range_of(node.right, inside)
    if node.sign == "/" and right.low <= 0 <= right.high:
        yield Doubt(as_text(node), _not_zero(node.right), Operation("/", node.left, _away(node.right, right.low)))
    elif node.sign == "^" and isinstance(node.right, Number):
        whole, exponent = right.low == int(right.low), node.right
        if exponent.value < 0 and left.low <= 0 and (not whole or left.high >= 0):
            rule = _not_zero(node.left) if whole else _above(node.left)
            yield Doubt(as_text(node), rule, Operation("^", _away(node.left, left.low), exponent))
        elif not whole and left.low < 0:
            yield Doubt(as_text(node), _at_least_zero(node.left), Operation("^", Call("abs", node.left), exponent))


def _above(node: Node) -> str:
    return f"needs {as_text(node)} to be above 0"


def _at_least_zero(node: Node) -> str:
    return f"needs {as_text(node)} to be at least 0"


def _not_zero(node: Node) -> str:
    return f"divides by {as_text(node)}, which may be 0"


def _away(node: Node, low: float) -> Node:
    """At least the margin. low: the least that the node can be."""
    return Operation("+", node if low >= 0 else Call("abs", node), _MARGIN)


def _negative(of: Range) -> Range:
    return Range(-of.high, -of.low)


def _sum(one: Range, other: Range) -> Range:
    low, high = one.low + other.low, one.high + other.high
    return Range(-math.inf if math.isnan(low) else low, math.inf if math.isnan(high) else high)


def _product(one: Range, other: Range) -> Range:
    ends = [0.0 if 0 in (a, b) else a * b for a in (one.low, one.high) for b in (other.low, other.high)]
    return Range(min(ends), max(ends))


def _inverse(of: Range) -> Range:
    if of.low < 0 < of.high or of.low == of.high == 0:
        return ANY
    ends = (-math.inf if of.high == 0 else 1 / of.high, math.inf if of.low == 0 else 1 / of.low)
    return Range(*ends)


def _power(base: Range, exponent: Range) -> Range:
    """Either the base or the exponent is one number."""
    if not exponent.constant:
        return _between(lambda x: _raised(base.low, x), exponent)
    n = exponent.low
    if n < 0:
        return _inverse(_power(base, _negative(exponent)))
    if n != int(n):
        return _between(lambda x: _raised(x, n), _cut(base))
    if n % 2 == 1:
        return _between(lambda x: math.copysign(_raised(abs(x), n), x), base)
    return _between(lambda x: _raised(x, n), _magnitude(base))


def _raised(x: float, n: float) -> float:
    try:
        return math.pow(x, n)
    except OverflowError:
        return math.inf


def _cut(of: Range) -> Range:
    """What of a range is not below 0."""
    return Range(max(of.low, 0.0), max(of.high, 0.0))


def _magnitude(of: Range) -> Range:
    ends = abs(of.low), abs(of.high)
    return Range(0.0 if of.low <= 0 <= of.high else min(ends), max(ends))


def _between(monotonic: Callable[[float], float], of: Range) -> Range:
    ends = monotonic(of.low), monotonic(of.high)
    return Range(min(ends), max(ends))


def _exponential(x: float) -> float:
    try:
        return math.exp(x)
    except OverflowError:
        return math.inf


def _logarithm(x: float) -> float:
    return math.log(x) if x > 0 else -math.inf


_FUNCTIONS: dict[str, Callable[[Range], Range]] = {
    "sin": lambda _: Range(-1, 1),
    "cos": lambda _: Range(-1, 1),
    "tan": lambda _: ANY,
    "tanh": lambda of: _between(math.tanh, of),
    "exp": lambda of: _between(_exponential, of),
    "log": lambda of: _between(_logarithm, _cut(of)),
    "sqrt": lambda of: _between(math.sqrt, _cut(of)),
    "abs": _magnitude,
}
