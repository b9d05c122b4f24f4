"""Syntax trees of functions: the names in them, the parts that a script keeps, and their text."""

import ast
import re
import textwrap
from typing import TypeVar, cast

from playground.export.code import origin
from playground.export.code.origin import LINE

_PLUMBING = frozenset({"lru_cache", "property", "abstractmethod", "cached_property", "counted"})
"""Decorators that a script does not need."""
_ELSEWHERE = re.compile(r"\s*(?:Raises: |Included with the app)")
"""Begins the part of a docstring that is about the app only."""


Node = TypeVar("Node", bound=ast.AST)


def copied(node: Node) -> Node:
    """A copy of the tree. `copy.deepcopy` takes ten times as long, because it looks for objects that occur twice."""
    copy = type(node).__new__(type(node))
    for name, value in vars(node).items():
        if isinstance(value, list):
            value = [copied(each) if isinstance(each, ast.AST) else each for each in value]
        vars(copy)[name] = copied(value) if isinstance(value, ast.AST) else value
    return copy


def method_of(owner: type, name: str) -> ast.FunctionDef:
    """A copy of a method's definition."""
    node = origin.module(owner.__module__).definitions[owner.__qualname__]
    for statement in getattr(node, "body", ()):
        if isinstance(statement, ast.FunctionDef) and statement.name == name:
            return copied(statement)
    raise KeyError(f"{owner.__qualname__} has no method {name} in its source")


def function_of(module: str, name: str) -> ast.FunctionDef:
    """A copy of a function's definition."""
    node = origin.module(module).definitions[name]
    if not isinstance(node, ast.FunctionDef):
        raise KeyError(f"{module}.{name} is not a function")
    return copied(node)


def make_bare(node: ast.FunctionDef) -> None:
    """Removes annotations and decorators of the app, and shortens docstrings."""
    for inner in ast.walk(node):
        if isinstance(inner, ast.FunctionDef):
            inner.returns = None
            inner.decorator_list = [each for each in inner.decorator_list if not set(re.findall(r"\w+", ast.unparse(each))) & _PLUMBING]
            arguments = inner.args
            for argument in (*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs, arguments.vararg, arguments.kwarg):
                if argument is not None:
                    argument.annotation = None
            document(inner, "")


def document(node: ast.FunctionDef | ast.ClassDef, otherwise: str) -> None:
    """Shortens the docstring to its first paragraph; adds `otherwise` if there is none."""
    has_one = ast.get_docstring(node) is not None and not origin.is_comment(node.body[0])
    text = (ast.get_docstring(node) if has_one else None) or otherwise
    if has_one:
        node.body = node.body[1:] or [ast.Pass()]
    first = " ".join(text.split("\n\n")[0].split())
    first = _ELSEWHERE.split(first)[0]
    if first:
        node.body.insert(0, ast.Expr(ast.Constant(first)))


def is_docstring(statement: ast.stmt) -> bool:
    """Whether a statement is just a string, which comments are too."""
    return isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)


def without_docstring(body: list[ast.stmt]) -> list[ast.stmt]:
    """The statements that are not just strings."""
    return [statement for statement in body if not is_docstring(statement)]


def drop_parameters(node: ast.FunctionDef, idle: frozenset[str]) -> None:
    """Removes parameters and their defaults."""
    arguments = node.args
    defaults = dict(zip([each.arg for each in reversed(arguments.args)], reversed(arguments.defaults), strict=False))
    arguments.args = [each for each in arguments.args if each.arg not in idle]
    arguments.defaults = [defaults[each.arg] for each in arguments.args if each.arg in defaults]
    pairs = [pair for pair in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True) if pair[0].arg not in idle]
    arguments.kwonlyargs, arguments.kw_defaults = [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def local_names(node: ast.FunctionDef) -> set[str]:
    """Names that are assigned inside a function, also in nested functions."""
    found = stored_names(node)
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


def stored_names(node: ast.AST) -> set[str]:
    """Names that are assigned."""
    return {each.id for each in ast.walk(node) if isinstance(each, ast.Name) and isinstance(each.ctx, ast.Store)}


def identifiers(node: ast.AST) -> set[str]:
    """Names of variables, parameters, functions and classes."""
    found: set[str] = set()
    for each in ast.walk(node):
        match each:
            case ast.Name(id=name) | ast.arg(arg=name) | ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                found.add(name)
    return found


def expression(text: str) -> ast.expr:
    """The tree of an expression."""
    return ast.parse(text, mode="eval").body


def chain(node: ast.expr) -> list[str] | None:
    """`a.b.c` → ["a", "b", "c"]; None for other expressions."""
    match node:
        case ast.Name(id=name):
            return [name]
        case ast.Attribute(value=value, attr=name):
            before = chain(value)
            return None if before is None else [*before, name]
    return None


def without_observing(body: list[ast.stmt]) -> list[ast.stmt]:
    """The body of a class without the method `observe`, by which the app looks inside a module, and without methods that only it calls."""
    methods = {each.name: each for each in body if isinstance(each, ast.FunctionDef)}
    left_out = set[str]()
    found = {"observe"} & methods.keys()
    while found:
        left_out |= found
        needed = {name for method in methods.values() if method.name not in left_out for name in own_names(method)}
        found = {name for left in left_out for name in own_names(methods[left])} & methods.keys() - needed - left_out
    return [each for each in body if not isinstance(each, ast.FunctionDef) or each.name not in left_out]


def own_names(method: ast.FunctionDef) -> set[str]:
    """The attributes of `self` that a method uses."""
    attributes = (each for each in ast.walk(method) if isinstance(each, ast.Attribute))
    return {each.attr for each in attributes if isinstance(each.value, ast.Name) and each.value.id == "self"}


def derives_from_torch(node: ast.ClassDef) -> bool:
    """Whether a class derives from a PyTorch module or optimizer."""
    return any(ast.unparse(base).split(".")[0] in ("nn", "optim") for base in node.bases)


def unparsed(node: ast.AST) -> str:
    """The code, with its comments, and without parentheses around returned and assigned values."""
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


def with_fitting_docstrings(node: ast.stmt, depth: int) -> ast.stmt:
    """Wraps docstrings to the line length; the formatter indents them."""
    if isinstance(node, ast.FunctionDef | ast.ClassDef):
        for statement in node.body:
            if is_docstring(statement) and not origin.is_comment(statement):
                text = ast.literal_eval(cast(ast.Expr, statement).value)
                filled = textwrap.fill(text, LINE - 4 * depth - 10, break_long_words=False, break_on_hyphens=False)
                cast(ast.Expr, statement).value = ast.Constant(filled)
            else:
                with_fitting_docstrings(statement, depth + 1)
    return node
