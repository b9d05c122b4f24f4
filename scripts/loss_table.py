"""Writes docs/losses.md: what every loss does on every task. `python -m scripts.loss_table`"""

from collections.abc import Iterator
from pathlib import Path

from playground.catalog.datasets import Circle, Dataset, NoisyDigits, Plane, ThreeBlobs
from playground.catalog.layers import Dense, Flatten, Layer, ReLU
from playground.catalog.losses import LOSSES, Loss
from playground.catalog.readouts import READOUTS, Readout, readout_of
from playground.network import trace
from playground.spec import ExperimentSpec

PAGE = Path("docs/losses.md")
EXAMPLES: tuple[Dataset, ...] = (Circle(), ThreeBlobs(), Plane(), NoisyDigits())
"""One dataset for each task."""

_INTRODUCTION = """# Losses and tasks

Every loss runs on every task for which PyTorch can compute it. Combinations that are known to train poorly run with a warning;
combinations that PyTorch cannot compute are refused. This page is generated from the catalog with `python -m scripts.loss_table`,
and a test trains every combination.

A cell says how many outputs the network may have. The first number is what an output layer uses.
"""


def experiment(dataset: Dataset, loss: Loss, outputs: int) -> ExperimentSpec:
    """A small network with this many outputs."""
    flat: tuple[Layer, ...] = (Flatten(),) if len(dataset.shape) > 1 else ()
    return ExperimentSpec(data=dataset, network=(*flat, Dense(units=8), ReLU(), Dense(units=outputs)), loss=loss)


def warnings(dataset: Dataset, loss: Loss, outputs: int) -> list[str]:
    """About the loss, before training."""
    problems = trace(experiment(dataset, loss, outputs)).problems
    return [problem.message for problem in problems if problem.path == "loss" and problem.severity == "warning"]


def page() -> str:
    """The whole page, in Markdown."""
    lines = [_INTRODUCTION, f"| Loss | {' | '.join(dataset.task.title for dataset in EXAMPLES)} |", f"|{'---|' * (len(EXAMPLES) + 1)}"]
    lines += [f"| {kind.title} | {' | '.join(_cell(dataset, kind()) for dataset in EXAMPLES)} |" for kind in LOSSES]
    lines += ["", "## Warnings", "", *_unique(_warnings()), "", "## Refused", "", *_unique(_refusals())]
    lines += ["", "## How outputs are read", "", *map(_reading, READOUTS)]
    return "\n".join(lines) + "\n"


def _combinations() -> Iterator[tuple[Dataset, Loss, int]]:
    """Those that run."""
    for kind in LOSSES:
        for dataset in EXAMPLES:
            if dataset.task.answer not in kind.refused:
                yield from ((dataset, kind(), outputs) for outputs in kind().accepts(dataset))


def _cell(dataset: Dataset, loss: Loss) -> str:
    if dataset.task.answer in loss.refused:
        return "refused"
    counts = (f"{outputs} (warning)" if warnings(dataset, loss, outputs) else str(outputs) for outputs in loss.accepts(dataset))
    return f"runs: {' or '.join(counts)}"


def _warnings() -> Iterator[tuple[str, str]]:
    for dataset, loss, outputs in _combinations():
        for message in warnings(dataset, loss, outputs):
            yield f"{loss.title}, {dataset.task.title.lower()}", message


def _refusals() -> Iterator[tuple[str, str]]:
    for kind in LOSSES:
        for dataset in EXAMPLES:
            if reason := kind.refused.get(dataset.task.answer):
                yield f"{kind.title}, {dataset.task.title.lower()}", reason


def _unique(entries: Iterator[tuple[str, str]]) -> list[str]:
    return list(dict.fromkeys(f"- **{where}**: {text[:1].upper()}{text[1:].rstrip('.')}." for where, text in entries))


def _reading(kind: type[Readout]) -> str:
    losses = dict.fromkeys(
        loss.title for dataset, loss, outputs in _combinations() if isinstance(readout_of(dataset.task, loss, outputs), kind)
    )
    return f"- **{kind.title}** ({', '.join(losses)}): {kind.help()}{f' *{kind.caveat}*' if kind.caveat else ''}"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
