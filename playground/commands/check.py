"""`check`: the layers and costs of a network, and the problems found in it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import click

from playground.commands.errors import PROBLEMS, user_errors

if TYPE_CHECKING:
    from playground.network import Memory, Row
    from playground.spec import ExperimentSpec


@click.command()
@click.argument("spec")
def check(spec: str) -> None:
    """Show the layers, shapes, costs and problems of a network.

    FLOPs and bytes are per example. Bytes are the values kept in memory for the backward pass.

    Exits with status 1 if a problem prevents training."""
    with user_errors():
        from playground.network import trace, training_memory
        from playground.opening import load_spec

        experiment = load_spec(spec)
        found = trace(experiment)
    total = ("", "total", "", "", f"{found.parameters:,}", f"{found.flops:,}", f"{found.kept_bytes:,}", "")
    for line in _table(("#", "layer", "in", "out", "parameters", "FLOPs", "bytes", "path"), [*map(_traced, found.in_order()), total]):
        click.echo(line)
    if found.ok:
        click.echo(_memory(experiment, training_memory(experiment, found)))
    for problem in found.problems:
        fix = f" → {problem.fix.title}" if problem.fix else ""
        click.echo(f"{problem.severity}: {problem.path}: {problem.message}{fix}")
    if not found.ok:
        raise click.exceptions.Exit(PROBLEMS)


def _traced(row: "Row") -> tuple[str, ...]:
    """A row of the table: numbered as in the editor, indented inside blocks, with the path that messages use."""
    from playground.paths import levels, numbered

    title = "  " * (len(levels(row.path)) - 1) + row.title
    counts = f"{row.parameters:,}", f"{row.flops:,}", f"{row.kept_bytes:,}"
    return numbered(row.path), title, str(row.tensor_in), str(row.tensor_out), *counts, row.path


def _memory(spec: "ExperimentSpec", memory: "Memory") -> str:
    """The memory that training on one batch needs, by purpose."""
    from playground.network.memory import size_text

    parts = {
        "weights": memory.weights,
        "gradients": memory.gradients,
        spec.optimizer.title: memory.optimizer,
        "activations": memory.activations,
    }
    listed = ", ".join(f"{name} {size_text(size)}" for name, size in parts.items())
    return f"training memory with a batch size of {spec.training.batch_size}: {size_text(memory.total)} ({listed})"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> Iterator[str]:
    """Text aligned left, counts (columns five to seven) aligned right."""
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    for row in [head, *rows]:
        cells = [
            cell.rjust(width) if column in (4, 5, 6) else cell.ljust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        yield "  ".join(cells).rstrip()
