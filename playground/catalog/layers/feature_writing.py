"""Formulas of input features, written again: as people type them, as PyTorch, and as `playground.catalog.formulas` reads them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from playground.catalog.layers.feature_formulas import Call, Feature, Negative, Node, Number, Operation

_SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(5)
"""How strongly a part binds: the weakest first."""
_BINDING = {"+": _SUM, "-": _SUM, "*": _PRODUCT, "/": _PRODUCT, "^": _POWER}


@dataclass(frozen=True)
class _Style:
    """feature: by its index. signs: between two parts. sign: how strongly a part with a minus binds; signed: how strongly the part after a
    minus must bind; exponent: and an exponent. power: a base and an exponent, written already."""

    feature: Callable[[int], str]
    number: Callable[[float], str]
    call: Callable[[str, str], str]
    signs: Mapping[str, str]
    minus: str = "-"
    sign: int = _SIGN
    signed: int = _SIGN
    exponent: int = _SIGN
    power: Callable[[str, str], str] | None = None

    def write(self, node: Node) -> str:
        match node:
            case Number(value):
                return f"{self.minus}{self.number(-value)}" if value < 0 else self.number(value)
            case Feature(index):
                return self.feature(index)
            case Negative(inner):
                return f"{self.minus}{self._inside(inner, self.signed)}"
            case Call(name, inner):
                return self.call(name, self.write(inner))
            case Operation("^", left, right):
                base, exponent = self._inside(left, _ATOM), self._inside(right, self.exponent)
                return self.power(base, exponent) if self.power else f"{base}{self.signs['^']}{exponent}"
            case Operation(sign, left, right):
                return f"{self._inside(left, _BINDING[sign])}{self.signs[sign]}{self._inside(right, _BINDING[sign] + 1)}"

    def _inside(self, node: Node, least: int) -> str:
        text = self.write(node)
        return text if self._binding(node) >= least else f"({text})"

    def _binding(self, node: Node) -> int:
        match node:
            case Operation(sign):
                return _BINDING[sign]
            case Negative():
                return self.sign
            case Number(value) if value < 0:
                return self.sign
        return _ATOM


_TYPED = _Style(lambda index: f"x{index + 1}", repr, lambda name, of: f"{name}({of})", {sign: sign for sign in "+-*/^"})
_TORCH = _Style(
    lambda index: f"x[..., {index}]", repr, lambda name, of: f"torch.{name}({of})", {sign: f" {sign} " for sign in "+-*/"} | {"^": " ** "}
)


def as_text(node: Node) -> str:
    """The formula as it can be typed, with only the parentheses that it needs."""
    return _TYPED.write(node)


def as_torch(node: Node) -> str:
    """An expression of PyTorch in `x`."""
    return _TORCH.write(node)


def as_notation(node: Node) -> str:
    """The formula with the signs of print, as in x₁² + sin(2·x₂), for `playground.catalog.formulas`."""
    return _PRINTED.write(node)


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("−0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


def subscripted(index: int) -> str:
    """The name of a feature in that notation. index: from 0."""
    return f"x{index + 1}".translate(_SUBSCRIPTS)


def _printed_number(value: float) -> str:
    """Without an exponent, which that notation does not have."""
    return f"{value:.10f}".rstrip("0").rstrip(".")


def _printed_call(name: str, of: str) -> str:
    return f"√({of})" if name == "sqrt" else f"|{of}|" if name == "abs" else f"{name}({of})"


def _printed_power(base: str, exponent: str) -> str:
    whole = exponent.strip("()−").isdecimal()
    return f"{base}{exponent.strip('()').translate(_SUPERSCRIPTS)}" if whole else f"{base}^{exponent}"


_PRINTED = _Style(
    subscripted, _printed_number, _printed_call, {"+": " + ", "-": " − ", "*": "·", "/": "/"},
    minus="−", sign=_SUM, signed=_PRODUCT, exponent=_ATOM, power=_printed_power,
)  # fmt: skip
