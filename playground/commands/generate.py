"""`generate`: continues a text with a trained network."""

from itertools import islice
from pathlib import Path

import click

from playground.commands.errors import user_errors


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.option("--prompt", default="", help="The text to continue.")
@click.option("--length", default=200, show_default=True, help="How many characters, words or symbols to write.")
@click.option("--temperature", default=1.0, show_default=True, help="0 for the likeliest symbol each time; above 1, more unlikely ones.")
@click.option("--top-k", type=int, help="How many of the likeliest symbols are possible.  [default: all]")
@click.option("--seed", default=0, show_default=True, help="Same seed, same text.")
def generate(run_dir: Path, prompt: str, length: int, temperature: float, top_k: int | None, seed: int) -> None:
    """Continue a text with a trained network that predicts the next symbol.

    Prints the prompt, as far as the network reads it, and what follows."""
    with user_errors():
        from playground.runs.directory import load_run
        from playground.runs.generation import Sampling, checked_length, continuation, read_prompt

        run = load_run(run_dir)
        read = read_prompt(run.spec.data, prompt)
        symbols = continuation(run, read, Sampling(temperature, top_k, seed))
        text = run.spec.data.encoding.written([*read.symbols, *islice(symbols, checked_length(length))])
    for note in read.notes:
        click.echo(f"note: {note}", err=True)
    click.echo(text)
