"""Paths in a spec, such as "network[2].layers[0]", and names of modules in its network, such as "2.body.0": each layer of a chain is a
module of the same index, and a block keeps its chains in `body` or `branches`."""

import re

from playground.catalog.layers import Layer, Parallel, Residual
from playground.paths import levels
from playground.spec import ExperimentSpec, SpecError

_CHAIN = re.compile(r"layers|branch\[(\d+)\]")


def module_name(path: str) -> str:
    """The name of the module that a layer of the spec has become.

    Raises: SpecError if it is not the path of a layer."""
    names: list[str] = []
    for depth, (chain, index) in enumerate(levels(path)):
        if depth:
            found = _CHAIN.fullmatch(chain.rpartition(".")[2])
            if found is None:
                raise SpecError(f"{path}: not the path of a layer")
            names.append("body" if found[1] is None else f"branches.{found[1]}")
        names.append(str(index))
    return ".".join(names)


def path_of(spec: ExperimentSpec, name: str) -> tuple[str, str]:
    """The path of the layer that a module belongs to, and the module's name inside that layer's module, "" for the module itself:
    "2.body.0" → ("network[2].layers[0]", ""), "2.shortcut" → ("network[2]", "shortcut").

    Raises: SpecError if the network has no such layer."""
    path, layers, rest = "network", spec.network, name.split(".")
    while True:
        index, *rest = rest
        if not index.isdecimal() or int(index) >= len(layers):
            raise SpecError(f"{name[:80]}: the network has no such module")
        path, layer = f"{path}[{index}]", layers[int(index)]
        inside = _chain_of(layer, rest)
        if inside is None:
            return path, ".".join(rest)
        chain, layers, rest = inside
        path = f"{path}.{chain}"


def _chain_of(layer: Layer, names: list[str]) -> tuple[str, tuple[Layer, ...], list[str]] | None:
    """The chain inside a block that leads to a module in it, and the rest of that module's name; None if it is not in a chain."""
    match layer, names:
        case Residual(), ["body", _, *_]:
            return "layers", layer.layers, names[1:]
        case Parallel(), ["branches", branch, _, *_] if branch.isdecimal() and int(branch) < len(layer.branch):
            return f"branch[{branch}]", layer.branch[int(branch)], names[2:]
    return None
