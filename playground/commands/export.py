"""`export`: what a spec or a run can be taken along as."""

from pathlib import Path

import click

from playground.commands.refusal import Refusal, told_plainly
from playground.export.formats import FORMATS, Format, Luggage


@click.command()
@click.argument("source", metavar="SPEC|RUN_DIR")
@click.option("--format", "name", required=True, type=click.Choice(list(FORMATS)), help="What to make of it.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; text goes to standard output if not given."
)
@click.option("--address", default="http://localhost:8501", show_default=True, help="Of the app, for a link.")
def export(source: str, name: str, out: Path | None, address: str) -> None:
    """Takes a spec or a run along: as code, as a network for other programs, as a picture, as a link, or all of it."""
    chosen = FORMATS[name]
    with told_plainly():
        if not chosen.is_text and out is None:
            raise Refusal(f"--out: {chosen.title} goes into a file; name it, as in --out {chosen.file}")
        content = chosen.pack(_luggage(source, chosen, name, address))
        if out is None:
            click.echo(content.decode(), nl=False)
        else:
            out.write_bytes(content)


def _luggage(source: str, chosen: Format, name: str, address: str) -> Luggage:
    """The spec, and of a run directory the weights too, where the format has use for them."""
    from playground.opening import load_spec

    if not Path(source).is_dir():
        if chosen.needs_weights:
            raise Refusal(f"{source[:200]}: {name} are of a trained run; give a directory that `train --out` wrote")
        return Luggage(load_spec(source), None, address)
    from playground.runs.directory import SNAPSHOT, WEIGHTS, load_run

    if chosen.needs_weights or (chosen.weights == "used" and any((Path(source) / file).exists() for file in (WEIGHTS, SNAPSHOT))):
        run = load_run(source)
        return Luggage(run.spec, run.model.state_dict(), address, run.step)
    return Luggage(load_spec(source), None, address)
