"""`explain`: which parts of an input led to a prediction of a trained network."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from playground.commands.errors import UserError, user_errors

if TYPE_CHECKING:
    from torch import Tensor

    from playground.explain import Attribution
    from playground.runs.directory import LoadedRun

_LISTED = 20
"""Names of outputs in an error message."""


@click.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--text", help="The text or the sequence to explain, in place of FILE.")
@click.option("--method", default="integrated_gradients", show_default=True, help="saliency, integrated_gradients, grad_cam or occlusion.")
@click.option("--target", help="The class or the value to explain.  [default: the predicted class, the first value]")
@click.option("--step", type=int, help="With an answer at every step: the step to explain, counted from 1.  [default: the last one]")
@click.option(
    "--set", "settings", metavar="NAME=VALUE", multiple=True, help="A setting of the method, such as n_steps=100. Can be repeated."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object, also of a text or a sequence.")
@click.option(
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Of an image, the heat map to write, as PNG; otherwise the values, as CSV.",
)
def explain(
    run_dir: Path,
    file: Path | None,
    text: str | None,
    method: str,
    target: str | None,
    step: int | None,
    settings: tuple[str, ...],
    as_json: bool,
    out: Path | None,
) -> None:
    """Show which parts of an input led to the prediction.

    FILE is an image; for networks that read text or sequences, a text file: words, symbols, or a line of numbers for each step.

    Of an image, writes a heat map of the attributions, and prints its numbers as one JSON object. Of a text or a sequence, prints each
    step with its attributions, in color where the terminal has any."""
    with user_errors():
        from playground.runs.directory import load_run

        run = load_run(run_dir)
        asked = _Asked(run, method, target, step, settings)
        shown = _sequence(asked, file, text, as_json, out) if run.spec.data.tensor.has("length") else _image(asked, file, text, out)
    for line in shown:
        click.echo(line)


@dataclass(frozen=True)
class _Asked:
    """What is to be explained of an input, as it was typed."""

    run: "LoadedRun"
    method: str
    target: str | None
    step: int | None
    settings: tuple[str, ...]

    def attribution(self, x: "Tensor") -> "Attribution":
        """x: (1, …). Raises: UserError or ExplainError."""
        from playground.explain import METHODS, attribute, baseline_titles

        data, settings = self.run.spec.data, self._chosen()
        if self.method in METHODS and "baseline" in METHODS[self.method].model_fields:
            settings.setdefault("baseline", next(iter(baseline_titles(data.encoding))))
        if self.step is not None and not 1 <= self.step <= x.shape[1]:
            raise UserError(f"--step: must be a step from 1 to {x.shape[1]}, got {self.step}")
        step = None if self.step is None else self.step - 1
        return attribute(
            self.run.class_model, x, self.method, self._index(), step=step, scaled=data.scaled, unknown=data.encoding.unknown, **settings
        )

    def numbers(self, attribution: "Attribution") -> dict[str, Any]:
        return {
            "method": attribution.method,
            "target": self._outputs[attribution.target],
            "output": attribution.outputs[0],
            "delta": attribution.delta,
            "seconds": attribution.seconds,
        }

    @property
    def _outputs(self) -> tuple[str, ...]:
        return self.run.classes or self.run.spec.data.value_names

    def _index(self) -> int | None:
        """Of the output to explain; None for the predicted class."""
        if self.target is None:
            return None if self.run.classes else 0
        if self.target not in self._outputs:
            noun = "class" if self.run.classes else "value"
            known = ", ".join(self._outputs[:_LISTED]) + (" …" if len(self._outputs) > _LISTED else "")
            raise UserError(f"--target: unknown {noun} {self.target[:80]!r}; choose one of: {known}")
        return self._outputs.index(self.target)

    def _chosen(self) -> dict[str, Any]:
        """Settings for attribute(); values are JSON where possible, otherwise text."""
        chosen: dict[str, Any] = {}
        for pair in self.settings:
            name, equals, text = pair.partition("=")
            if not equals or name in ("model", "x", "method", "target", "step", "mean", "scaled", "unknown"):
                raise UserError(f"--set: must be NAME=VALUE with a setting of the method, such as n_steps=100; got {pair[:80]!r}")
            try:
                chosen[name] = json.loads(text)
            except ValueError:
                chosen[name] = text
        if chosen.get("baseline") == "mean":
            chosen["mean"] = self.run.training_mean
        return chosen


def _image(asked: _Asked, file: Path | None, text: str | None, out: Path | None) -> list[str]:
    from playground.commands.image_file import example
    from playground.explain.render import figure, magnitude_scale, png, signed_scale

    if file is None or text is not None:
        raise UserError("FILE: give an image, as this network reads no text")
    if out is None:
        raise UserError("--out: give the file for the heat map, such as heat.png")
    x = example(asked.run, file)
    attribution = asked.attribution(asked.run.encode(x))
    numbers = asked.numbers(attribution)
    scale = signed_scale(attribution.values) if float(attribution.values.min()) < 0 else magnitude_scale(attribution.values)
    title = f"{attribution.settings.title}: evidence for “{numbers['target']}”"
    out.write_bytes(png(figure(attribution.values, scale, x, title)))
    return [json.dumps({"image": str(file), **numbers, "low": scale.low, "high": scale.high, "out": str(out)})]


def _sequence(asked: _Asked, file: Path | None, text: str | None, as_json: bool, out: Path | None) -> list[str]:
    from playground.commands.sequence_input import read
    from playground.commands.sequence_values import SequenceValues

    sequence = read(asked.run.spec.data, file, text)
    for note in sequence.notes:
        click.echo(f"note: {note}", err=True)
    attribution = asked.attribution(sequence.x)
    values = SequenceValues(sequence.tokens, asked.run.spec.data.feature_names, attribution.values[0].numpy())
    if out is not None:
        values.write_csv(out)
    numbers = asked.numbers(attribution)
    if as_json:
        return [json.dumps({**numbers, **values.plain()})]
    total = "" if attribution.delta is None else f", off by {abs(attribution.delta):.2g}"
    return [
        f"{attribution.settings.title}: evidence for “{numbers['target']}”, output {numbers['output']:.4g}",
        *values.lines(),
        f"adds up to {float(attribution.values.sum()):.4g}{total}",
    ]
