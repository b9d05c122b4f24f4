"""Collects the project source that generated code needs, in order of dependency and without the branches that the settings rule out."""

import ast
import inspect
from collections.abc import Callable, Mapping
from typing import Any

from playground.catalog.variant import Variant
from playground.export.code import origin
from playground.export.code.folding import UNKNOWN, Folding, Plain, literal, tidied, value_of, walk
from playground.export.code.origin import Function
from playground.export.code.pieces import Pieces
from playground.export.code.resolving import Resolving
from playground.export.code.settling import Settling, with_values
from playground.export.code.trees import (
    copied,
    document,
    drop_parameters,
    expression,
    function_of,
    is_docstring,
    local_names,
    make_bare,
    method_of,
    stored_names,
    unparsed,
    without_docstring,
    without_observing,
)  # fmt: skip

_EXPLAINED = frozenset({"change", "mix", "examples"})
"""Methods that are described by the help text of their class."""


class _SharedError(Exception):
    """A function is called with different settings and must stay general. The collection starts again."""


def collected(make: "Callable[[Collector], None]", facts: Mapping[str, Plain], stand_ins: Mapping[Function, Function]) -> "Collector":
    """What `make` collects. facts: known values of expressions, by their text, used wherever they decide a branch.

    stand_ins: functions of the app, and their replacements in generated code."""
    general: set[Function] = set()
    while True:
        collector = Collector(facts, stand_ins, general)
        try:
            make(collector)
            return collector
        except _SharedError as error:
            general.add(error.args[0])


class Collector:
    """Pieces of code by section, and their imports."""

    def __init__(self, facts: Mapping[str, Plain], stand_ins: Mapping[Function, Function], general: set[Function]) -> None:
        self._facts, self._stand_ins, self._general = facts, stand_ins, general
        self.pieces = Pieces()
        self._names: dict[Any, str] = {}
        self._left_out: dict[str, tuple[list[str], frozenset[str]]] = {}
        self._identities: dict[Any, int] = {}
        self.imports: set[tuple[str, str | None, str]] = set()

    # For the modules that write code

    def method(self, me: Variant, name: str, **facts: Plain) -> str:
        """Adds a method of a variant as a function, with its settings filled in → the name of the function."""
        owner = next(base for base in type(me).__mro__ if name in base.__dict__)
        key = ("method", owner.__module__, owner.__qualname__, name, me)
        if key not in self._names:
            where = self._stand_ins.get((owner.__module__, f"{owner.__qualname__}.{name}"))
            node = method_of(owner, name) if where is None else function_of(*where)
            if node.args.args and node.args.args[0].arg == "self":
                node.args.args.pop(0)
            document(node, with_values(me, type(me).help()) if name in _EXPLAINED else inspect.getdoc(getattr(type(me), name)) or "")
            self._names[key] = ""
            body = self._folded(node, me, facts)
            self._finish(key, _called(me, name), body, owner.__module__ if where is None else where[0], me)
        return self._names[key]

    def inlined(
        self,
        me: Variant,
        name: str,
        arguments: Mapping[str, str],
        facts: Mapping[str, Plain] | None = None,
        given: Mapping[str, str] | None = None,
    ) -> str | None:
        """The result of a method as one expression, with its settings filled in; None if it needs statements.

        arguments: replacements for its parameters. given: replacements for other expressions, by their text."""
        owner = next(base for base in type(me).__mro__ if name in base.__dict__)
        others = {text: expression(each) for text, each in (given or {}).items()}
        node = self._folded(method_of(owner, name), me, facts or {}, others)
        *steps, last = [statement for statement in node.body if not origin.is_comment(statement) and not is_docstring(statement)]
        if not isinstance(last, ast.Return) or last.value is None:
            return None
        bound: dict[str, ast.expr] = {parameter: expression(text) for parameter, text in arguments.items()}
        for step in steps:
            match step:
                case ast.Assign(targets=[ast.Name(id=target)], value=value):
                    bound[target] = Folding({}, bound).visit(copied(value))
                case _:
                    return None
        value = Folding({}, bound).visit(last.value)
        texts = (*arguments.values(), *(given or {}).values())
        named = {node.id for text in texts for node in ast.walk(expression(text)) if isinstance(node, ast.Name)}
        return ast.unparse(self._resolved(value, owner.__module__, named, me))

    def method_call(self, me: Variant, name: str, arguments: Mapping[str, str], facts: Mapping[str, Plain] | None = None) -> str:
        """A call of a method as a function. arguments: by parameter; those of unused parameters are left out."""
        function = self.method(me, name, **(facts or {}))
        idle = self._left_out[function][1]
        return f"{function}({', '.join(text for parameter, text in arguments.items() if parameter not in idle)})"

    def statements(self, me: Variant, function: Any, name: str, result: list[str], given: Mapping[str, ast.expr]) -> str:
        """The body of a method whose `return a, b` becomes an assignment to the names of `result`."""
        node = method_of(function, name)
        folded = self._folded(node, None, {}, given)
        body: list[ast.stmt] = []
        for statement in folded.body:
            if isinstance(statement, ast.Return):
                value = statement.value
                if isinstance(value, ast.Tuple):
                    pairs = zip(result, value.elts, strict=True)
                    body += [
                        ast.Assign([ast.Name(target, ast.Store())], item, lineno=0) for target, item in pairs if ast.unparse(item) != target
                    ]
                elif value is not None:
                    targets = ast.Tuple([ast.Name(target, ast.Store()) for target in result], ast.Store())
                    body.append(ast.Assign([targets], value, lineno=0))
            elif not is_docstring(statement):
                body.append(statement)
        module = ast.Module(body, [])
        self._resolved(module, function.__module__, {"images", "targets", *stored_names(module)}, me)
        return unparsed(module)

    def project(self, module: str, name: str) -> str:
        """Adds a function, class or constant of a project module → its name in the script."""
        found = origin.defined(module, name)
        if not isinstance(found, tuple):
            raise KeyError(f"{module} has no {name}")
        return self._defined((found[0], name), ())

    def returning(self, module: str, name: str, called: str, result: str, **constants: Plain) -> str:
        """Adds a function with some parameters fixed that returns one of its other parameters → its name in the script."""
        key = (module, name, tuple(constants.items()))
        if key not in self._names:
            node = function_of(module, name)
            given = {parameter: literal(value) for parameter, value in constants.items()}
            node.args.args, node.args.defaults = [each for each in node.args.args if each.arg not in given], []
            folded = self._folded(node, None, constants, given)
            folded.body.append(ast.Return(ast.Name(result, ast.Load())))
            self._finish(key, called, folded, module, None)
        return self._names[key]

    def external(self, module: str, name: str | None = None, alias: str | None = None) -> None:
        """Adds an import."""
        self.imports.add((module, name, alias or name or module))

    def reserve(self, module: str, name: str) -> None:
        """Marks a name that the script defines itself."""
        self._names[(module, name, ())] = name

    # Definitions

    def _defined(self, where: Function, constants: tuple[tuple[str, Plain], ...]) -> str:
        where = self._stand_ins.get(where, where)
        key = (*where, () if where in self._general else constants)
        if key in self._names:
            return self._names[key]
        if any(known[:2] == where for known in self._names if known[0] != "method"):
            raise _SharedError(where)
        found = origin.module(where[0])
        definition, note = copied(found.definitions[where[1]]), found.notes.get(where[1], "")
        self._names[key] = where[1]
        match definition:
            case ast.FunctionDef():
                folded = self._folded(definition, None, dict(key[2]))
                self._finish(key, where[1], folded, where[0], None)
            case ast.ClassDef():
                self._class(key, definition, where[0])
            case _:
                value = self._resolved(definition.value, where[0], set())
                self._names[key] = self.pieces.free(where[1])
                self.pieces.add(self._names[key], ast.Assign([ast.Name(where[1], ast.Store())], value, lineno=0), note)
        return self._names[key]

    def _class(self, key: Any, node: ast.ClassDef, module: str) -> None:
        is_data = any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
        node.body = [each for each in without_observing(node.body) if not isinstance(each, ast.AnnAssign) or is_data]
        for index, statement in enumerate(node.body):
            if isinstance(statement, ast.FunctionDef):
                folded = self._folded(statement, None, {})
                folded.body = folded.body or [ast.Pass()]
                node.body[index] = folded
            elif isinstance(statement, ast.AnnAssign):
                statement.annotation = self._annotation(statement.annotation, module)
        document(node, "")
        self._resolve_class(node, module)
        self._names[key] = self.pieces.free(node.name)
        self.pieces.add(self._names[key], node)

    def _annotation(self, node: ast.expr, module: str) -> ast.expr:
        """The annotation of a dataclass field, in names that the script has."""
        text = ast.unparse(node)
        if text in ("Array", "NDArray"):
            self.external("numpy", None, "np")
            return expression("np.ndarray")
        match node:
            case ast.Name(id=name) if isinstance(found := origin.defined(module, name), tuple):
                return self._resolved(node, module, set()) if isinstance(found[1], ast.ClassDef) else expression("tuple")
        return expression(name if (name := text.split("[")[0]) in ("int", "float", "str", "bool", "tuple") else "object")

    def _resolve_class(self, node: ast.ClassDef, module: str) -> None:
        node.bases = [self._resolved(base, module, set()) for base in node.bases]
        node.decorator_list = [self._resolved(decorator, module, set()) for decorator in node.decorator_list]
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                self._resolved(statement, module, local_names(statement) | {node.name})
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                statement.value = self._resolved(statement.value, module, {node.name})

    def _finish(self, key: Any, name: str, node: ast.FunctionDef, module: str, me: Variant | None) -> None:
        """Adds a folded function after its dependencies, without parameters that are no longer used."""
        match without_docstring(node.body):
            case [ast.Return(value=ast.Name(id=returned))] if me is None and returned in (names := [each.arg for each in node.args.args]):
                self._identities[key] = names.index(returned)
        self._resolved(node, module, local_names(node), me)
        read = {each.id for each in walk(node.body) if isinstance(each, ast.Name)}
        names = [each.arg for each in (*node.args.args, *node.args.kwonlyargs)]
        idle = frozenset(each for each in names if each not in read and not each.startswith("_"))
        drop_parameters(node, idle)
        self._names[key] = self.pieces.free(name)
        if key not in self._identities:
            self.pieces.add(self._names[key], node)
        self._left_out[self._names[key]] = ([*names], idle)

    # Functions

    def _folded(
        self, node: ast.FunctionDef, me: Variant | None, facts: Mapping[str, Plain], given: Mapping[str, ast.expr] | None = None
    ) -> ast.FunctionDef:
        """The function without annotations and impossible branches, with its settings filled in."""
        known = {**self._facts, **facts}
        make_bare(node)
        if given:
            node = Folding({}, given).visit(node)
        if me is not None:
            node = Settling(me).visit(node)
        result: ast.FunctionDef = Folding(known, given or {}).visit(node)
        result.body = tidied(_uncached(result.body))
        return result

    def _resolved(self, node: Any, module: str, local: set[str], me: Variant | None = None) -> Any:
        return Resolving(self, module, local, me).visit(node)

    def defined(self, where: Function) -> str:
        """Adds a function, class or constant of the project → its name in the script."""
        return self._defined(where, ())

    def call_of_method(self, me: Variant, name: str, node: ast.Call) -> ast.expr:
        """A call of a variant's method, which becomes a function."""
        node.func = ast.Name(self.method(me, name), ast.Load())
        self._drop_arguments(node.func.id, node)
        return node

    def call(self, where: Function, node: ast.Call) -> ast.expr:
        """A call of a project function, whose arguments may decide branches in it."""
        where = self._stand_ins.get(where, where)
        definition = origin.module(where[0]).definitions[where[1]]
        if not isinstance(definition, ast.FunctionDef):
            node.func = ast.Name(self._defined(where, ()), ast.Load())
            return node
        constants = deciding(definition, node)
        name = self._defined(where, constants)
        key = (*where, () if where in self._general else constants)
        if key in self._identities:
            return node.args[self._identities[key]]
        node.func = ast.Name(name, ast.Load())
        self._drop_arguments(name, node)
        return node

    def _drop_arguments(self, name: str, node: ast.Call) -> None:
        names, idle = self._left_out.get(name, ([], frozenset()))
        if idle:
            node.args = [each for each, parameter in zip(node.args, names, strict=False) if parameter not in idle]
            node.keywords = [each for each in node.keywords if each.arg not in idle]


def _called(me: Variant, name: str) -> str:
    """The name of a method as a function; the method that applies an augmentation is named after the augmentation."""
    if name in ("change", "mix", "examples"):
        return me.name()
    return {"blend": f"{me.name()}_blend", "build": "make_schedule", "load": "degraded_examples"}.get(name, name)


def deciding(definition: ast.FunctionDef, call: ast.Call) -> tuple[tuple[str, Plain], ...]:
    """The parameters that decide branches, with their arguments in this call where those are plain values."""
    parameters = [each.arg for each in definition.args.args]
    given: dict[str, ast.expr] = dict(zip(reversed(parameters), reversed(definition.args.defaults), strict=False))
    keywords = zip(definition.args.kwonlyargs, definition.args.kw_defaults, strict=True)
    given |= {each.arg: default for each, default in keywords if default is not None}
    if not any(isinstance(each, ast.Starred) for each in call.args):
        given |= dict(zip(parameters, call.args, strict=False))
    given |= {each.arg: each.value for each in call.keywords if each.arg is not None}
    tests = [each.test for each in ast.walk(definition) if isinstance(each, ast.If | ast.IfExp)]
    asked = {name.id for test in tests for name in ast.walk(test) if isinstance(name, ast.Name)}
    changed = stored_names(definition)
    values = {name: value_of(given[name], {}) for name in given if name in asked and name not in changed}
    return tuple(sorted((name, value) for name, value in values.items() if value is not UNKNOWN))


def _uncached(statements: list[ast.stmt]) -> list[ast.stmt]:
    """`cached(name, recipe, make)`, which the app uses to keep data → the result of `make`."""

    class Uncaching(ast.NodeTransformer):
        def visit_Call(self, node: ast.Call) -> ast.expr:
            self.generic_visit(node)
            match node:
                case ast.Call(func=ast.Name(id="cached"), args=[_, _, ast.Lambda(body=body)]):
                    return body
                case ast.Call(func=ast.Name(id="cached"), args=[_, _, make]):
                    return ast.Call(make, [], [])
            return node

    return [Uncaching().visit(statement) for statement in statements]
