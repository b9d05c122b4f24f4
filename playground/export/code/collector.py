"""Collects what generated code needs of the project's source, each piece after those that it needs, without what the settings rule out."""

import ast
import copy
import dataclasses
import inspect
import keyword
import re
import sys
import textwrap
from collections.abc import Callable, Mapping
from typing import Any, cast

from playground.catalog.variant import Variant
from playground.export.code import origin
from playground.export.code.folding import UNKNOWN, Folding, Plain, called, entry, is_plain, literal, tidied, value_of, walk
from playground.export.code.origin import LINE, Imported

_PLAIN_ANSWER = re.compile(r"(int|float|str|bool|tuple|None|Shape|[\[\],.| ])+")
_PLUMBING = frozenset({"lru_cache", "property", "abstractmethod", "cached_property"})
"""Decorators that a script does without."""
_TAKEN = frozenset(
    {"augment", "build_model", "evaluate", "follow", "load_data", "main", "penalised", "some", "take_step", "tensors", "train"}
)
"""Names of functions that every script writes itself."""
_EXPLAINED = frozenset({"change", "mix", "examples"})
"""Methods that do what their class says of itself."""

Function = tuple[str, str]
"""The module that defines it, and its name there."""


class _SharedError(Exception):
    """A function is called with different settings: it has to stay general. The collection begins again."""


def collected(make: "Callable[[Collector], None]", facts: Mapping[str, Plain], stand_ins: Mapping[Function, Function]) -> "Collector":
    """What `make` collects. facts: values of expressions, by their text, that are known wherever they decide something.

    stand_ins: functions of the app, and what code takes in their place."""
    general: set[Function] = set()
    while True:
        collector = Collector(facts, stand_ins, general)
        try:
            make(collector)
            return collector
        except _SharedError as error:
            general.add(error.args[0])


class Collector:
    """Pieces of code by section, and the imports that they need."""

    def __init__(self, facts: Mapping[str, Plain], stand_ins: Mapping[Function, Function], general: set[Function]) -> None:
        self._facts, self._stand_ins, self._general = facts, stand_ins, general
        self.section = ""
        self._pieces: dict[str, tuple[str, ast.stmt]] = {}
        self._names: dict[Any, str] = {}
        self._left_out: dict[str, tuple[list[str], frozenset[str]]] = {}
        self._identities: dict[Any, int] = {}
        self._notes: dict[str, str] = {}
        self.imports: set[tuple[str, str | None, str]] = set()

    # What a writer of code asks for

    def expression(self, text: str, module: str) -> str:
        """An expression as it stands in a module of the project; what it needs is collected. module: its dotted name."""
        node = ast.parse(text, mode="eval").body
        return ast.unparse(self._resolved(node, module, set()))

    def method(self, me: Variant, name: str, **facts: Plain) -> str:
        """A method of a variant as a function of its own, with the settings in place → its name."""
        owner = next(base for base in type(me).__mro__ if name in base.__dict__)
        key = ("method", owner.__module__, owner.__qualname__, name, me)
        if key not in self._names:
            where = self._stand_ins.get((owner.__module__, f"{owner.__qualname__}.{name}"))
            node = (
                _method(owner, name)
                if where is None
                else cast(ast.FunctionDef, copy.deepcopy(origin.module(where[0]).definitions[where[1]]))
            )
            if node.args.args and node.args.args[0].arg == "self":
                node.args.args.pop(0)
            _document(node, _said(me, type(me).help()) if name in _EXPLAINED else inspect.getdoc(getattr(type(me), name)) or "")
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
        """A method's answer as one expression, where it is one once the settings are in place; None where it takes statements.

        arguments: what stands for its parameters. given: what stands for other expressions, by their text."""
        owner = next(base for base in type(me).__mro__ if name in base.__dict__)
        others = {text: _expression(each) for text, each in (given or {}).items()}
        node = self._folded(_method(owner, name), me, facts or {}, others)
        *steps, last = [statement for statement in node.body if not origin.is_comment(statement) and not _is_docstring(statement)]
        if not isinstance(last, ast.Return) or last.value is None:
            return None
        bound: dict[str, ast.expr] = {parameter: _expression(text) for parameter, text in arguments.items()}
        for step in steps:
            match step:
                case ast.Assign(targets=[ast.Name(id=target)], value=value):
                    bound[target] = Folding({}, bound).visit(copy.deepcopy(value))
                case _:
                    return None
        value = Folding({}, bound).visit(last.value)
        texts = (*arguments.values(), *(given or {}).values())
        named = {node.id for text in texts for node in ast.walk(_expression(text)) if isinstance(node, ast.Name)}
        return ast.unparse(self._resolved(value, owner.__module__, named, me))

    def method_call(self, me: Variant, name: str, arguments: Mapping[str, str], facts: Mapping[str, Plain] | None = None) -> str:
        """A call of a method as a function of its own. arguments: for its parameters, of which those that settings rule out stay away."""
        function = self.method(me, name, **(facts or {}))
        idle = self._left_out[function][1]
        return f"{function}({', '.join(text for parameter, text in arguments.items() if parameter not in idle)})"

    def statements(self, me: Variant, function: Any, name: str, result: list[str], given: Mapping[str, ast.expr]) -> str:
        """The body of a method whose `return a, b` becomes an assignment to the names of `result`."""
        node = _method(function, name)
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
            elif not _is_docstring(statement):
                body.append(statement)
        module = ast.Module(body, [])
        self._resolved(module, function.__module__, {"images", "targets", *_stored(module)}, me)
        return unparsed(module)

    def project(self, module: str, name: str) -> str:
        """A function, class or constant of a module of the project → its name in the script."""
        found = origin.defined(module, name)
        if not isinstance(found, tuple):
            raise KeyError(f"{module} has no {name}")
        return self._defined((found[0], name), ())

    def specialised(self, module: str, name: str, **constants: Plain) -> str:
        """A function of a module with some of its parameters fixed → its name in the script."""
        return self._defined((module, name), tuple(constants.items()))

    def returning(self, module: str, name: str, called: str, result: str, **constants: Plain) -> str:
        """A function of a module with some of its parameters fixed, that gives back one of the others → its name in the script."""
        key = (module, name, tuple(constants.items()))
        if key not in self._names:
            node = copy.deepcopy(origin.module(module).definitions[name])
            if not isinstance(node, ast.FunctionDef):
                raise KeyError(f"{module}.{name} is no function")
            given = {parameter: literal(value) for parameter, value in constants.items()}
            node.args.args, node.args.defaults = [each for each in node.args.args if each.arg not in given], []
            folded = self._folded(node, None, constants, given)
            folded.body.append(ast.Return(ast.Name(result, ast.Load())))
            self._finish(key, called, folded, module, None)
        return self._names[key]

    def external(self, module: str, name: str | None = None, alias: str | None = None) -> None:
        """An import."""
        self.imports.add((module, name, alias or name or module))

    def text(self, section: str) -> str:
        """All pieces of a section."""
        chosen = {name: copy.deepcopy(node) for name, (where, node) in self._pieces.items() if where == section}
        blocks: list[str] = []
        previous: ast.stmt | None = None
        for name, node in chosen.items():
            together = isinstance(node, ast.Assign) and isinstance(previous, ast.Assign)
            note = unparsed(origin.comment(self._notes[name])) + "\n" if name in self._notes else ""
            blocks.append(("\n" if together else "\n\n\n") + note + unparsed(_with_fitting_docstrings(node, 0)))
            previous = node
        return "".join(blocks).strip("\n")

    def without_idle(self, *texts: str) -> None:
        """Leaves out methods of classes that nobody calls. texts: code that uses what was collected."""
        nodes = [node for _, node in self._pieces.values()]
        asked = {each.attr for node in nodes for each in ast.walk(node) if isinstance(each, ast.Attribute)}
        asked |= set(re.findall(r"\w+", " ".join(texts)))
        for node in nodes:
            if isinstance(node, ast.ClassDef) and not _derives_from_torch(node):
                measured = f"len({node.name.lower()})" in " ".join(map(ast.unparse, nodes))
                methods = asked | {"__init__", "__post_init__"} | ({"__len__"} if measured else set())
                node.body = [each for each in node.body if not isinstance(each, ast.FunctionDef) or each.name in methods]

    def plain_names(self, *texts: str) -> dict[str, str]:
        """Names that begin with an underscore → the same without, where that is free. texts: code that uses what was collected."""
        taken = self.used | set(re.findall(r"\w+", " ".join(texts)))
        stripped = {name: name.lstrip("_") for name in self._pieces if name.startswith("_")}
        return {name: plain for name, plain in stripped.items() if plain not in taken and not keyword.iskeyword(plain)}

    def reserve(self, module: str, name: str) -> None:
        """A name that the script defines itself."""
        self._names[(module, name, ())] = name

    @property
    def used(self) -> set[str]:
        """Every identifier in what was collected."""
        return {name for _, node in self._pieces.values() for name in _identifiers(node)}

    # Definitions

    def _defined(self, where: Function, constants: tuple[tuple[str, Plain], ...]) -> str:
        where = self._stand_ins.get(where, where)
        key = (*where, () if where in self._general else constants)
        if key in self._names:
            return self._names[key]
        if any(known[:2] == where for known in self._names if known[0] != "method"):
            raise _SharedError(where)
        definition, note = copy.deepcopy(origin.module(where[0]).definitions[where[1]]), origin.module(where[0]).notes.get(where[1])
        self._names[key] = where[1]
        match definition:
            case ast.FunctionDef():
                folded = self._folded(definition, None, dict(key[2]))
                self._finish(key, where[1], folded, where[0], None)
            case ast.ClassDef():
                self._class(key, definition, where[0])
            case _:
                value = self._resolved(definition.value, where[0], set())
                self._add(key, where[1], ast.Assign([ast.Name(where[1], ast.Store())], value, lineno=0))
                if note:
                    self._notes[self._names[key]] = " ".join(note.split())
        return self._names[key]

    def _class(self, key: Any, node: ast.ClassDef, module: str) -> None:
        is_data = any("dataclass" in ast.unparse(decorator) for decorator in node.decorator_list)
        node.body = [each for each in node.body if not isinstance(each, ast.AnnAssign) or is_data]
        for index, statement in enumerate(node.body):
            if isinstance(statement, ast.FunctionDef):
                folded = self._folded(statement, None, {})
                folded.body = folded.body or [ast.Pass()]
                node.body[index] = folded
            elif isinstance(statement, ast.AnnAssign):
                statement.annotation = self._annotation(statement.annotation, module)
        _document(node, "")
        self._resolve_class(node, module)
        self._add(key, node.name, node)

    def _annotation(self, node: ast.expr, module: str) -> ast.expr:
        """Of a field of a data class, in names that the script has."""
        text = ast.unparse(node)
        if text in ("Array", "NDArray"):
            self.external("numpy", None, "np")
            return _expression("np.ndarray")
        match node:
            case ast.Name(id=name) if isinstance(found := origin.defined(module, name), tuple):
                return self._resolved(node, module, set()) if isinstance(found[1], ast.ClassDef) else _expression("tuple")
        return _expression(name if (name := text.split("[")[0]) in ("int", "float", "str", "bool", "tuple") else "object")

    def _resolve_class(self, node: ast.ClassDef, module: str) -> None:
        node.bases = [self._resolved(base, module, set()) for base in node.bases]
        node.decorator_list = [self._resolved(decorator, module, set()) for decorator in node.decorator_list]
        for statement in node.body:
            if isinstance(statement, ast.FunctionDef):
                self._resolved(statement, module, _locals(statement) | {node.name})
            elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
                statement.value = self._resolved(statement.value, module, {node.name})

    def _finish(self, key: Any, name: str, node: ast.FunctionDef, module: str, me: Variant | None) -> None:
        """A folded function into the script: what it needs first, then itself, without parameters that nobody reads any more."""
        match _code(node.body):
            case [ast.Return(value=ast.Name(id=returned))] if returned in (names := [each.arg for each in node.args.args]):
                self._identities[key] = names.index(returned)
        self._resolved(node, module, _locals(node), me)
        read = {each.id for each in walk(node.body) if isinstance(each, ast.Name)}
        names = [each.arg for each in (*node.args.args, *node.args.kwonlyargs)]
        idle = frozenset(each for each in names if each not in read and not each.startswith("_"))
        _drop_parameters(node, idle)
        self._add(key, name, node)
        self._left_out[self._names[key]] = ([*names], idle)

    def _add(self, key: Any, name: str, node: ast.stmt) -> None:
        final, number = name, 2
        while final in self._pieces or final in _TAKEN:
            final, number = f"{name}{number}", number + 1
        self._names[key] = final
        match node:
            case ast.FunctionDef() | ast.ClassDef():
                node.name = final
            case ast.Assign(targets=[ast.Name() as target]):
                target.id = final
        if key not in self._identities:
            self._pieces[final] = (self.section, node)

    # Functions

    def _folded(
        self, node: ast.FunctionDef, me: Variant | None, facts: Mapping[str, Plain], given: Mapping[str, ast.expr] | None = None
    ) -> ast.FunctionDef:
        """Without annotations, settings in place, and without branches that are ruled out."""
        known = {**self._facts, **facts}
        _bare(node)
        if given:
            node = Folding({}, given).visit(node)
        if me is not None:
            node = _Settings(me).visit(node)
        result: ast.FunctionDef = Folding(known, given or {}).visit(node)
        result.body = tidied(_uncached(result.body))
        return result

    def _resolved(self, node: Any, module: str, local: set[str], me: Variant | None = None) -> Any:
        return _Resolving(self, module, local, me).visit(node)

    def call(self, where: Function, node: ast.Call) -> ast.expr:
        """A call of a function of ours, whose settings decide branches in it."""
        where = self._stand_ins.get(where, where)
        definition = origin.module(where[0]).definitions[where[1]]
        if not isinstance(definition, ast.FunctionDef):
            node.func = ast.Name(self._defined(where, ()), ast.Load())
            return node
        constants = _deciding(definition, node)
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


class _Settings(ast.NodeTransformer):
    """`self.<setting>` → its value, where that is plain; calls of methods whose answer is plain → the answer."""

    def __init__(self, me: Variant) -> None:
        self._me = me

    def visit_Attribute(self, node: ast.Attribute) -> ast.expr:
        chain = _chain(node)
        if chain is not None and chain[0] == "self":
            value: Any = self._me
            for name in chain[1:]:
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
                if inspect.ismethod(method) and _is_plain_answer(method):
                    return literal(method())
            case ast.Call(func=ast.Name(id="getattr"), args=[ast.Name(id="self"), ast.Constant(value=str(name)), default]):
                value = getattr(self._me, name, UNKNOWN)
                return literal(value) if is_plain(value) else default
        self.generic_visit(node)
        return node


class _Resolving(ast.NodeTransformer):
    """Names of a module → names in the script; what they stand for is collected, or imported."""

    def __init__(self, collector: Collector, module: str, local: set[str], me: Variant | None) -> None:
        self._collector, self._module, self._local, self._me = collector, module, set(local), me

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        """An import inside a function becomes one at the top."""
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
                node.func = ast.Name(self._collector.method(self._me, name), ast.Load())
                self._collector._drop_arguments(node.func.id, node)
                return node
            case ast.Attribute(value=ast.Name(id=owner), attr=name) if self._is_module(owner):
                where = origin.defined(self._module, owner)
                found = origin.defined(cast(Imported, where).module, name)
                if isinstance(found, tuple):
                    return self._collector.call((found[0], _name_of(found[1], name)), node)
            case ast.Attribute(value=ast.Call(func=ast.Name(id=maker), args=[], keywords=[]), attr=name):
                variant = self._variant(maker)
                if variant is not None:
                    node.func = ast.Name(self._collector.method(variant(), name), ast.Load())
                    return node
        node.func = self.visit(node.func)
        return called(node.func, node.args) if isinstance(node.func, ast.Lambda) else node

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """An entry of a table of ours comes without the table."""
        match node:
            case ast.Subscript(value=ast.Name(id=name), slice=ast.Constant()) if name not in self._local:
                found = origin.defined(self._module, name)
                if isinstance(found, tuple) and isinstance(found[1], ast.Assign) and isinstance(found[1].value, ast.Dict):
                    value = entry(ast.Subscript(copy.deepcopy(found[1].value), node.slice, node.ctx))
                    return cast(ast.expr, _Resolving(self._collector, found[0], set(), None).visit(value))
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
            node.id = self._collector._defined((found[0], _name_of(found[1], node.id)), ())
        elif found is not None:
            self._collector.external(found.module, found.name, node.id)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.FunctionDef:
        self._local |= _locals(node) | {node.name}
        self.generic_visit(node)
        return node

    def visit_Lambda(self, node: ast.Lambda) -> ast.Lambda:
        inner = _Resolving(self._collector, self._module, self._local | {each.arg for each in node.args.args}, self._me)
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


# Trees


def _method(owner: type, name: str) -> ast.FunctionDef:
    """A copy of a method's definition."""
    node = origin.module(owner.__module__).definitions[owner.__qualname__]
    for statement in getattr(node, "body", ()):
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return copy.deepcopy(statement)
    raise KeyError(f"{owner.__qualname__} has no method {name} in its source")


def _called(me: Variant, name: str) -> str:
    """What a method is called as a function: what an augmentation does is called as the augmentation."""
    if name in ("change", "mix", "examples"):
        return me.name()
    return {"blend": f"{me.name()}_blend", "build": "make_schedule", "load": "spoilt_examples"}.get(name, name)


def _name_of(definition: origin.Definition, name: str) -> str:
    match definition:
        case ast.FunctionDef() | ast.ClassDef():
            return definition.name
        case ast.Assign(targets=[ast.Name(id=target)]):
            return target
    return name


def _said(me: Variant, text: str) -> str:
    """A help text with settings in the place of their names."""

    def value(found: re.Match[str]) -> str:
        setting = getattr(me, found[1], UNKNOWN)
        return f"{setting:g}" if isinstance(setting, int | float) and not isinstance(setting, bool) else found[0]

    return re.sub(r"`(\w+)`", value, text)


def _unexplained_number(module: str, name: str) -> ast.expr | None:
    """The value of a constant that is a module's own affair and of which nothing is said: its name says no more."""
    found = origin.module(module)
    definition = found.definitions[name]
    if (
        name.startswith("_")
        and name not in found.notes
        and isinstance(definition, ast.Assign)
        and isinstance(definition.value, ast.Constant)
    ):
        return copy.deepcopy(definition.value)
    return None


def _bare(node: ast.FunctionDef) -> None:
    """Without annotations, without decorators that are the app's own, and with a short docstring."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef):
            inner.returns = None
            inner.decorator_list = [each for each in inner.decorator_list if not set(re.findall(r"\w+", ast.unparse(each))) & _PLUMBING]
            arguments = inner.args
            for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
                if argument is not None:
                    argument.annotation = None
            _document(inner, "")


def _document(node: ast.FunctionDef | ast.ClassDef, otherwise: str) -> None:
    """The docstring's first paragraph alone; `otherwise` where there is none."""
    has_one = ast.get_docstring(node) is not None and not origin.is_comment(node.body[0])
    text = (ast.get_docstring(node) if has_one else None) or otherwise
    if has_one:
        node.body = node.body[1:] or [ast.Pass()]
    first = " ".join(text.split("\n\n")[0].split())
    first = re.split(r"\s*(Raises: |Comes with the app)", first)[0]
    if first:
        node.body.insert(0, ast.Expr(ast.Constant(first)))


def _is_docstring(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


def _code(body: list[ast.stmt]) -> list[ast.stmt]:
    return [statement for statement in body if not _is_docstring(statement)]


def _deciding(definition: ast.FunctionDef, call: ast.Call) -> tuple[tuple[str, Plain], ...]:
    """The parameters that decide branches, and what this call gives them, where that is plain."""
    parameters = [each.arg for each in definition.args.args]
    given: dict[str, ast.expr] = dict(zip(reversed(parameters), reversed(definition.args.defaults), strict=False))
    keywords = zip(definition.args.kwonlyargs, definition.args.kw_defaults, strict=True)
    given |= {each.arg: default for each, default in keywords if default is not None}
    if not any(isinstance(each, ast.Starred) for each in call.args):
        given |= dict(zip(parameters, call.args, strict=False))
    given |= {each.arg: each.value for each in call.keywords if each.arg is not None}
    tests = [each.test for each in ast.walk(definition) if isinstance(each, ast.If | ast.IfExp)]
    asked = {name.id for test in tests for name in ast.walk(test) if isinstance(name, ast.Name)}
    values = {name: value_of(given[name], {}) for name in given if name in asked}
    return tuple(sorted((name, value) for name, value in values.items() if value is not UNKNOWN))


def _drop_parameters(node: ast.FunctionDef, idle: frozenset[str]) -> None:
    arguments = node.args
    defaults = dict(zip([each.arg for each in reversed(arguments.args)], reversed(arguments.defaults), strict=False))
    arguments.args = [each for each in arguments.args if each.arg not in idle]
    arguments.defaults = [defaults[each.arg] for each in arguments.args if each.arg in defaults]
    pairs = [pair for pair in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if pair[0].arg not in idle]
    arguments.kwonlyargs, arguments.kw_defaults = [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def _uncached(statements: list[ast.stmt]) -> list[ast.stmt]:
    """`cached(name, recipe, make)`, which keeps data between runs of the app → what `make` gives."""

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


def _locals(node: ast.FunctionDef) -> set[str]:
    """Names that a function gives values itself, in functions inside it too."""
    found = _stored(node)
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef | ast.Lambda):
            arguments = inner.args
            named = (*arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg)
            found |= {each.arg for each in named if each is not None} if isinstance(inner, ast.FunctionDef) else set()
        if isinstance(inner, ast.FunctionDef) and inner is not node:
            found.add(inner.name)
        if isinstance(inner, ast.ImportFrom):
            found |= set(origin.imported(inner))
    return found


def _stored(node: ast.AST) -> set[str]:
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def _identifiers(node: ast.AST) -> set[str]:
    found: set[str] = set()
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
    return found


def _expression(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _is_plain_answer(method: Any) -> bool:
    """Whether a method says that it answers with what can stand in code."""
    answer = inspect.signature(method).return_annotation
    return _PLAIN_ANSWER.fullmatch(answer.__name__ if answer in (int, float, str, bool) else str(answer)) is not None


def _chain(node: ast.expr) -> list[str] | None:
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=name):
            before = _chain(value)
            return None if before is None else [*before, name]
    return None


def _derives_from_torch(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).split(".")[0] in ("nn", "optim") for base in node.bases)


def unparsed(node: ast.AST) -> str:
    """Code, with comments where there were some, and without brackets round what is returned or assigned."""
    return "\n".join(map(_unbracketed, origin.with_comments(ast.unparse(ast.fix_missing_locations(node))).split("\n")))


def _unbracketed(line: str) -> str:
    found = re.fullmatch(r"(\s*)(return |[\w, ]+ = )\((.*)\)", line)
    if found is None:
        return line
    shorter = f"{found[2]}{found[3]}"
    try:
        same = ast.dump(ast.parse(shorter)) == ast.dump(ast.parse(line.strip()))
    except SyntaxError:
        return line
    return found[1] + shorter if same else line


def _with_fitting_docstrings(node: ast.stmt, depth: int) -> ast.stmt:
    """Docstrings in lines that fit; the formatter brings them in."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        for statement in node.body:
            if _is_docstring(statement) and not origin.is_comment(statement):
                text = ast.literal_eval(cast(ast.Expr, statement).value)
                filled = textwrap.fill(text, LINE - 4 * depth - 10, break_long_words=False, break_on_hyphens=False)
                cast(ast.Expr, statement).value = ast.Constant(filled)
            else:
                _with_fitting_docstrings(statement, depth + 1)
    return node
