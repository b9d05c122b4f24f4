"""The network editor: layers as cards, edited in place."""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

from playground.catalog.layers import LAYERS, Layer, Parallel
from playground.catalog.layers.blocks import MAX_BRANCHES
from playground.network import Trace
from playground.spec import ExperimentSpec
from playground.web.components.loader import component
from playground.web.fields import fields
from playground.web.network_state import network_state


def network_editor(
    spec: ExperimentSpec,
    traced: Trace,
    *,
    key: str,
    on_edit: Callable[[], None],
    undo: str | None = None,
    redo: str | None = None,
    error: Mapping[str, Any] | None = None,
    done: Sequence[str] = (),
    token: str | None = None,
    base: str = "",
    turns: Mapping[str, str | None] | None = None,
    disabled: bool = False,
) -> None:
    """The layers of a spec. Root: `.pg-editor`, with data-layers, data-frames, data-level and data-waiting (edits whose shapes are not
    on the screen yet).

    on_edit: called when the browser sends edits: a list of {"nonce", "op", …} under "edit" of the component's value.
    undo, redo: what the buttons would undo and redo, None if nothing. error: {"path", "text"}, what was wrong with the last edit, and at
    which layer (None for the whole network). done: nonces of the edits already applied. token: the spec's token for the address, None if
    the address needs none. base: the spec's token in any case, from which the browser previews edits. turns: the tokens that "undo" and
    "redo" would lead to."""
    data = {
        **network_state(spec, traced),
        "undo": undo,
        "redo": redo,
        "error": None if error is None else dict(error),
        "done": list(done),
        "token": token,
        "base": base,
        "turns": dict(turns or {"undo": None, "redo": None}),
        "disabled": disabled,
    }
    component("network")(key=key, data=data, on_edit_change=on_edit, height="content")


@cache
def catalog() -> list[dict[str, Any]]:
    """All layer types, as the browser needs them for menus and fields."""
    return [
        {
            "kind": layer.name(),
            "title": layer.title,
            "help": layer.help(),
            "beginners": layer.beginners,
            "keywords": layer.keywords,
            "stands_in_for": [name.strip() for name in layer.stands_in_for.split(",") if name],
            "group": layer.group,
            "needs": [list(axes) for axes in layer.needs],
            "takes_symbols": layer.takes_symbols,
            "fields": [field.plain() for field in fields(layer)],
            "inside": _inside(layer),
            "branches": MAX_BRANCHES if layer is Parallel else 0,
        }
        for layer in LAYERS
    ]


def _inside(variant: type[Layer]) -> str:
    """What the layers in a block are for; "" for layers that are not blocks."""
    names = {name.partition("[")[0] for name, _ in variant().branches()}
    return " ".join(variant.model_fields[name].description or name for name in names)
