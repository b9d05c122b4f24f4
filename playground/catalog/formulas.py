"""Formulas as people write them, such as "m ← β₁·m + (1 − β₁)·g": shown as they stand, computed, and written out with the numbers in them.

A formula is `name ← expression` or `name = expression`. In expressions:

- `+ − · /`, parentheses, and `−` in front of a product; minus is the typographic one
- powers: `g²`, `10⁻⁸`, `β₂ᵗ`, or `0.96^(t·ψ)`
- `√v` or `√(…)`, `|x|`, and functions: exp, log, max, min, sign, sin, cos, tan, tanh, cosh, and Φ, the probability that a normal variable
  is below x
- `Σ(…)` and `mean(…)` of an expression with vectors in it

Names are Latin or Greek letters, with digits below and a hat if need be: lr, β₁, m̂."""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

Value = float | Sequence[float]
Values = Mapping[str, Value]
Write = Callable[[float], str]

MOST_TERMS = 6
"""How many terms of a sum are written out."""

_TOKEN = re.compile(r"\s*(?:(\d+(?:\.\d+)?)|([A-Za-zΑ-ωψΠ∞]+[₀-₉∞]*\u0302?′?)|([⁻⁰¹²³⁴-⁹ᵗ]+)|([-+−·/^√|(),]))")
_NEEDLESS = re.compile(r"(^|\(|, )\((−[^()\s]*)\)(?![⁻⁰¹²³⁴-⁹ᵗ^])")
"""Parentheses around a negative number that stands at the beginning."""
_RAISED = str.maketrans("⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "-0123456789")
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "exp": math.exp,
    "max": max,
    "min": min,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "tanh": math.tanh,
    "cosh": math.cosh,
    "log": lambda x: math.log(x) if x > 0 else -math.inf if x == 0 else math.nan,
    "sign": lambda x: float((x > 0) - (x < 0)),
    "Φ": lambda x: (1 + math.erf(x / math.sqrt(2))) / 2,
}
_SUMS = ("Σ", "mean")


@dataclass(frozen=True)
class Formula:
    """text: as above. Its methods raise ValueError if it cannot be read."""

    text: str

    @property
    def name(self) -> str:
        """What it gives a value to."""
        return re.split(r" [←=] ", self.text, maxsplit=1)[0]

    @cached_property
    def _tree(self) -> "_Node":
        return _Reader(re.split(r" [←=] ", self.text, maxsplit=1)[1]).whole()

    def value(self, values: Values) -> float:
        """The value of its expression; infinite if it overflows, NaN if it has none. Raises: KeyError if a name has no value."""
        tree = self._tree
        try:
            return tree.value(values, None)
        except OverflowError:
            return math.inf
        except (ZeroDivisionError, ValueError):
            return math.nan

    def written(self, values: Values, write: Write) -> str:
        """Its expression with numbers for names: "0.9·0.12 + (1 − 0.9)·0.5". write: a number."""
        tree = self._tree
        text = tree._sum_written(values, write, bare=True) if tree.head == "Σ" else tree.written(values, None, write)
        return _NEEDLESS.sub(r"\1\2", text)


def worked_out(formulas: Sequence[Formula], values: Values, write: Write) -> tuple[list[tuple[str, str, float]], dict[str, Value]]:
    """Formulas one after another, each with the results of those before: for each its text, its expression with numbers, and its value;
    and all values in the end."""
    known = dict(values)
    lines = []
    for formula in formulas:
        result = formula.value(known)
        lines.append((formula.text, formula.written(known, write), result))
        known[formula.name] = result
    return lines, known


@lru_cache(maxsize=512)
def formula(text: str) -> Formula:
    """The formula, read once."""
    return Formula(text)


@dataclass(frozen=True)
class _Node:
    """head: an operator, a function, "number" or "name". parts: what it works on. text: of a number or a name."""

    head: str
    parts: tuple["_Node", ...] = ()
    text: str = ""

    def value(self, values: Values, index: int | None) -> float:
        """index: of the term of the sum around it."""
        if self.head == "number":
            return float(self.text)
        if self.head == "name":
            found = values[self.text]
            return float(found) if isinstance(found, int | float) else float(found[index or 0])
        if self.head in _SUMS:
            terms = [self.parts[0].value(values, each) for each in range(self._length(values))]
            return math.fsum(terms) / (len(terms) if self.head == "mean" else 1)
        return self._computed([part.value(values, index) for part in self.parts])

    def _computed(self, parts: list[float]) -> float:
        match self.head:
            case "+":
                return parts[0] + parts[1]
            case "−":
                return parts[0] - parts[1] if len(parts) == 2 else -parts[0]
            case "·":
                return 0.0 if 0 in parts and not any(map(math.isnan, parts)) else parts[0] * parts[1]  # also 0·log 0
            case "/":
                return parts[0] / parts[1]
            case "^":
                return math.pow(*parts)
            case "√":
                return math.sqrt(parts[0])
            case "||":
                return abs(parts[0])
            case "()":
                return parts[0]
            case _:
                return float(_FUNCTIONS[self.head](*parts))

    def _length(self, values: Values) -> int:
        """How many terms its sum has: as many as its vectors have numbers."""
        lengths = [len(found) for name in self._names() if not isinstance(found := values[name], int | float)]
        return min(lengths, default=1)

    def _names(self) -> set[str]:
        return {self.text} if self.head == "name" else set().union(*(part._names() for part in self.parts))

    def written(self, values: Values, index: int | None, write: Write) -> str:
        if self.head == "number":
            return self.text
        if self.head == "name":
            number = write(self.value(values, index))
            return f"({number})" if number.startswith("−") or "·" in number else number
        if self.head in _SUMS:
            return self._sum_written(values, write)
        parts = [part.written(values, index, write) for part in self.parts]
        if self.head == "+":  # a sum in a sum needs no parentheses
            parts = [
                part._sum_written(values, write, bare=True) if part.head == "Σ" else text
                for part, text in zip(self.parts, parts, strict=True)
            ]
        match self.head:
            case "+" | "−" if len(parts) == 2:
                return f"{parts[0]} {self.head} {parts[1]}"
            case "−":
                return f"−{parts[0]}"
            case "·" | "/":
                return f"{parts[0]}{self.head}{parts[1]}"
            case "^":
                return f"{parts[0]}{_raised(parts[1])}"
            case "√":
                return f"√{parts[0]}"
            case "||":
                return f"|{parts[0]}|"
            case "()":
                return f"({parts[0]})"
            case _:
                return f"{self.head}({', '.join(parts)})"

    def _sum_written(self, values: Values, write: Write, bare: bool = False) -> str:
        """The terms that count most, in their order; how many others there are, and what they come to. bare: without parentheses."""
        count = self._length(values)
        terms = [self.parts[0].value(values, each) for each in range(count)]
        largest = sorted(range(count), key=lambda each: (-abs(terms[each]), each))[:MOST_TERMS]
        largest = [each for each in largest if terms[each] != 0] or largest[:1]
        text = " + ".join(self.parts[0].written(values, each, write) for each in sorted(largest))
        if count > len(largest):
            others = write(math.fsum(terms) - math.fsum(terms[each] for each in largest))
            rest = f"({others})" if others.startswith("−") else others
            text += f" + {rest} [{count - len(largest):,} more]"
        return f"({text})/{count}" if self.head == "mean" else text if count == 1 or bare else f"({text})"


def _raised(exponent: str) -> str:
    """A power, raised where there are letters for it."""
    plain = exponent.strip("()")
    return plain.translate(str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")) if re.fullmatch(r"−?\d+", plain) else f"^{exponent}"


class _Reader:
    """Reads an expression by recursive descent."""

    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str]] = []
        self._text, at = text, 0
        while at < len(text.rstrip()):
            found = _TOKEN.match(text, at)
            if found is None:
                raise ValueError(f"{text}: cannot be read from “{text[at:]}” on")
            kind = ("number", "name", "raised", "sign")[(found.lastindex or 1) - 1]
            self._tokens.append((kind, found[found.lastindex or 1]))
            at = found.end()

    def whole(self) -> _Node:
        tree = self._sum()
        if self._tokens:
            raise ValueError(f"{self._text}: cannot be read from “{self._tokens[0][1]}” on")
        return tree

    def _next(self, *texts: str) -> str:
        """The next token, if it is one of these; otherwise "" and it stays."""
        return self._tokens.pop(0)[1] if self._tokens and self._tokens[0][1] in texts else ""

    def _expect(self, text: str) -> None:
        if not self._next(text):
            raise ValueError(f"{self._text}: “{text}” is missing")

    def _sum(self) -> _Node:
        tree = self._product()
        while sign := self._next("+", "−"):
            tree = _Node(sign, (tree, self._product()))
        return tree

    def _product(self) -> _Node:
        if self._next("−"):
            return _Node("−", (self._product(),))
        tree = self._power()
        while sign := self._next("·", "/"):
            tree = _Node(sign, (tree, self._power()))
        return tree

    def _power(self) -> _Node:
        tree = self._atom()
        if self._next("^"):
            return _Node("^", (tree, self._atom()))
        if self._tokens and self._tokens[0][0] == "raised":
            raised = self._tokens.pop(0)[1]
            exponent = _Node("name", text="t") if raised == "ᵗ" else _exponent(raised)
            return _Node("^", (tree, exponent))
        return tree

    def _atom(self) -> _Node:
        if not self._tokens:
            raise ValueError(f"{self._text}: ends too early")
        kind, text = self._tokens.pop(0)
        match kind, text:
            case "number", _:
                return _Node("number", text=text)
            case "name", _ if text in _FUNCTIONS or text in _SUMS:
                self._expect("(")
                parts = [self._sum()]
                while self._next(","):
                    parts.append(self._sum())
                self._expect(")")
                return _Node(text, tuple(parts))
            case "name", _:
                return _Node("name", text=text)
            case _, "√":
                return _Node("√", (self._atom(),))
            case _, "(":
                tree = _Node("()", (self._sum(),))
                self._expect(")")
                return tree
            case _, "|":
                tree = _Node("||", (self._sum(),))
                self._expect("|")
                return tree
        raise ValueError(f"{self._text}: “{text}” is not expected there")


def _exponent(raised: str) -> _Node:
    digits = raised.translate(_RAISED)
    return _Node("−", (_Node("number", text=digits[1:]),)) if digits.startswith("-") else _Node("number", text=digits)
