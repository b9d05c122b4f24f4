"""`check`: what a spec describes, and what keeps it from working."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from playground.commands.refusal import PROBLEMS, told_plainly

if TYPE_CHECKING:
    from playground.network import Row


@click.command()
@click.argument("spec")
def check(spec: str) -> None:
    """Layers, shapes, parameters, FLOPs and problems of SPEC.

    Exits with 1 if a problem keeps the network from being trained."""
    with told_plainly():
        from playground.network import trace
        from playground.opening import load_spec

        found = trace(load_spec(spec))
    total = ("", "total", "", "", f"{found.parameters:,}", f"{found.flops:,}", "")
    for line in _table(("#", "layer", "in", "out", "parameters", "FLOPs", "path"), [*map(_traced, found.in_order()), total]):
        click.echo(line)
    for problem in found.problems:
        remedy = f" → {problem.fix.title}" if problem.fix else ""
        click.echo(f"{problem.severity}: {problem.path}: {problem.message}{remedy}")
    if not found.ok:
        raise click.exceptions.Exit(PROBLEMS)


def _traced(row: "Row") -> tuple[str, ...]:
    """A line of the table: numbered as in the editor, layers in blocks indented, with the path that messages name."""
    from playground.places import levels, numbered

    title = "  " * (len(levels(row.path)) - 1) + row.title
    return numbered(row.path), title, _shape(row.shape_in), _shape(row.shape_out), f"{row.parameters:,}", f"{row.flops:,}", row.path


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Text to the left, counts (the fifth and sixth column) to the right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        cells = [
            cell.rjust(width) if column in (4, 5) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
