"""Formulas such as `x1*x2 + sin(2*x1)`, read by a small grammar of our own; nothing is ever evaluated as Python.

    sum      = product {("+" | "-") product}
    product  = signed {("*" | "/") signed}
    signed   = ("-" | "+") signed | power
    power    = atom ["^" signed]
    atom     = number | "pi" | name | function "(" sum ")" | "(" sum ")"

A name is `x1`, `x2`, …: a feature of the input. One side of a power is a number. Operators bind as in Python and in mathematics, so
-x1^2 is -(x1^2); `**` is read as `^`."""

import math
import operator
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple, cast

import torch
from torch import Tensor

MAX_CHARACTERS = 200
MAX_DEPTH = 20
"""Parentheses, signs and powers inside one another."""
MAX_OPERATIONS = 50
"""Operators, signs and functions of a formula."""
MAX_NUMBER = 1e30
"""Far below the largest number of a float32."""


class FormulaError(ValueError):
    """A formula that cannot be read, or does not fit its input."""

    @classmethod
    def at(cls, formula: str, position: int, rule: str, remedy: str = "") -> "FormulaError":
        """position: of the part in question, from 1."""
        return cls(f"{rule} at position {position} of {_shown(formula)}{': ' if remedy else ''}{remedy}")


@dataclass(frozen=True)
class Number:
    """A number, also one that was computed from others, such as that of 2*pi."""

    value: float


@dataclass(frozen=True)
class Feature:
    """A feature of the input. index: from 0. at: its position in the formula, from 1."""

    index: int
    at: int


@dataclass(frozen=True)
class Negative:
    """Minus a part."""

    inner: "Node"


@dataclass(frozen=True)
class Call:
    """A function of a part. name: one of `FUNCTIONS`."""

    name: str
    inner: "Node"


Sign = Literal["+", "-", "*", "/", "^"]


@dataclass(frozen=True)
class Operation:
    """Two parts, combined. Of a power, one is a number."""

    sign: Sign
    left: "Node"
    right: "Node"


Node = Number | Feature | Negative | Call | Operation
"""A part of a formula. What has no feature in it is a `Number`."""

FUNCTIONS: dict[str, tuple[Callable[[Tensor], Tensor], Callable[[float], float]]] = {
    "sin": (torch.sin, math.sin),
    "cos": (torch.cos, math.cos),
    "tan": (torch.tan, math.tan),
    "tanh": (torch.tanh, math.tanh),
    "exp": (torch.exp, math.exp),
    "log": (torch.log, math.log),
    "sqrt": (torch.sqrt, math.sqrt),
    "abs": (torch.abs, abs),
}
"""By name: of a tensor, and of a number."""
_OF_NUMBERS: dict[Sign, Callable[[float, float], float]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": math.pow,
}  # fmt: skip
_OF_TENSORS: dict[Sign, Callable[[Tensor, Tensor], Tensor]] = {
    "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv, "^": operator.pow,
}  # fmt: skip
_TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\*\*|[-+*/^()])|(?P<space>\s+)|(?P<unknown>.)",
    re.ASCII | re.DOTALL,
)
_FEATURE = re.compile(r"x([1-9]\d{0,3})")


class _Token(NamedTuple):
    """kind: number, name, sign or end. at: its position, from 1."""

    kind: str
    text: str
    at: int


def parse(formula: str) -> Node:
    """The formula as a tree. Raises: FormulaError."""
    return _read(formula)[0]


def spelled(formula: str) -> str:
    """The formula as it is stored: without spaces, in lower case, with ^ for powers. Raises: FormulaError."""
    return _read(formula)[1]


@lru_cache(maxsize=4096)
def _read(formula: str) -> tuple[Node, str]:
    reader = _Reader(formula)
    return reader.formula(), "".join(token.text for token in reader.tokens)


def mentions(node: Node) -> Iterator[Feature]:
    """Every mention of a feature, from left to right."""
    match node:
        case Feature():
            yield node
        case Negative(inner) | Call(_, inner):
            yield from mentions(inner)
        case Operation(_, left, right):
            yield from mentions(left)
            yield from mentions(right)


def is_linear(node: Node) -> bool:
    """Whether it is a weighted sum of features and a number, as written."""
    match node:
        case Number() | Feature():
            return True
        case Negative(inner):
            return is_linear(inner)
        case Operation("+" | "-", left, right):
            return is_linear(left) and is_linear(right)
        case Operation("*", left, right):
            return (isinstance(left, Number) and is_linear(right)) or (isinstance(right, Number) and is_linear(left))
        case Operation("/", left, Number()):
            return is_linear(left)
    return False


def compiled(node: Node) -> Callable[[Tensor], Tensor]:
    """The function of a tensor (…, features) → (…); features of a node that is a `Number` do not matter, and it gives the number itself."""
    match node:
        case Number(value):
            return lambda x: cast(Tensor, value)
        case Feature(index):
            return lambda x: x[..., index]
        case Negative(inner):
            of = compiled(inner)
            return lambda x: -of(x)
        case Call(name, inner):
            function, of = FUNCTIONS[name][0], compiled(inner)
            return lambda x: function(of(x))
        case Operation(sign, left, right):
            first, second, combined = compiled(left), compiled(right), _OF_TENSORS[sign]
            return lambda x: combined(first(x), second(x))


def _tokens(formula: str) -> Iterator[_Token]:
    for match in _TOKEN.finditer(formula):
        kind, text, at = str(match.lastgroup), match.group(), match.start() + 1
        if kind == "unknown":
            raise FormulaError.at(formula, at, f"“{text}” cannot be read", "a formula has numbers, names, + - * / ^ and parentheses")
        if kind != "space":
            yield _Token(kind, "^" if text == "**" else text.lower(), at)


class _Reader:
    """Goes through the tokens once, from left to right; its methods are the rules of the grammar."""

    def __init__(self, formula: str) -> None:
        if len(formula) > MAX_CHARACTERS:
            raise FormulaError(f"a formula has at most {MAX_CHARACTERS} characters, got {len(formula):,}")
        self._formula = formula
        self.tokens = [*_tokens(formula), _Token("end", "", len(formula) + 1)]
        self._next = self._depth = self._operations = 0

    def formula(self) -> Node:
        if self._token.kind == "end":
            raise FormulaError("a formula is empty: write for example x1^2")
        node = self._sum()
        if self._token.text == ")":
            raise self._wrong(self._token, "“)” without “(”")
        if self._token.kind != "end":
            raise self._missing_operator()
        if isinstance(node, Number):
            raise FormulaError(f"{_shown(self._formula)} is always the same number: use a name such as x1")
        return node

    def _sum(self) -> Node:
        return self._chain(self._product, "+", "-")

    def _product(self) -> Node:
        return self._chain(self._signed, "*", "/")

    def _chain(self, part: Callable[[], Node], *signs: Sign) -> Node:
        node = part()
        while self._token.text in signs:
            token = self._take()
            node = self._combined(token, node, part())
        return node

    def _signed(self) -> Node:
        if self._token.text not in ("-", "+"):
            return self._power()
        token = self._take()
        inner = self._nested(self._signed)
        if token.text == "+":
            return inner
        self._count(token)
        return Number(-inner.value) if isinstance(inner, Number) else Negative(inner)

    def _power(self) -> Node:
        base = self._atom()
        if self._token.text != "^":
            return base
        token = self._take()
        exponent = self._nested(self._signed)
        if not isinstance(exponent, Number) and not (isinstance(base, Number) and base.value > 0):
            rule = "the base is not above 0" if isinstance(base, Number) else "the exponent is not a number"
            raise self._wrong(token, rule, "write powers as x1^2 or 2^x1")
        return self._combined(token, base, exponent)

    def _atom(self) -> Node:
        token = self._take()
        if token.kind == "number":
            return self._number(float(token.text), token)
        if token.text == "(":
            return self._closed(token)
        if token.kind == "name":
            return self._named(token)
        raise self._wrong(token, "a number, a name or “(” is missing", f"found “{token.text}”" if token.text else "found the end")

    def _named(self, token: _Token) -> Node:
        name, calls = token.text, self._token.text == "("
        if name in FUNCTIONS:
            if not calls:
                raise self._wrong(self._token, "“(” is missing", f"write for example {name}(x1)")
            self._count(token)
            inner = self._closed(self._take())
            return self._folded(token, FUNCTIONS[name][1], inner.value) if isinstance(inner, Number) else Call(name, inner)
        found = _FEATURE.fullmatch(name)
        if found is None and name != "pi":
            known = f"functions are {', '.join(FUNCTIONS)}" if calls else "names are x1, x2, … and pi"
            raise self._wrong(token, f"unknown {'function' if calls else 'name'} '{name[:20]}'", known)
        if calls:
            raise self._missing_operator()
        return Number(math.pi) if found is None else Feature(int(found[1]) - 1, token.at)

    def _closed(self, opened: _Token) -> Node:
        """What is in parentheses. opened: the one that is taken already."""
        node = self._nested(self._sum)
        if self._token.kind == "end":
            raise self._wrong(opened, "“)” is missing for the “(”")
        if self._take().text != ")":
            self._next -= 1
            raise self._missing_operator()
        return node

    def _nested(self, part: Callable[[], Node]) -> Node:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._wrong(self._token, "nested too deeply", f"at most {MAX_DEPTH} parentheses, signs and powers inside one another")
        node = part()
        self._depth -= 1
        return node

    def _combined(self, token: _Token, left: Node, right: Node) -> Node:
        self._count(token)
        if isinstance(left, Number) and isinstance(right, Number):
            return self._folded(token, _OF_NUMBERS[cast(Sign, token.text)], left.value, right.value)
        if token.text == "/" and right == Number(0):
            raise self._wrong(token, "division by 0")
        return Operation(cast(Sign, token.text), left, right)

    def _folded(self, token: _Token, function: Callable[..., float], *values: float) -> Number:
        """A part without features is computed once, here."""
        try:
            return self._number(function(*values), token)
        except (ValueError, ArithmeticError):
            raise self._wrong(token, f"the result of “{token.text}” is not a number") from None

    def _number(self, value: float, token: _Token) -> Number:
        if not abs(value) <= MAX_NUMBER:
            raise self._wrong(token, "a number is too large", f"at most {MAX_NUMBER:g}")
        return Number(int(value) if value == int(value) and abs(value) < 2**31 else value)

    def _count(self, token: _Token) -> None:
        self._operations += 1
        if self._operations > MAX_OPERATIONS:
            raise self._wrong(token, "too many operations", f"a formula has at most {MAX_OPERATIONS} operators and functions")

    @property
    def _token(self) -> _Token:
        return self.tokens[self._next]

    def _take(self) -> _Token:
        token = self._token
        self._next = min(self._next + 1, len(self.tokens) - 1)
        return token

    def _missing_operator(self) -> FormulaError:
        return self._wrong(self._token, f"an operator is missing before “{self._token.text[:20]}”", "write products as 2*x1")

    def _wrong(self, token: _Token, rule: str, remedy: str = "") -> FormulaError:
        return FormulaError.at(self._formula, token.at, rule, remedy)


def _shown(formula: str) -> str:
    return formula if len(formula) <= 40 else f"{formula[:39]}…"
