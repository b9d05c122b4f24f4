"""The project's source as syntax trees: definitions, imports, and comments, which Python's parser drops."""

import ast
import importlib.util
import io
import textwrap
import tokenize
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

OURS = "playground"
LINE = 100
"""The longest line of generated code, in characters."""
_MARK = "⟦#⟧"
"""Marks a string statement that stands for a comment."""

Function = tuple[str, str]
"""The module of a function, and its name in that module."""
Definition = ast.FunctionDef | ast.ClassDef | ast.Assign


@dataclass(frozen=True)
class Imported:
    """An imported name. name: what was imported from the module, None for the module itself."""

    module: str
    name: str | None

    @property
    def is_ours(self) -> bool:
        """Whether it belongs to this project, so that a script must include its code."""
        return self.module.split(".")[0] == OURS


@dataclass(frozen=True)
class Module:
    """definitions: functions, classes and constants by name. notes: the docstrings of constants. imports: the imported names."""

    definitions: dict[str, Definition]
    notes: dict[str, str]
    imports: dict[str, Imported]


@lru_cache(maxsize=256)
def module(name: str) -> Module:
    """The contents of the module. Trees are shared: copy them before changing them."""
    found = importlib.util.find_spec(name)
    if found is None or found.origin is None:
        raise ValueError(f"{name}: no source file")
    tree = parsed(Path(found.origin).read_text(encoding="utf-8"))
    definitions: dict[str, Definition] = {}
    notes: dict[str, str] = {}
    imports: dict[str, Imported] = {}
    last = ""
    for node in tree.body:
        match node:
            case ast.Expr(value=ast.Constant(value=str(note))) if last and not is_comment(node):
                notes[last] = note
            case ast.FunctionDef() | ast.ClassDef():
                definitions[node.name] = node
            case ast.Assign(targets=[ast.Name(id=target)]):
                definitions[target] = node
            case ast.AnnAssign(target=ast.Name(id=target), value=ast.expr() as value):
                definitions[target] = ast.Assign([ast.Name(target, ast.Store())], value, lineno=node.lineno)
            case ast.Import() | ast.ImportFrom():
                imports |= imported(node)
        last = next(reversed(definitions), "") if isinstance(node, ast.Assign | ast.AnnAssign) else ""
    return Module(definitions, notes, imports)


def imported(node: ast.Import | ast.ImportFrom) -> dict[str, Imported]:
    """The names that an import defines."""
    if isinstance(node, ast.Import):
        return {alias.asname or alias.name.split(".")[0]: Imported(alias.name, None) for alias in node.names}
    return {alias.asname or alias.name: Imported(str(node.module), alias.name) for alias in node.names}


def defined(module_name: str, name: str) -> tuple[str, Definition] | Imported | None:
    """Where a name in a module comes from: the project module that defines it, with the definition; an external import; or None for
    anything else, such as built-in functions."""
    found = module(module_name)
    if name in found.definitions:
        return module_name, found.definitions[name]
    origin = found.imports.get(name)
    if origin is None or not origin.is_ours or origin.name is None:
        return origin
    if origin.name in (there := module(origin.module)).definitions or origin.name in there.imports:
        return defined(origin.module, origin.name)
    return Imported(f"{origin.module}.{origin.name}", None)  # a module inside a package


def parsed(text: str) -> ast.Module:
    """The tree, with comments as string statements that `with_comments` turns back into comments."""
    tree = ast.parse(text)
    comments = dict(_comments(text))
    for node in ast.walk(tree):
        for block in ("body", "orelse", "finalbody"):
            statements = getattr(node, block, None)
            if isinstance(statements, list):
                setattr(node, block, _annotated(statements, comments, getattr(node, "lineno", 0)))
    return tree


def comment(text: str) -> ast.stmt:
    """A statement that stands for a comment."""
    return ast.Expr(ast.Constant(f"{_MARK} {text}"), lineno=0, end_lineno=0)


def with_comments(text: str) -> str:
    """Unparsed code → the same code, with marked strings as comments."""
    lines: list[str] = []
    for line in text.splitlines():
        bare = line.strip()
        if bare.lstrip("'\"").startswith(_MARK):
            indent = line[: len(line) - len(line.lstrip())]
            text = str(ast.literal_eval(bare)).removeprefix(_MARK).strip()
            lines += [f"{indent}# {part}" for part in textwrap.wrap(text, LINE - len(indent) - 2)]
        else:
            lines.append(line)
    return "\n".join(lines)


def is_comment(node: ast.stmt) -> bool:
    """Whether a statement stands for a comment."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and str(node.value.value).startswith(_MARK)


def _comments(text: str) -> Iterator[tuple[int, str]]:
    for token in tokenize.generate_tokens(io.StringIO(text).readline):
        if token.type == tokenize.COMMENT and not token.string.startswith(("# fmt", "# type:", "# noqa")):
            yield token.start[0], token.string.removeprefix("#").split("  # noqa")[0].strip()


def _annotated(statements: list[ast.stmt], comments: dict[int, str], line: int) -> list[ast.stmt]:
    """The statements, each after the comments above it or beside it. line: where the owner of the block begins."""
    result: list[ast.stmt] = []
    for statement in statements:
        inner = getattr(statement, "body", None)
        end = inner[0].lineno - 1 if isinstance(inner, list) and inner else statement.end_lineno or statement.lineno
        if isinstance(inner, list):
            end = max(statement.lineno, min(end, statement.lineno))
        lines = [at for at in range(line + 1, end + 1) if at in comments]
        result += [ast.Expr(ast.Constant(f"{_MARK} {comments.pop(at)}"), lineno=at, end_lineno=at) for at in lines]
        result.append(statement)
        line = statement.end_lineno or statement.lineno
    return result
