"""Symbols as a row of tokens, in the colors of their values."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import ClassVar

from torch import Tensor

from playground.web.markup import number, signed_number
from playground.web.panels.explain_picked import Picked

MAX_TOKENS = 400
"""More are not drawn."""
_WITH_NUMBERS = 64
"""Up to this many tokens, each has its number below it."""
_STRONGEST = 5
_DASHED = "Dashed: not in the vocabulary of the network, which reads all such symbols as the same unknown one."


@dataclass(frozen=True, eq=False)
class PickedSymbols(Picked):
    """x: (1, L). tokens: its valid steps, as they can be shown. unknown: which of them the vocabulary does not have."""

    readings: ClassVar[Mapping[str, str]] = {
        "saliency": "Blue: a longer vector of this symbol would strengthen {target}. Orange: it would weaken it.",
        "integrated_gradients": "Blue symbols are evidence for {target}, orange ones against it. They add up to the change from the "
        "baseline.",
        "grad_cam": "Blue: around these symbols the layer's maps are evidence for {target}. The resolution is that of the maps.",
        "occlusion": "Blue: this symbol is evidence for {target}, since that output is lower without it. Orange: it is higher.",
    }

    tokens: tuple[str, ...]
    unknown: tuple[bool, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        return self.tokens

    def shown(self) -> str:
        row = f'<div class="pg-tokens-row">{"".join(map(_token, self.tokens[:MAX_TOKENS], self.unknown))}{_rest(len(self.tokens))}</div>'
        return row + (f'<p class="pg-what">{_DASHED}</p>' if any(self.unknown[:MAX_TOKENS]) else "")

    def explained(self, values: Tensor, description: str, overlaid: bool) -> str:
        own = values[0, : len(self.tokens)].tolist()
        return (
            f'<div class="pg-place">{colored(self.tokens, own, self.unknown, description)}</div>{legend(own)}{_strongest(self.tokens, own)}'
        )


def colored(tokens: Sequence[str], values: Sequence[float], unknown: Sequence[bool], description: str) -> str:
    """Tokens on blue where their value is positive and on orange where it is negative, as strong as the value, each with its number."""
    end = max(map(abs, values), default=0.0) or 1.0
    numbers = len(tokens) <= _WITH_NUMBERS
    shown = zip(tokens[:MAX_TOKENS], values, unknown, strict=False)
    marked = "".join(_token(token, strange, value / end, value, numbers) for token, value, strange in shown)
    return f'<div class="pg-tokens-row" role="group" aria-label="{escape(description, quote=True)}">{marked}{_rest(len(tokens))}</div>'


def legend(values: Sequence[float]) -> str:
    """The scale of `colored`, which is symmetric about zero."""
    end = max(map(abs, values), default=0.0) or 1.0
    ends = f'<span>{number(-end)}</span><i class="pg-ramp pg-ramp-tokens"></i><span>{number(end)}</span>'
    return f'<div class="pg-legend">{ends}</div><div class="pg-legend-words"><span>− against</span><span>for +</span></div>'


def _token(token: str, unknown: bool, share: float = 0.0, value: float | None = None, numbers: bool = False) -> str:
    """share: of the largest magnitude, with its sign."""
    sign = "" if value is None else " pg-for" if share > 0 else " pg-against" if share < 0 else ""
    strange = " pg-unknown" if unknown else ""
    below = "" if value is None else _short(value, share) if numbers else _mark(share)
    title = "" if value is None else f"{token}: {signed_number(value)}"
    if unknown:
        title = (title or token) + " (unknown: not in the vocabulary)"
    hint = f' title="{escape(title, quote=True)}"' if title else ""
    small = f"<small>{below or '&nbsp;'}</small>" if value is not None else ""
    return f'<span class="pg-token{sign}{strange}" style="--share:{abs(share):.2f}"{hint}>{escape(token)}{small}</span>'


def _short(value: float, share: float) -> str:
    """The value with as many decimals as the largest one has, so that all are equally precise. share: of the largest magnitude."""
    largest = abs(value / share) if share else 0.0
    if not 1e-3 <= largest < 1e5:
        return signed_number(value)
    text = f"{value:+.{max(0, 2 - math.floor(math.log10(largest)))}f}"
    return text.replace("-", "−") if float(text) else text[1:]


def _mark(share: float) -> str:
    """The sign, of values that matter."""
    return "" if abs(share) < 0.05 else "+" if share > 0 else "−"


def _rest(count: int) -> str:
    return f"<em>… and {count - MAX_TOKENS:,} more</em>" if count > MAX_TOKENS else ""


def _strongest(tokens: Sequence[str], values: Sequence[float]) -> str:
    order = sorted(range(len(tokens)), key=lambda step: -abs(values[step]))[:_STRONGEST]
    words = ", ".join(f"{escape(tokens[step])} <small>(step {step + 1})</small> {signed_number(values[step])}" for step in order)
    return f'<p class="pg-facts">Strongest: {words}</p>' if len(tokens) > _WITH_NUMBERS else ""
