"""The playground without a browser: `python -m playground COMMAND`.

What a command needs is imported when it runs, so that help and mistakes are answered at once."""

import json
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING, Any, TextIO

import click

from playground.export.formats import FORMATS

if TYPE_CHECKING:
    from torch import Tensor

    from playground.catalog.datasets import Dataset
    from playground.network import Row
    from playground.runs.directory import LoadedRun, RunDirectory
    from playground.spec import ExperimentSpec
    from playground.training.control import Control
    from playground.training.events import Event

WRONG_INPUT = 2
INTERRUPTED = 130


class Refusal(click.ClickException):
    """A user's mistake: told in plain words on standard error."""

    exit_code = WRONG_INPUT

    def show(self, file: Any = None) -> None:
        for line in self.message.splitlines():
            click.echo(f"error: {line}", err=True)


@contextmanager
def _told_plainly() -> Iterator[None]:
    """Turns what the parts raise for a user's mistakes into a refusal."""
    from playground.catalog.datasets.examples import DataError
    from playground.catalog.datasets.fetching import DownloadStoppedError
    from playground.drawing import DrawingError
    from playground.explain import ExplainError
    from playground.runs.directory import RunError
    from playground.spec import SpecError
    from playground.training.device import DeviceError

    try:
        yield
    except DownloadStoppedError as error:
        click.echo(str(error), err=True)
        raise click.exceptions.Exit(INTERRUPTED) from None
    except (SpecError, RunError, DataError, DeviceError, DrawingError, ExplainError) as error:
        raise Refusal(str(error)) from None
    except OSError as error:
        raise Refusal(f"{error.filename}: {error.strerror}" if error.filename else str(error)) from None


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Assemble, train and explain neural networks.

    SPEC is a JSON file, a share link, its token, or the name of a preset (mlp_784_256_10, small_cnn, lenet5, keras_classic,
    playground_2d). RUN_DIR is a directory that `train --out` wrote."""


@main.command()
@click.argument("spec")
def check(spec: str) -> None:
    """Layers, shapes, parameters, FLOPs and problems of SPEC.

    Exits with 1 if a problem keeps the network from being trained."""
    with _told_plainly():
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
        raise click.exceptions.Exit(1)


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


@main.command()
@click.argument("spec")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), help="Keeps spec.json, metrics.jsonl and model.safetensors there.")
@click.option("--overwrite", is_flag=True, help="Replaces a run that lies in --out already.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line instead of a progress bar.")
def train(spec: str, out: Path | None, overwrite: bool, as_json: bool) -> None:
    """Trains SPEC. Data that is not here yet is downloaded first, with a progress bar.

    Ctrl-C ends it cleanly, with the weights so far kept. Exits with 1 if the training diverges, with 130 after Ctrl-C."""
    with _told_plainly():
        from playground.network import build_model
        from playground.opening import load_spec
        from playground.runs.directory import RunDirectory
        from playground.training import train as training
        from playground.training.control import Control

        experiment = load_spec(spec)
        build_model(experiment)  # a network that cannot be trained downloads nothing, and leaves no directory behind
        if out is not None and RunDirectory(out).holds_run() and not overwrite:
            raise Refusal(f"{out}: holds a run already; choose another directory, or add --overwrite")
        control = Control(watched=False)
        with _stopped_by_signals(control):
            _download(type(experiment.data), control)
            directory = None if out is None else _fresh_directory(out, experiment)
            events = _kept(training(experiment, control=control), directory)
            last = _print_json(events) if as_json else _print_progress(events)
    name = type(last).__name__
    if name == "Diverged":
        raise click.exceptions.Exit(1)
    if getattr(last, "reason", None) == "stopped":
        raise click.exceptions.Exit(INTERRUPTED)


def _fresh_directory(out: Path, spec: "ExperimentSpec") -> "RunDirectory":
    from playground.runs.directory import RunDirectory

    directory = RunDirectory(out)
    directory.clear()
    directory.write_spec(spec)
    return directory


@main.command()
@click.argument("kinds", metavar="DATASET...", nargs=-1, required=True)
def download(kinds: tuple[str, ...]) -> None:
    """Downloads every DATASET (mnist, fashion_mnist, kmnist, cifar10), so that it is there without a network later.

    Ctrl-C stops it and keeps what has come; the same command goes on there."""
    with _told_plainly():
        from playground.catalog.datasets import DATASETS, Downloaded
        from playground.training.control import Control

        for kind in kinds:
            if kind not in DATASETS:
                raise Refusal(DATASETS.unknown(kind))
        control = Control(watched=False)
        with _stopped_by_signals(control):
            for kind in kinds:
                dataset = DATASETS[kind]
                _download(dataset, control)
                where = f"is in {dataset.folder()}" if issubclass(dataset, Downloaded) else "needs no download"
                click.echo(f"{dataset.title} {where}")


def _download(kind: "type[Dataset]", control: "Control") -> None:
    """Brings what the dataset still needs, if it needs anything, with a bar on standard error."""
    from playground.catalog.datasets import Downloaded
    from playground.catalog.datasets.fetching import megabytes

    if not issubclass(kind, Downloaded) or kind.is_here():
        return
    total, bar = kind.needs.bytes, _Bar(sys.stderr)
    click.echo(f"{kind.title}: downloading {megabytes(total)}, licence {kind.needs.licence}", err=True)
    try:
        kind.download(
            lambda here: bar.show(here / total, f"{megabytes(here)} of {megabytes(total)} · {here / total:.0%}"), lambda: control.stop
        )
    finally:
        bar.close()


@contextmanager
def _stopped_by_signals(control: "Control") -> Iterator[None]:
    """The first Ctrl-C (or SIGTERM) asks the engine to end; the second ends the program as usual."""

    def stop(number: int, frame: FrameType | None) -> None:
        if control.stop:
            raise KeyboardInterrupt
        control.stop = True

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _kept(events: "Iterator[Event]", directory: "RunDirectory | None") -> "Iterator[Event]":
    """The same events, written into the directory on their way."""
    from playground.training.events import Diverged, Finished, Snapshot

    newest: Snapshot | None = None
    for event in events:
        if directory is not None:
            if isinstance(event, Snapshot):
                newest = event
                directory.write_snapshot(event.tensors, event.step)
            directory.append_event(event)
            if isinstance(event, Finished | Diverged) and newest is not None:
                directory.write_weights(newest.tensors, newest.step)
        yield event


def _print_json(events: "Iterator[Event]") -> "Event | None":
    from playground.runs.directory import event_json

    event = None
    for event in events:
        line = event_json(event)
        if line is not None:
            click.echo(json.dumps(line, allow_nan=False))
    return event


def _print_progress(events: "Iterator[Event]") -> "Event | None":
    """A bar on standard error, a line for the result on standard output."""
    from playground.training.events import Diverged, Evaluated, Finished, Progress, Started

    event, epochs, accuracy = None, 1, ""
    bar = _Bar(sys.stderr)
    for event in events:
        if isinstance(event, Started):
            epochs = event.epochs
            samples = f"{event.train_samples:,} examples to learn from, {event.test_samples:,} to test on"
            click.echo(f"{event.parameters:,} parameters on {event.device_name}; {samples}", err=True)
        elif isinstance(event, Evaluated) and event.test_accuracy is not None:
            accuracy = f" · test {event.test_accuracy:.1%}"
        elif isinstance(event, Progress) and event.losses:
            numbers = f"loss {event.losses[-1]:.4f}{accuracy} · {event.samples_per_second:,.0f} samples/s"
            bar.show(event.epoch / epochs, f"epoch {min(int(event.epoch) + 1, epochs)}/{epochs} · {numbers}")
        elif isinstance(event, Diverged):
            bar.close()
            click.echo("\n".join([f"diverged: {event.message}", *(f"  try: {advice}" for advice in event.advice)]), err=True)
        elif isinstance(event, Finished):
            bar.close()
            reached = "" if event.test_accuracy is None else f", test accuracy {event.test_accuracy:.2%}"
            click.echo(
                f"{_REASONS[event.reason]} after {event.epoch:.4g} epochs, {event.seconds:.1f} s: test loss {event.test_loss:.4f}{reached}"
            )
    return event


_REASONS = {
    "epochs": "finished",
    "target_accuracy": "target accuracy reached",
    "patience": "no better test loss, ended",
    "time": "time limit reached",
    "stopped": "stopped",
}


class _Bar:
    """A progress bar that stays on its line in a terminal, and keeps quiet elsewhere."""

    width = 28

    def __init__(self, file: TextIO) -> None:
        self.file = file if file.isatty() else None

    def show(self, share: float, text: str) -> None:
        if self.file is not None:
            full = round(self.width * min(max(share, 0.0), 1.0))
            self.file.write(f"\r\x1b[K{'█' * full}{'░' * (self.width - full)} {text}")
            self.file.flush()

    def close(self) -> None:
        if self.file is not None:
            self.file.write("\r\x1b[K")
            self.file.flush()


@main.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.argument("images", metavar="IMAGE...", nargs=-1, required=True, type=click.Path(path_type=Path))
def predict(run_dir: Path, images: tuple[Path, ...]) -> None:
    """What the network in RUN_DIR sees in each IMAGE: one JSON object a line.

    An image that cannot be read is told on standard error; the others are answered, and the exit status is 2."""
    with _told_plainly():
        from playground.runs.directory import load_run

        run = load_run(run_dir)
    refused = False
    for path in images:
        try:
            with _told_plainly():
                line = _prediction(run, path)
        except Refusal as refusal:
            refusal.show()
            refused = True
        else:
            click.echo(json.dumps(line, allow_nan=False))
    if refused:
        raise click.exceptions.Exit(WRONG_INPUT)


def _prediction(run: "LoadedRun", path: Path) -> dict[str, Any]:
    probabilities = run.probabilities(run.encode(_example(run, path)))[0].tolist()
    if any(value != value for value in probabilities):
        raise Refusal(f"{run.directory}: the network's answers are not numbers; its training diverged, train it again")
    best = max(range(len(probabilities)), key=probabilities.__getitem__)
    return {
        "image": str(path),
        "label": run.classes[best],
        "confidence": probabilities[best],
        "probabilities": dict(zip(run.classes, probabilities, strict=True)),
    }


def _example(run: "LoadedRun", path: Path) -> "Tensor":
    """The image as the run's network takes it."""
    from playground.drawing import DrawingError, load_image, prepare_for

    try:
        return prepare_for(run.spec.data.shape, load_image(path))
    except DrawingError as error:
        raise Refusal(str(error) if str(path) in str(error) else f"{path}: {error}") from None


@main.command()
@click.argument("run_dir", type=click.Path(path_type=Path))
@click.argument("image", type=click.Path(path_type=Path))
@click.option("--method", default="integrated_gradients", show_default=True, help="saliency, integrated_gradients, grad_cam or occlusion.")
@click.option("--target", help="The class to explain; the network's own answer if not given.")
@click.option("--set", "settings", metavar="NAME=VALUE", multiple=True, help="A setting of the method, such as n_steps=100; repeatable.")
@click.option("--out", required=True, type=click.Path(path_type=Path, dir_okay=False), help="The picture to write (PNG).")
def explain(run_dir: Path, image: Path, method: str, target: str | None, settings: tuple[str, ...], out: Path) -> None:
    """Which pixels of IMAGE made the network in RUN_DIR answer what it did: a picture, and its numbers as JSON."""
    with _told_plainly():
        from playground.explain import attribute
        from playground.explain.render import figure, magnitude_scale, png, signed_scale
        from playground.runs.directory import load_run

        run = load_run(run_dir)
        x = _example(run, image)
        attribution = attribute(
            run.model, run.encode(x), method, _target(run, target), scaled=run.spec.data.scaled, **_chosen(run, settings)
        )
        label = run.classes[attribution.target]
        scale = signed_scale(attribution.values) if float(attribution.values.min()) < 0 else magnitude_scale(attribution.values)
        title = f"{attribution.settings.title}: what speaks for “{label}”"
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
        raise Refusal(f"--target: unknown class {name[:80]!r}; known: {', '.join(run.classes)}")
    return run.classes.index(name)


def _chosen(run: "LoadedRun", pairs: tuple[str, ...]) -> dict[str, Any]:
    """Settings as attribute() takes them; values are JSON where they can be, text else."""
    chosen: dict[str, Any] = {}
    for pair in pairs:
        name, equals, text = pair.partition("=")
        if not equals or name in ("model", "x", "method", "target", "mean", "scaled"):
            raise Refusal(f"--set: must be NAME=VALUE with a setting of the method, got {pair[:80]!r}")
        try:
            chosen[name] = json.loads(text)
        except ValueError:
            chosen[name] = text
    if chosen.get("baseline") == "mean":
        chosen["mean"] = run.encode(run.spec.data.load().train.inputs).mean(dim=0)
    return chosen


@main.command()
@click.argument("source", metavar="SPEC|RUN_DIR")
@click.option("--format", "name", required=True, type=click.Choice(list(FORMATS)), help="What to make of it.")
@click.option(
    "--out", type=click.Path(path_type=Path, dir_okay=False), help="The file to write; text goes to standard output if not given."
)
@click.option("--address", default="http://localhost:8501", show_default=True, help="Of the app, for a link.")
def export(source: str, name: str, out: Path | None, address: str) -> None:
    """Takes a spec or a run along: its weights, or a link that opens it."""
    chosen = FORMATS[name]
    with _told_plainly():
        from playground.export.formats import Luggage
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


if __name__ == "__main__":
    main(prog_name="python -m playground")
