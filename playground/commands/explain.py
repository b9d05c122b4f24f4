"""`explain`: which pixels led to a prediction of a trained network."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playground.commands.errors import UserError, user_errors

if TYPE_CHECKING:
    from playground.runs.directory import LoadedRun


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.argument("image", type=click.Path(path_type=Path))
@click.option("--method", default="integrated_gradients", show_default=True, help="saliency, integrated_gradients, grad_cam or occlusion.")
@click.option("--target", help="The class to explain.  [default: the predicted class]")
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="A setting of the method, such as n_steps=100. Can be repeated."
)
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The heat map to write, as PNG.")
def explain(run_dir: Path, image: Path, method: str, target: str | None, settings: tuple[str, ...], out: Path) -> None:
    """Show which pixels of an image led to the prediction.

    Writes a heat map of the attributions, and prints its numbers as one JSON object."""
    with user_errors():
        from playground.commands.image_file import example
        from playground.explain import attribute
        from playground.explain.render import figure, magnitude_scale, png, signed_scale
        from playground.runs.directory import load_run

        run = load_run(run_dir)
        x = example(run, image)
        attribution = attribute(
            run.class_model, run.encode(x), method, _target(run, target), scaled=run.spec.data.scaled, **_chosen(run, settings)
        )
        label = run.classes[attribution.target]
        scale = signed_scale(attribution.values) if float(attribution.values.min()) < 0 else magnitude_scale(attribution.values)
        title = f"{attribution.settings.title}: evidence for “{label}”"
        out.write_bytes(png(figure(attribution.values, scale, x, title)))
    line = {
        "image": str(image),
        "method": attribution.method,
        "target": label,
        "output": attribution.outputs[0],
        "delta": attribution.delta,
        "seconds": attribution.seconds,
        "low": scale.low,
        "high": scale.high,
        "out": str(out),
    }
    click.echo(json.dumps(line))


def _target(run: "LoadedRun", name: str | None) -> int | None:
    if name is None:
        return None
    if name not in run.classes:
        raise UserError(f"--target: unknown class {name[:80]!r}; choose one of: {', '.join(run.classes)}")
    return run.classes.index(name)


def _chosen(run: "LoadedRun", pairs: tuple[str, ...]) -> dict[str, Any]:
    """Settings for attribute(); values are JSON where possible, otherwise text."""
    chosen: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or name in ("model", "x", "method", "target", "mean", "scaled"):
            raise UserError(f"--set: must be NAME=VALUE with a setting of the method, such as n_steps=100; got {pair[:80]!r}")
        try:
            chosen[name] = json.loads(text)
        except ValueError:
            chosen[name] = text
    if chosen.get("baseline") == "mean":
        chosen["mean"] = run.training_mean
    return chosen
