"""`export`: an experiment or a trained network as a file."""

from pathlib import Path

import click

from playground.commands.errors import UserError, user_errors
from playground.export.formats import FORMATS, ExportSource, Format

_FORMATS = "\b\nFormats:\n" + "\n".join(f"  {name:<12} {entry.help}" for name, entry in FORMATS.items())


@click.command(epilog=_FORMATS)
@click.argument("source", metavar="SPEC|RUN_DIR")
@click.option("--format", "name", required=True, type=click.Choice(list(FORMATS)), metavar="FORMAT", help="One of the formats below.")
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.  [default: text goes to standard output]")
@click.option("--address", default="http://localhost:8501", show_default=True, help="The address of the app, used in links.")
def export(source: str, name: str, out: Path | None, address: str) -> None:
    """Export an experiment or a trained network."""
    chosen = FORMATS[name]
    with user_errors():
        if not chosen.is_text and out is None:
            raise UserError(f"--out: required, as {name} is not text; for example --out {chosen.file}")
        content = chosen.export(_export_source(source, chosen, name, address))
        if out is None:
            click.echo(content.decode(), nl=False)
        else:
            out.write_bytes(content)


def _export_source(source: str, chosen: Format, name: str, address: str) -> ExportSource:
    """The spec and, of a run directory, the weights where the format uses them."""
    from playground.opening import load_spec

    if not Path(source).is_dir():
        if chosen.needs_weights:
            raise UserError(f"{source[:200]}: not a run directory, which {name} need; pass a directory written by `train --out`")
        return ExportSource(load_spec(source), None, address)
    from playground.runs.directory import SNAPSHOT, WEIGHTS, load_run

    if chosen.needs_weights or (chosen.weights == "used" and any((Path(source) / file).exists() for file in (WEIGHTS, SNAPSHOT))):
        run = load_run(source)
        return ExportSource(run.spec, run.model.state_dict(), address, run.step)
    return ExportSource(load_spec(source), None, address)
