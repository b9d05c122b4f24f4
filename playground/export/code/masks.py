"""Modules without masks, for generated code whose sequences all have the same length."""

import ast

from playground.export.code.folding import Plain

FACTS: dict[str, Plain] = {"mask is None": True, "mask is not None": False}
"""Values of expressions in such code."""


def drop_mask(node: ast.ClassDef) -> None:
    """Removes what a module says and does about the mask of valid steps; the branches that use it are gone already."""
    node.body = [statement for statement in node.body if not _is_about_masks(statement)]
    for statement in node.body:
        if isinstance(statement, ast.FunctionDef) and statement.args.args[-1].arg == "mask":
            statement.args.args.pop()
            statement.args.defaults.pop()
            docstring = ast.get_docstring(statement, clean=False)
            if docstring is not None:
                statement.body[0] = ast.Expr(ast.Constant(docstring.partition("mask: ")[0].rstrip()))


def _is_about_masks(statement: ast.stmt) -> bool:
    match statement:
        case ast.FunctionDef(name="mask_after") | ast.Assign(targets=[ast.Name(id="takes_mask")]):
            return True
    return False
