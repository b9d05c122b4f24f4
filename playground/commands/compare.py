"""`compare`: where two experiments differ."""

import click

from playground.commands.refusal import PROBLEMS, told_plainly


@click.command()
@click.argument("first", metavar="SPEC")
@click.argument("second", metavar="SPEC")
def compare(first: str, second: str) -> None:
    """Where the second SPEC differs from the first: a line a place, nothing where they are the same.

    Exits with 1 if they differ."""
    with told_plainly():
        from playground.differences import differences
        from playground.opening import load_spec

        found = differences(load_spec(first), load_spec(second))
    for difference in found:
        click.echo(str(difference))
    if found:
        raise click.exceptions.Exit(PROBLEMS)
