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
    "add": (add_layer, ("path", "kind")),
    "move": (move_layer, ("path", "to")),
    "duplicate": (duplicate_layer, ("path",)),
    "remove": (remove_layer, ("path",)),
    "add_branch": (add_branch, ("path",)),
    "remove_branch": (remove_branch, ("path",)),
    "set": (set_field, ("path", "field")),
    "paste": (paste, ("path", "text")),
    "wrap_residual": (wrap_residual, ("path",)),
    "wrap_parallel": (wrap_parallel, ("path",)),
    "unwrap": (unwrap, ("path",)),
    "text": (write_network, ("text",)),
    "fix": (mend, ("path", "title")),
}
_OF_SEVERAL = frozenset({"move", "duplicate", "remove", "wrap_residual", "wrap_parallel"})
"""Operations that can apply to several consecutive layers."""


def apply(spec: ExperimentSpec, operation: object) -> ExperimentSpec:
    """Applies one operation of the network editor: {"op": one of the above} with the arguments of its function, as strings; "set" also has
    the "value", and operations on several layers their "count", starting at the path.

    Raises: SpecError if it is not an operation, or cannot be applied."""
    if not isinstance(operation, dict) or not isinstance(operation.get("op"), str) or operation["op"] not in _OPERATIONS:
        raise SpecError("network: unknown edit; reload the page")
    edit, names = _OPERATIONS[operation["op"]]
    arguments = [operation.get(name) for name in names]
    wrong = [name for name, value in zip(names, arguments, strict=True) if not isinstance(value, str)]
    if wrong:
        raise SpecError(f"network: this edit has no {', '.join(wrong)}; reload the page")
    if operation["op"] != "fix" and "path" in names and not str(operation["path"]).startswith("network["):
        raise SpecError("network: this edit is not for a layer; reload the page")
    if operation["op"] == "set":
        layer = item(spec, operation["path"])
        if not isinstance(layer, Layer) or operation["field"] not in (field.name for field in fields(type(layer))):
            raise SpecError(f"{operation['path'][:80]}: there is no such setting here")
        return set_field(spec, f"{operation['path']}.{operation['field']}", operation.get("value"))
    return edit(spec, *arguments, *([count_of(operation)] if operation["op"] in _OF_SEVERAL else []))


def count_of(operation: Mapping[str, object]) -> int:
    """How many layers an operation applies to. Raises: SpecError if that is not a valid number of layers."""
    count = operation.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MAX_LAYERS:
        raise SpecError("network: this edit has an invalid number of layers; reload the page")
    return count
