"""Edits of the network as they come from the browser."""

from collections.abc import Callable, Mapping

from playground.catalog.layers import Layer
from playground.paths import item
from playground.spec import MAX_LAYERS, ExperimentSpec, SpecError
from playground.web.edits.blocks import unwrap, wrap_parallel, wrap_residual
from playground.web.edits.layers import add_branch, add_layer, duplicate_layer, move_layer, remove_branch, remove_layer
from playground.web.edits.mending import mend
from playground.web.edits.pasting import paste
from playground.web.edits.settings import set_field
from playground.web.edits.text import write_network
from playground.web.fields import fields

_OPERATIONS: dict[str, tuple[Callable[..., ExperimentSpec], tuple[str, ...]]] = {
    "add": (add_layer, ("place", "kind")),
    "move": (move_layer, ("place", "to")),
    "duplicate": (duplicate_layer, ("place",)),
    "remove": (remove_layer, ("place",)),
    "add_branch": (add_branch, ("place",)),
    "remove_branch": (remove_branch, ("place",)),
    "set": (set_field, ("place", "field")),
    "paste": (paste, ("place", "text")),
    "wrap_residual": (wrap_residual, ("place",)),
    "wrap_parallel": (wrap_parallel, ("place",)),
    "unwrap": (unwrap, ("place",)),
    "text": (write_network, ("text",)),
    "fix": (mend, ("path", "title")),
}
_OF_SEVERAL = frozenset({"move", "duplicate", "remove", "wrap_residual", "wrap_parallel"})
"""Operations that can be done to several layers in a row."""


def apply(spec: ExperimentSpec, operation: object) -> ExperimentSpec:
    """One operation of the network editor: {"op": one of the above} with what the function of that name takes, as text; "set" with the
    value, and what can be done to several layers with their "count", from the place on.

    Raises: SpecError if it is no operation, or cannot be done."""
    if not isinstance(operation, dict) or not isinstance(operation.get("op"), str) or operation["op"] not in _OPERATIONS:
        raise SpecError("network: this edit is not known here; reload the page")
    edit, names = _OPERATIONS[operation["op"]]
    arguments = [operation.get(name) for name in names]
    wrong = [name for name, value in zip(names, arguments, strict=True) if not isinstance(value, str)]
    if wrong:
        raise SpecError(f"network: this edit came without {', '.join(wrong)}; reload the page")
    if "place" in names and not str(operation["place"]).startswith("network["):
        raise SpecError("network: this edit is of no layer; reload the page")
    if operation["op"] == "set":
        layer = item(spec, operation["place"])
        if not isinstance(layer, Layer) or operation["field"] not in (field.name for field in fields(type(layer))):
            raise SpecError(f"{operation['place'][:80]}: there is no such setting here")
        return set_field(spec, f"{operation['place']}.{operation['field']}", operation.get("value"))
    return edit(spec, *arguments, *([count_of(operation)] if operation["op"] in _OF_SEVERAL else []))


def count_of(operation: Mapping[str, object]) -> int:
    """How many layers an operation is for. Raises: SpecError if it says something else than a number of layers."""
    count = operation.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_LAYERS:
        raise SpecError("network: this edit is of no number of layers; reload the page")
    return count
