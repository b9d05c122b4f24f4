"""A model card: the data, network, results and limits of an experiment (Mitchell et al. 2019, arXiv:1810.03993)."""

from collections.abc import Mapping

import torch
from torch import Tensor

from playground.catalog.datasets.examples import Data, DataError
from playground.catalog.messages import counted
from playground.catalog.metrics import declared_metrics
from playground.export.link import to_token
from playground.export.markdown import table, text
from playground.export.results import Results, measured
from playground.export.wording import settings_of
from playground.network import Trace, caveat, readout, trace
from playground.paths import item, layer_count, levels, numbered
from playground.spec import ExperimentSpec

_CLASSES = 40
"""The most classes and columns that are listed."""
_SMALL_TEST, _SMALL_CLASS = 200, 20
_ALWAYS = (
    "- The network was made to learn about neural networks. Do not use it for decisions that affect people.",
    "- It knows only its training examples. It also gives a prediction for any other kind of input, often with high confidence.",
    "- Its results hold for examples from the same source as the test set. Expect worse results on other data.",
    "- It repeats the biases of its training data, such as rare kinds of examples and wrong labels.",
)


def to_card(spec: ExperimentSpec, weights: Mapping[str, Tensor] | None = None, steps: int | None = None, address: str = "") -> str:
    """The card as Markdown. weights: of the trained network, whose results are then measured on the test set; None if it is not trained.
    steps: the number of training steps. address: of the app, for the link that opens the experiment.

    Raises: SpecError with every error of the network, if there are weights."""
    traced = trace(spec)
    try:
        data: Data | None = spec.data.load()
        missing = ""
    except DataError as error:
        data, missing = None, str(error)
    results = measured(spec, weights, data) if weights is not None and data is not None else None
    sections = [
        [f"# Model card: {text(_named(spec))}", "", _summary(spec, traced, weights is not None)],
        ["## Data", "", *_data(spec, data, missing)],
        ["## Network", "", *_network(spec, traced)],
        ["## Training", "", *_training(spec)],
        ["## Results", "", *_results(spec, results, steps, trained=weights is not None, missing=missing)],
        ["## Intended use and limits", "", *_limits(spec, results, data)],
        ["## Reproducing", "", *_reproducing(spec, address)],
    ]
    return "\n\n".join("\n".join(section) for section in sections) + "\n"


def _named(spec: ExperimentSpec) -> str:
    called = getattr(spec.data, "called", "")
    return f"a network for {f'“{called}”' if called else spec.data.title}"


def _summary(spec: ExperimentSpec, traced: Trace, trained: bool) -> str:
    count = layer_count(spec)
    state = "Trained" if trained else "Not trained yet"
    return (
        f"{state}. A neural network of {counted(count, 'layer')} with {counted(traced.parameters, 'parameter')} and "
        f"{traced.flops:,} floating-point operations per example. Task: {text(spec.data.task.title.lower())}."
    )


def _data(spec: ExperimentSpec, data: Data | None, missing: str) -> list[str]:
    dataset = spec.data
    rows: list[tuple[str, object]] = [("Dataset", _name_of_data(spec)), ("Description", type(dataset).help()), ("Source", dataset.source)]
    rows += [("License", dataset.license), ("Each example", dataset.encoding.example)]
    if getattr(dataset, "key", ""):
        rows.append(("SHA-256 of the data", getattr(dataset, "key", "")))
    if dataset.encoding.has_columns:
        rows.append(("Columns", _listed(dataset.feature_names)))
    if dataset.classes:
        rows.append((f"Classes ({len(dataset.classes)})", _listed(dataset.classes)))
    else:
        rows.append(("Target", dataset.target_title))
    if data is not None:
        rows += [("Training examples", f"{len(data.train):,}"), ("Test examples, not used in training", f"{len(data.test):,}")]
    rows += [(title, value) for title, value in settings_of(dataset, changed=True)]
    lines = table(("", ""), rows)
    augmentations = getattr(dataset, "augmentations", ())
    if augmentations:
        lines += ["", "Training images are changed at random in every epoch:", ""]
        lines += [f"- {text(augmentation.title)}: {text(_settings(augmentation))}" for augmentation in augmentations]
    if missing:
        lines += ["", f"The examples were not available when this card was created: {text(missing)}"]
    return lines


def _name_of_data(spec: ExperimentSpec) -> str:
    called = getattr(spec.data, "called", "")
    return f"{spec.data.title} “{called}”" if called else spec.data.title


def _network(spec: ExperimentSpec, traced: Trace) -> list[str]:
    lines = [f"Input: {traced.input}. Shapes are those of one example, without the batch dimension.", ""]
    rows = []
    for row in traced.in_order():
        layer = item(spec, row.path)
        inside = "– " * (len(levels(row.path)) - 1)
        settings = _settings(layer)
        rows.append((numbered(row.path), inside + layer.title, settings, str(row.tensor_out), f"{row.parameters:,}"))
    lines += table(("#", "Layer", "Settings", "Output", "Parameters"), [*rows, ("", "Total", "", "", f"{traced.parameters:,}")], right=(4,))
    lines += ["", f"Outputs: {' '.join(text(each) for each in (readout(spec).help(), caveat(spec)) if each)}"]
    errors = [problem for problem in traced.problems if problem.severity == "error"]
    if errors:
        lines += ["", "**This network has errors:**", ""]
        lines += [f"- {text(problem.path)}: {text(problem.message)}" for problem in errors]
    return lines


def _training(spec: ExperimentSpec) -> list[str]:
    rows = [
        (name, f"{part.title}{f' ({settings})' if (settings := _settings(part)) else ''}")
        for name, part in (("Loss", spec.loss), ("Optimizer", spec.optimizer), ("Learning rate over time", spec.schedule))
    ]
    rows += settings_of(spec.training)
    rows += [(f"Early stopping: {title.lower()}", value) for title, value in settings_of(spec.training.stop, changed=True)]
    return table(("Setting", "Value"), rows)


def _results(spec: ExperimentSpec, results: Results | None, steps: int | None, *, trained: bool, missing: str) -> list[str]:
    if not trained:
        return ["None: the network was not trained when this card was created."]
    learned = f"The weights are those after {steps:,} training steps." if steps else "The weights are those of the trained run."
    if results is None:
        return [learned, "", f"The results could not be measured, because the examples were not available: {text(missing)}"]
    rows = [
        (
            f"Test {metric.title}{f' ({spec.data.target_title})' if metric.format == 'value' else ''}",
            metric.text(results.metrics[metric.name]),
        )
        for metric in declared_metrics(spec.data, spec.loss)
        if metric.name in results.metrics
    ]
    if results.error is not None:
        rows.append(("Root mean squared error", f"{results.error:.4g}"))
    lines = [
        f"{learned} Measured on the {counted(results.examples, 'example')} of the test set.",
        "",
        *table(("Measure", "Value"), rows, right=(1,)),
        *_without_network(spec, results),
    ]
    if results.classes:
        shown = results.classes[:_CLASSES]
        entries = [(result.name, f"{result.examples:,}", _share(result.recall), _share(result.precision)) for result in shown]
        lines += ["", *table(("Class", "Test examples", "Recall", "Precision"), entries, right=(1, 2, 3))]
        if len(shown) < len(results.classes):
            lines += ["", f"The table leaves out {counted(len(results.classes) - len(shown), 'class', 'classes')}."]
    return lines


def _without_network(spec: ExperimentSpec, results: Results) -> list[str]:
    """What the results must beat."""
    metrics = [metric for metric in declared_metrics(spec.data, spec.loss) if metric.name in results.baselines]
    found = [(metric, results.baselines[metric.name]) for metric in metrics]
    told = ", ".join(f"{metric.title} {metric.text(baseline['value'])} ({text(baseline['title'])})" for metric, baseline in found)
    return ["", f"What can be reached on the test set without a network: {told}."] if told else []


def _limits(spec: ExperimentSpec, results: Results | None, data: Data | None) -> list[str]:
    lines = list(_ALWAYS)
    if spec.data.classes:
        lines.append("- It always predicts one of its classes and never “none of these”. Its probabilities are not calibrated.")
    if data is not None and len(data.test) < _SMALL_TEST:
        lines.append(f"- The test set has only {counted(len(data.test), 'example')}, so the results depend strongly on chance.")
    rare = [result.name for result in results.classes if result.examples < _SMALL_CLASS] if results else []
    if rare:
        lines.append(f"- The test set has fewer than {_SMALL_CLASS} examples of each of these classes: {text(_listed(rare))}.")
    if getattr(spec.data, "label_noise", 0):
        lines.append("- Some of its training labels were deliberately changed to wrong ones, to study the effect.")
    return lines


def _reproducing(spec: ExperimentSpec, address: str) -> list[str]:
    same = f"The same settings and seed ({spec.training.seed}) give the same network on the same kind of processor."
    lines = [f"Created with the Neural Network Playground and PyTorch {text(torch.__version__)}. {same}", ""]
    if address:
        return [*lines, f"Open the experiment: <{address.rstrip('/')}/playground?spec={to_token(spec)}>"]
    return [*lines, f"To open the experiment, append `?spec=` and this token to the address of the Playground page: `{to_token(spec)}`"]


def _settings(value: object) -> str:
    return ", ".join(f"{title.lower()} {setting}" for title, setting in settings_of(value))  # type: ignore[arg-type]


def _listed(names: tuple[str, ...] | list[str]) -> str:
    rest = len(names) - _CLASSES
    return ", ".join(names[:_CLASSES]) + (f", and {rest:,} more" if rest > 0 else "")


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.1%}"
