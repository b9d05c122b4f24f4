"""`compare`: the differences between two experiments."""

import click

from playground.commands.errors import PROBLEMS, user_errors


@click.command()
@click.argument("first", metavar="SPEC")
@click.argument("second", metavar="SPEC")
def compare(first: str, second: str) -> None:
    """List the differences between two experiments.

    Prints one line per difference, from the first SPEC to the second, and nothing if they are the same.

    Exits with status 1 if they differ."""
    with user_errors():
        from playground.differences import differences
        from playground.opening import load_spec

        found = differences(load_spec(first), load_spec(second))
    for difference in found:
        click.echo(str(difference))
    if found:
        raise click.exceptions.Exit(PROBLEMS)
