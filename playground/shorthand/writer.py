"""From layers to text."""

from collections.abc import Iterable

from playground.catalog.layers import Layer
from playground.shorthand.vocabulary import always_said, chains_of, main_settings, settings, short

_MOST_UNNAMED = 2
"""Main settings beyond are written with their names, as few people know them in their order."""


def write(network: Iterable[Layer]) -> str:
    """The text of these layers, on one line: `read(write(network)) == tuple(network)`. What has its default is left out, but where
    people would look for it (units, filters, kernel, rate)."""
    return " | ".join(_layer(layer) for layer in network)


def _layer(layer: Layer) -> str:
    variant = type(layer)
    unnamed = _unnamed(layer)
    named = [f"{name}={_say(getattr(layer, name))}" for name in settings(variant) if name not in unnamed and _is_changed(layer, name)]
    inner = chains_of(variant)
    if inner is None:
        return " ".join([short(variant), *(_say(getattr(layer, name)) for name in unnamed), *named])
    value = getattr(layer, inner[0])
    parts = [write(chain) for chain in (value if inner[1] else (value,))]
    settled = [" ".join(named)] if named else []
    return f"{short(variant)}({' ; '.join([*parts, *settled])})"


def _unnamed(layer: Layer) -> tuple[str, ...]:
    """The main settings whose values stand behind the name: up to the last one that is always said or has been changed."""
    if chains_of(type(layer)):
        return ()
    names = main_settings(type(layer))[:_MOST_UNNAMED]
    changed = [index + 1 for index, name in enumerate(names) if _is_changed(layer, name)]
    return names[: max([always_said(type(layer)), *changed], default=0)]


def _is_changed(layer: Layer, name: str) -> bool:
    return bool(getattr(layer, name) != type(layer).model_fields[name].default)


def _say(value: object) -> str:
    if value is None:
        return "none"
    if isinstance(value, tuple):
        return f'"{", ".join(value)}"'
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        short_form = f"{value:g}"
        return short_form if float(short_form) == value else repr(value)
    return str(value)
