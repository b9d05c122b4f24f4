"""Modules without masks, for generated code whose sequences all have the same length."""

import ast
from collections.abc import Sequence

from playground.export.code.folding import Plain

FACTS: dict[str, Plain] = {"mask is None": True, "mask is not None": False}
"""Values of expressions in such code."""


def drop_masks(nodes: Sequence[ast.AST]) -> None:
    """Removes what modules say and do about the mask of valid steps; the branches that use it are gone already. The parameter stays if one
    module passes it on to another."""
    classes = [node for node in nodes if isinstance(node, ast.ClassDef)]
    for node in classes:
        node.body = [statement for statement in node.body if not _is_about_masks(statement)]
    if any(isinstance(inner, ast.Name) and inner.id == "mask" for node in classes for inner in ast.walk(node)):
        return
    for function in (statement for node in classes for statement in node.body if isinstance(statement, ast.FunctionDef)):
        if function.args.args[-1].arg == "mask":
            function.args.args.pop()
            function.args.defaults.pop()
            docstring = ast.get_docstring(function, clean=False)
            if docstring is not None:
                function.body[0] = ast.Expr(ast.Constant(docstring.partition("mask: ")[0].rstrip()))


def _is_about_masks(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef(name="mask_after") | ast.Assign(targets=[ast.Name(id="takes_mask")]):
            return True
    return False
