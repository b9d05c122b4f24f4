"""A spec as a Jupyter notebook: the code of its script in steps, with pictures of data, losses and answers."""

from typing import Any

import nbformat

from playground.export.code.plan import Plan
from playground.export.code.sections import Sections, import_block, sections
from playground.export.code.tidying import tidied
from playground.export.script import loss_lines, model_lines, result_lines
from playground.spec import ExperimentSpec

_CUT = "# ✂"
"""Parts cells while they are formatted together, which is quicker than one by one."""
_IMPORTS = frozenset({"import json", "import torch", "from pathlib import Path"})
_ANSWERS = "answers"

Step = tuple[str, str]
"""Text before a cell, "" for none, and the cell's code."""


def to_notebook(spec: ExperimentSpec) -> str:
    """The notebook, as JSON of nbformat 4, not yet run. It trains as the script does, to the same losses.

    Raises: SpecError if the network cannot be trained."""
    parts = sections(spec, "Path.cwd()", _plots)
    steps = _steps(parts)
    body = "\n".join(code for _, code in steps)
    packages = " ".join([*parts.packages, "matplotlib"])
    imports = import_block(parts.imports | _IMPORTS, parts.settings + body)
    codes = _formatted([f"# %pip install {packages}\n{imports}\n\n{parts.settings}", *(code for _, code in steps)])
    cells: list[dict[str, Any]] = []
    for text, code in zip([_title(parts), *(text for text, _ in steps)], codes, strict=True):
        cells += [{"cell_type": "markdown", "metadata": {}, "source": text}] if text else []
        cells.append({"cell_type": "code", "metadata": {}, "source": code, "execution_count": None, "outputs": []})
    kernel = {"display_name": "Python 3", "language": "python", "name": "python3"}
    whole = {
        "nbformat": 4,
        "nbformat_minor": 5,
        "metadata": {"kernelspec": kernel, "language_info": {"name": "python"}},
        "cells": [{"id": f"cell-{number}", **cell} for number, cell in enumerate(cells)],
    }
    notebook = nbformat.from_dict(whole)  # type: ignore[no-untyped-call]
    nbformat.validate(notebook)
    return str(nbformat.writes(notebook)) + "\n"  # type: ignore[no-untyped-call]


def _title(parts: Sections) -> str:
    return (
        f"# A neural network for: {parts.plan.data.title}\n\n"
        "Made by the Neural Network Playground. Run from top to bottom, it trains the same network; on the CPU its losses are the same, "
        "step by step."
    )


def _plots(plan: Plan) -> list[str]:
    """Functions, in the order of the notebook."""
    calls = [_data_call(plan), "show_losses()", *_answer_calls(plan)]
    names = [_called(call) for call in calls]
    return list(dict.fromkeys([*names[:2], _ANSWERS, *names[2:]]))


def _steps(parts: Sections) -> list[Step]:
    plan = parts.plan
    scale = ", scale" if plan.scales_late else ""
    averaged = ", model" if plan.spec.training.ema is not None else ""
    classes = f"CLASSES = {plan.data.classes!r}\n" if plan.data.classes else ""
    model, loss, result = (
        "\n".join(line.removeprefix("    ") for line in lines) for lines in (model_lines(), loss_lines(parts), result_lines(parts))
    )
    steps = [
        ("## Data\n\nWhere the examples come from, and how they become tensors.", parts.data),
        ("", f"train_set, test_set{scale} = load_data()\n{classes}print(len(train_set[0]), len(test_set[0]))"),
        ("", f"{parts.plots[_called(_data_call(plan))]}\n\n\n{_data_call(plan)}"),
    ]
    if parts.augmentation:
        steps.append(("## Augmentation\n\nOnly training images are changed; the test stays as it is.", parts.augmentation))
    steps += [
        ("## Network", parts.model),
        ("", f"{model}\nprint(model)"),
        ("## Training", parts.training),
        ("", f"{loss}\nlosses{averaged} = train(model, loss_fn, train_set, test_set{scale}, EPOCHS)"),
        ("", f"{parts.plots['show_losses']}\n\n\nshow_losses(losses)"),
        (
            "## Result\n\nThe test set was never learned from: its numbers say how good the network is.",
            f"{result}\nprint(json.dumps(result))",
        ),
    ]
    steps.append(("", f"{parts.plots[_ANSWERS]}\n\n\noutputs = answers(model, test_set[0])\npredictions = {parts.predicted}"))
    for call in _answer_calls(plan):
        known = _called(call) == _called(_data_call(plan))
        steps.append(("", call if known else f"{parts.plots[_called(call)]}\n\n\n{call}"))
    return steps


def _called(call: str) -> str:
    return call.split("(")[0]


def _data_call(plan: Plan) -> str:
    if plan.is_images:
        titles = f"[CLASSES[int(target)] for target in {_classes(plan, 'train_set[1][:10]')}]" if plan.data.classes else '["comes in"] * 10'
        return f"show_images(train_set[0][:10], {titles})"
    if plan.data.shape[0] > 1:
        return f"show_points(train_set[0][:, 0], train_set[0][:, 1], {_classes(plan, 'train_set[1]')}.flatten())"
    return "show_points(train_set[0].flatten(), train_set[1].flatten(), train_set[1].flatten())"


def _classes(plan: Plan, targets: str) -> str:
    """Targets as the loss takes them → as classes, where they are one-hot."""
    return f"{targets}.argmax(dim=1)" if plan.data.classes and plan.readout.one_hot and plan.outputs > 1 else targets


def _answer_calls(plan: Plan) -> list[str]:
    """Pictures of what the network says of the test set."""
    calls, truth = [], _classes(plan, "test_set[1]")
    if plan.data.classes:
        calls.append(f"show_confusion({truth}.cpu().long().flatten(), predictions, CLASSES)")
    if plan.data.family == "points":
        return [*calls, f"show_plane(model, test_set[0], {truth}.flatten())"]
    if plan.data.family == "curves":
        return [*calls, "show_line(test_set[0], test_set[1], predictions)"]
    if plan.data.classes:
        return calls
    if plan.is_images:
        shape = ", ".join(map(str, plan.data.shape))
        rows = {"comes in": "test_set[0][:10]", "comes out": "predictions[:10]", "is wanted": "test_set[1][:10]"}
        return [f'show_images({images}.reshape(-1, {shape}), ["{title}"] * 10)' for title, images in rows.items()]
    return ["show_fit(test_set[1].cpu().flatten(), predictions.flatten())"]


def _formatted(cells: list[str]) -> list[str]:
    whole = tidied(f"\n\n\n{_CUT}\n".join(cells))
    return [cell.strip() for cell in whole.split(f"{_CUT}\n")]
