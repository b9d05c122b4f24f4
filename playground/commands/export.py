"""`export`: what a spec or a run can be taken along as."""

from pathlib import Path

import click

from playground.commands.refusal import Refusal, told_plainly
from playground.export.formats import FORMATS, Luggage


@click.command()
@click.argument("source", metavar="SPEC|RUN_DIR")
@click.option("--format", "name", required=True, type=click.Choice(list(FORMATS)), help="What to make of it.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; text goes to standard output if not given."
)
@click.option("--address", default="http://localhost:8501", show_default=True, help="Of the app, for a link.")
def export(source: str, name: str, out: Path | None, address: str) -> None:
    """Takes a spec or a run along: its weights, or a link that opens it."""
    chosen = FORMATS[name]
    with told_plainly():
        from playground.opening import load_spec

        if chosen.needs_weights:
            from playground.runs.directory import load_run

            if not Path(source).is_dir():
                raise Refusal(f"{source[:200]}: {name} are of a trained run; give a directory that `train --out` wrote")
            run = load_run(source)
            luggage = Luggage(run.spec, run.model.state_dict(), address)
        else:
            luggage = Luggage(load_spec(source), None, address)
        content = chosen.pack(luggage)
        if out is not None:
            out.write_bytes(content)
        elif chosen.suffix == ".safetensors":
            raise Refusal(f"--out: {name} go into a file; name it")
        else:
            click.echo(content.decode(), nl=False)
