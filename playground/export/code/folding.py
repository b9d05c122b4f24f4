"""Partial evaluation: code and known settings → the code without the branches that the settings rule out."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any

from playground.export.code.trees import copied

Plain = Any
"""Numbers, text, None, and tuples, lists and dicts of them: values that can be written as literals."""
UNKNOWN = object()

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq, ast.NotEq: operator.ne, ast.Lt: operator.lt, ast.LtE: operator.le, ast.Gt: operator.gt, ast.GtE: operator.ge,
    ast.Is: operator.is_, ast.IsNot: operator.is_not, ast.In: lambda item, items: item in items,
}  # fmt: skip
_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv, ast.Mod: operator.mod,
}  # fmt: skip
_FUNCTIONS: dict[str, Callable[..., Any]] = {"len": len, "min": min, "max": max, "round": round}


def is_plain(value: object) -> bool:
    """Whether the value can be written as a literal."""
    if isinstance(value, tuple | list):
        return all(map(is_plain, value))
    if isinstance(value, dict):
        return all(is_plain(key) and is_plain(item) for key, item in value.items())
    return value is None or isinstance(value, bool | int | float | str)


def literal(value: Plain) -> ast.expr:
    """The code of a plain value."""
    match value:
        case tuple():
            return ast.Tuple([literal(item) for item in value], ast.Load())
        case list():
            return ast.List([literal(item) for item in value], ast.Load())
        case dict():
            return ast.Dict([literal(key) for key in value], [literal(item) for item in value.values()])
        case int() | float() if not isinstance(value, bool) and value < 0:
            return ast.UnaryOp(ast.USub(), ast.Constant(-value))  # -2 ** 2 is not (-2) ** 2
    return ast.Constant(value)


def value_of(node: ast.expr, known: Mapping[str, Plain]) -> Any:
    """The value of an expression, or UNKNOWN. known: values of expressions, by their text."""
    match node:
        case ast.Constant(value=value):
            return value
        case ast.Tuple(elts=items) | ast.List(elts=items):
            values = [value_of(item, known) for item in items]
            return UNKNOWN if UNKNOWN in values else tuple(values)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            value = value_of(operand, known)
            return UNKNOWN if value is UNKNOWN else not value
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            value = value_of(operand, known)
            return UNKNOWN if value is UNKNOWN else -value
        case ast.NamedExpr(value=inner):
            return value_of(inner, known)
        case ast.BoolOp(op=connective, values=parts):
            deciding = isinstance(connective, ast.Or)
            values = [value_of(part, known) for part in parts]
            if any(value is not UNKNOWN and bool(value) is deciding for value in values):
                return deciding
            return UNKNOWN if UNKNOWN in values else not deciding
        case ast.BinOp(left=left, op=operation, right=right) if type(operation) in _OPERATIONS:
            pair = value_of(left, known), value_of(right, known)
            return UNKNOWN if UNKNOWN in pair else _OPERATIONS[type(operation)](*pair)
        case ast.Compare(left=left, ops=[comparison], comparators=[right]) if type(comparison) in _COMPARISONS:
            pair = value_of(left, known), value_of(right, known)
            if UNKNOWN not in pair:
                return _COMPARISONS[type(comparison)](*pair)
    return known.get(ast.unparse(node), UNKNOWN)


class Folding(ast.NodeTransformer):
    """known: values of expressions, by their text, that decide branches; elsewhere the expressions are kept.
    given: replacements for expressions, by their text."""

    def __init__(self, known: Mapping[str, Plain], given: Mapping[str, ast.expr]) -> None:
        self._known, self._given = known, given

    def visit(self, node: ast.AST) -> Any:
        if isinstance(node, ast.expr) and self._given and isinstance(getattr(node, "ctx", ast.Load()), ast.Load):
            given = self._given.get(ast.unparse(node))
            if given is not None:
                return copied(given)
        return super().visit(node)

    def visit_If(self, node: ast.If) -> Any:
        self.generic_visit(node)
        test = value_of(node.test, self._known)
        if test is not UNKNOWN:
            return [*_bindings(node.test), *node.body] if test else node.orelse
        node.test = self._simpler(node.test)
        if not node.orelse and _is_check(node.body):
            return None  # settings are checked before code is generated
        return node if node.body or node.orelse else None

    def visit_IfExp(self, node: ast.IfExp) -> Any:
        self.generic_visit(node)
        test = value_of(node.test, self._known)
        if test is UNKNOWN:
            return node
        return node.body if test else node.orelse

    def visit_Try(self, node: ast.Try) -> Any:
        """A `try` that only turns one error into another is removed."""
        self.generic_visit(node)
        turns = all(isinstance(handler.body[-1], ast.Raise) for handler in node.handlers)
        return node.body if turns and not node.finalbody else node

    def visit_For(self, node: ast.For) -> Any:
        self.generic_visit(node)
        return node if node.body else None

    def visit_Subscript(self, node: ast.Subscript) -> Any:
        self.generic_visit(node)
        return entry(node)

    def visit_Call(self, node: ast.Call) -> Any:
        self.generic_visit(node)
        node.args = [part for each in node.args for part in _spread(each)]
        match node:
            case ast.Call(func=ast.Name(id=name), args=arguments, keywords=[]) if name in _FUNCTIONS:
                values = [value_of(each, {}) for each in arguments]
                return node if UNKNOWN in values else literal(_FUNCTIONS[name](*values))
        return node

    def visit_AnnAssign(self, node: ast.AnnAssign) -> Any:
        self.generic_visit(node)
        return None if node.value is None else ast.Assign([node.target], node.value, lineno=node.lineno)

    def _simpler(self, test: ast.expr) -> ast.expr:
        """Without the operands of "and" or "or" whose value is known."""
        if isinstance(test, ast.BoolOp):
            test.values = [part for part in test.values if value_of(part, self._known) is UNKNOWN]
            return test.values[0] if len(test.values) == 1 else test
        return test


def _is_check(body: list[ast.stmt]) -> bool:
    """Whether the block only raises an error about its input; an error that ends the program is kept."""
    *before, last = body or [ast.Pass()]
    return isinstance(last, ast.Raise) and "SystemExit" not in ast.unparse(last) and all(isinstance(each, ast.Assign) for each in before)


def _bindings(test: ast.expr) -> list[ast.stmt]:
    """The assignments in a test, which stay when the test is removed."""
    found = [node for node in ast.walk(test) if isinstance(node, ast.NamedExpr)]
    return [ast.Assign([ast.Name(node.target.id, ast.Store())], node.value, lineno=0) for node in found]


def entry(node: ast.Subscript) -> ast.expr:
    """An entry of a dict or tuple literal."""
    if isinstance(node.value, ast.Dict) and isinstance(node.slice, ast.Constant):
        for key, value in zip(node.value.keys, node.value.values, strict=True):
            if isinstance(key, ast.Constant) and key.value == node.slice.value:
                return value
    match node:
        case ast.Subscript(value=ast.Tuple() as whole, slice=ast.Slice(lower=ast.Constant(value=int(first)), upper=None, step=None)):
            return ast.Tuple(whole.elts[first:], ast.Load())
        case ast.Subscript(value=ast.Tuple() as whole, slice=ast.Constant(value=int(index))):
            return whole.elts[index]
    return node


def called(function: ast.Lambda, arguments: list[ast.expr]) -> ast.expr:
    """The body of a lambda, with the arguments filled in."""
    bound = {parameter.arg: argument for parameter, argument in zip(function.args.args, arguments, strict=True)}
    result: ast.expr = Folding({}, bound).visit(copied(function.body))
    return result


def _spread(argument: ast.expr) -> list[ast.expr]:
    """`*(1, 2)` in a call → 1, 2."""
    match argument:
        case ast.Starred(value=ast.Tuple(elts=items)):
            return items
    return [argument]


def tidied(statements: list[ast.stmt]) -> list[ast.stmt]:
    """A function body without unreachable code and unused assignments, and with `return …` for a name that is only assigned to be
    returned."""
    statements = _propagated(_merged(_until_end(statements)))
    while True:
        read = {node.id for node in walk(statements) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Load)}
        statements = [_of_use(statement, read) for statement in statements]
        kept = [statement for statement in statements if not _is_idle(statement, read)]
        if len(kept) == len(statements):
            break
        statements = kept
    match statements:
        case [*before, ast.Assign(targets=[ast.Name(id=name)], value=value), ast.Return(value=ast.Name(id=returned))] if name == returned:
            return [*before, ast.Return(value)]
    return statements


def _merged(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Merges `a = b.c` and a following `a = f(a)`."""
    result: list[ast.stmt] = []
    for statement in statements:
        match result[-1:], statement:
            case [ast.Assign(targets=[ast.Name(id=first)], value=ast.Attribute() as value)], ast.Assign(targets=[ast.Name(id=second)]):
                uses = sum(isinstance(node, ast.Name) and node.id == first for node in ast.walk(statement.value))
                if first == second and uses == 1:
                    result[-1] = Folding({}, {first: value}).visit(statement)
                    continue
        result.append(statement)
    return result


def _propagated(statements: list[ast.stmt]) -> list[ast.stmt]:
    """Replaces names that are assigned once by their value, for constants and numpy types."""
    stored = [node.id for node in walk(statements) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)]
    bound: dict[str, ast.expr] = {}
    for statement in statements:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant() | ast.Attribute(value=ast.Name(id="np")) as value):
                if stored.count(name) == 1:
                    bound[name] = value
    return [Folding({}, bound).visit(statement) for statement in statements] if bound else statements


def _until_end(statements: list[ast.stmt]) -> list[ast.stmt]:
    for index, statement in enumerate(statements):
        if isinstance(statement, ast.Return | ast.Raise):
            return statements[: index + 1]
    return statements


def _is_idle(statement: ast.stmt, read: set[str]) -> bool:
    match statement:
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return name not in read and not _draws(value)
        case ast.FunctionDef(name=name):
            return name not in read
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id="self")), args=[])):
            return True
    return False


def _of_use(statement: ast.stmt, read: set[str]) -> ast.stmt:
    """`a, b = 1, 2` without unused names."""
    match statement:
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if len(targets) == len(values):
            pairs = zip(targets, values, strict=True)
            kept = [(target, value) for target, value in pairs if ast.unparse(target) in read or not isinstance(target, ast.Name)]
            if len(kept) == 1:
                return ast.Assign([kept[0][0]], kept[0][1], lineno=statement.lineno)
            if 1 < len(kept) < len(targets):
                names, sources = zip(*kept, strict=True)
                return ast.Assign([ast.Tuple([*names], ast.Store())], ast.Tuple([*sources], ast.Load()), lineno=statement.lineno)
    return statement


def _draws(value: ast.expr) -> bool:
    """Whether computing a value draws random numbers, so that removing it would change the ones after it."""
    return any(isinstance(node, ast.Name) and node.id in ("rng", "generator") for node in ast.walk(value))


def walk(statements: list[ast.stmt]) -> list[ast.AST]:
    """All nodes of the statements."""
    return [node for statement in statements for node in ast.walk(statement)]
