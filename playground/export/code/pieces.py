"""Collected definitions by section, each after the ones it depends on."""

import ast
import keyword
import re
from collections.abc import Mapping

from playground.export.code import origin
from playground.export.code.masks import drop_masks
from playground.export.code.trees import copied, derives_from_torch, identifiers, unparsed, with_fitting_docstrings

_TAKEN = frozenset(
    {"add_penalty", "augment", "build_model", "evaluate", "load_data", "main", "subset", "take_step", "tensors", "train", "update_average"}
)
"""Names of functions that every script defines itself."""


class Pieces:
    """Definitions by their name in the script. section: of the definitions that are added next."""

    def __init__(self) -> None:
        self.section = ""
        self._pieces: dict[str, tuple[str, ast.stmt]] = {}
        self._notes: dict[str, str] = {}

    def free(self, name: str) -> str:
        """The name, with a number if it is taken."""
        final, number = name, 2
        while final in self._pieces or final in _TAKEN:
            final, number = f"{name}{number}", number + 1
        return final

    def add(self, name: str, node: ast.stmt, note: str = "") -> None:
        """Adds a definition under a free name. note: a comment on it."""
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                node.name = name
            case ast.Assign(targets=[ast.Name() as target]):
                target.id = name
        self._pieces[name] = (self.section, node)
        if note:
            self._notes[name] = " ".join(note.split())

    def text(self, section: str) -> str:
        """All pieces of a section."""
        chosen = {name: copied(node) for name, (where, node) in self._pieces.items() if where == section}
        blocks: list[str] = []
        previous: ast.stmt | None = None
        for name, node in chosen.items():
            together = isinstance(node, ast.Assign) and isinstance(previous, ast.Assign)
            note = unparsed(origin.comment(self._notes[name])) + "\n" if name in self._notes else ""
            blocks.append(("\n" if together else "\n\n\n") + note + unparsed(with_fitting_docstrings(node, 0)))
            previous = node
        return "".join(blocks).strip("\n")

    def without_idle(self, *texts: str) -> None:
        """Removes methods that are never called, then definitions that nothing uses. texts: code that uses the definitions."""
        nodes = [node for _, node in self._pieces.values()]
        asked = {each.attr for node in nodes for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        asked |= set(re.findall(r"\w+", " ".join(texts)))
        for node in nodes:
            if isinstance(node, ast.ClassDef) and not derives_from_torch(node):
                measured = f"len({node.name.lower()})" in " ".join(map(ast.unparse, nodes))
                methods = asked | {"__init__", "__post_init__"} | ({"__len__"} if measured else set())
                node.body = [each for each in node.body if not isinstance(each, ast.FunctionDef) or each.name in methods]
        words = set(re.findall(r"\w+", " ".join(texts)))
        named = {name: identifiers(node) for name, (_, node) in self._pieces.items()}
        while unused := [name for name in named if name not in words and not _is_used(name, named)]:
            for name in unused:
                del self._pieces[name], named[name]

    def without_masks(self) -> None:
        """Removes what modules do about sequences of different lengths."""
        drop_masks([node for _, node in self._pieces.values()])

    def plain_names(self, *texts: str) -> dict[str, str]:
        """Names that begin with an underscore → the same without it, where that name is free. texts: code that uses the definitions."""
        taken = self.used | set(re.findall(r"\w+", " ".join(texts)))
        stripped = {name: name.lstrip("_") for name in self._pieces if name.startswith("_")}
        return {name: plain for name, plain in stripped.items() if plain not in taken and not keyword.iskeyword(plain)}

    @property
    def used(self) -> set[str]:
        """Every identifier in the definitions."""
        return {name for _, node in self._pieces.values() for name in identifiers(node)}


def _is_used(name: str, named: Mapping[str, set[str]]) -> bool:
    """Whether another definition refers to it. named: the identifiers in each definition."""
    return any(name in names for other, names in named.items() if other != name)
