"""Replaces the names of a module with the names in the script."""

import ast
import sys
from typing import Protocol, cast

from playground.catalog.variant import Variant
from playground.export.code import origin
from playground.export.code.folding import called, entry
from playground.export.code.origin import Function, Imported
from playground.export.code.trees import copied, local_names


class Collecting(Protocol):
    """Adds definitions and imports to the script."""

    def external(self, module: str, name: str | None = None, alias: str | None = None) -> None:
        """Adds an import."""

    def defined(self, where: Function) -> str:
        """Adds a function, class or constant of the project → its name in the script."""

    def call(self, where: Function, node: ast.Call) -> ast.expr:
        """A call of a project function → the call in the script."""

    def call_of_method(self, me: Variant, name: str, node: ast.Call) -> ast.expr:
        """A call of a variant's method → the call in the script."""


class Resolving(ast.NodeTransformer):
    """Names of a module → names in the script, whose definitions are collected or imported."""

    def __init__(self, collector: Collecting, module: str, local: set[str], me: Variant | None) -> None:
        self._collector, self._module, self._local, self._me = collector, module, set(local), me

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """An import inside a function moves to the top of the script."""
        for name, found in origin.imported(node).items():
            self._collector.external(found.module, found.name, name)

    def visit_Call(self, node: ast.Call) -> ast.expr:
        node.args = [self.visit(each) for each in node.args]
        for setting in node.keywords:
            setting.value = self.visit(setting.value)
        match node.func:
            case ast.Name(id=name) if name not in self._local:
                found = origin.defined(self._module, name)
                if isinstance(found, tuple):
                    return self._collector.call((found[0], _name_of(found[1], name)), node)
            case ast.Attribute(value=ast.Name(id="self"), attr=name) if self._me is not None:
                return self._collector.call_of_method(self._me, name, node)
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if self._is_module(owner):
                where = origin.defined(self._module, owner)
                found = origin.defined(cast(Imported, where).module, name)
                if isinstance(found, tuple):
                    return self._collector.call((found[0], _name_of(found[1], name)), node)
            case ast.Attribute(value=ast.Call(func=ast.Name(id=maker), args=[], keywords=[]), attr=name):
                variant = self._variant(maker)
                if variant is not None:
                    return self._collector.call_of_method(variant(), name, node)
        node.func = self.visit(node.func)
        return called(node.func, node.args) if isinstance(node.func, ast.Lambda) else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """A constant entry of a project dict is used without the dict."""
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant()) if name not in self._local:
                found = origin.defined(self._module, name)
                if isinstance(found, tuple) and isinstance(found[1], ast.Assign) and isinstance(found[1].value, ast.Dict):
                    value = entry(ast.Subscript(copied(found[1].value), node.slice, node.ctx))
                    return cast(ast.expr, Resolving(self._collector, found[0], set(), None).visit(value))
        self.generic_visit(node)
        return node

    def visit_Name(self, node: ast.Name) -> ast.expr:
        if node.id in self._local or not isinstance(node.ctx, ast.Load):
            return node
        found = origin.defined(self._module, node.id)
        if isinstance(found, tuple):
            number = _unexplained_number(found[0], _name_of(found[1], node.id))
            if number is not None:
                return number
            node.id = self._collector.defined((found[0], _name_of(found[1], node.id)))
        elif found is not None:
            self._collector.external(found.module, found.name, node.id)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self._local |= local_names(node) | {node.name}
        self.generic_visit(node)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        inner = Resolving(self._collector, self._module, self._local | {each.arg for each in node.args.args}, self._me)
        node.body = inner.visit(node.body)
        return node

    def _is_module(self, name: str) -> bool:
        found = None if name in self._local else origin.defined(self._module, name)
        return isinstance(found, Imported) and found.is_ours and found.name is None

    def _variant(self, name: str) -> type[Variant] | None:
        found = origin.defined(self._module, name)
        if not isinstance(found, tuple):
            return None
        value = getattr(sys.modules[found[0]], name, None)
        return value if isinstance(value, type) and issubclass(value, Variant) else None


def _name_of(definition: origin.Definition, name: str) -> str:
    match definition:
        case ast.FunctionDef() | ast.ClassDef():
            return definition.name
        case ast.Assign(targets=[ast.Name(id=target)]):
            return target
    return name


def _unexplained_number(module: str, name: str) -> ast.expr | None:
    """The value of a private constant without a docstring, which is clear without its name."""
    found = origin.module(module)
    definition = found.definitions[name]
    if (
        name.startswith("_")
        and name not in found.notes
        and isinstance(definition, ast.Assign)
        and isinstance(definition.value, ast.Constant)
    ):
        return copied(definition.value)
    return None
