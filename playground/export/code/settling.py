"""Replaces `self` with the settings of a variant."""

import ast
import dataclasses
import inspect
import re
from typing import Any

from playground.catalog.variant import Variant
from playground.export.code.folding import UNKNOWN, is_plain, literal
from playground.export.code.trees import chain

_PLAIN_TYPE = re.compile(r"(int|float|str|bool|tuple|None|[\[\],.| ])+")


class Settling(ast.NodeTransformer):
    """`self.<setting>` → its value, and calls of methods → their result, where these are plain values."""

    def __init__(self, me: Variant) -> None:
        self._me = me

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        path = chain(node)
        if path is not None and path[0] == "self":
            value: Any = self._me
            for name in path[1:]:
                value = getattr(value, name, UNKNOWN)
            if isinstance(value, tuple):
                value = tuple(tuple(vars(item).values()) if dataclasses.is_dataclass(item) else item for item in value)
            if is_plain(value):
                return literal(value)
        self.generic_visit(node)
        return node

    def visit_Call(self, node: ast.Call) -> ast.expr:
        match node:
            case ast.Call(func=ast.Attribute(value=ast.Name(id="self"), attr=name), args=[], keywords=[]):
                method = getattr(self._me, name, None)
                if inspect.ismethod(method) and _returns_plain(method):
                    return literal(method())
            case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id="self"), ast.Constant(value=str(name)), default]):
                value = getattr(self._me, name, UNKNOWN)
                return literal(value) if is_plain(value) else default
        self.generic_visit(node)
        return node


def with_values(me: Variant, text: str) -> str:
    """A help text in which `setting` is replaced by its value."""

    def value(found: re.Match[str]) -> str:
        setting = getattr(me, found[1], UNKNOWN)
        return f"{setting:g}" if isinstance(setting, int | float) and not isinstance(setting, bool) else found[0]

    return re.sub(r"`(\w+)`", value, text)


def _returns_plain(method: Any) -> bool:
    """Whether the annotation of a method says that it returns a plain value."""
    result = inspect.signature(method).return_annotation
    return _PLAIN_TYPE.fullmatch(result.__name__ if result in (int, float, str, bool) else str(result)) is not None
