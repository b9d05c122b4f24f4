"""The data section: where the data come from, how they are degraded, and how they become tensors."""

import re

from playground.catalog.datasets import OwnCorpus, OwnText
from playground.export.code.collector import Collector
from playground.export.code.plan import Plan

_BASE = "playground.catalog.encodings.base"
_SEQUENCES = "playground.catalog.encodings.sequences"
PACKAGES = {"mlxtend": "mlxtend", "sklearn": "scikit-learn", "sktime": "sktime"}


def write_data(collector: Collector, plan: Plan) -> str:
    """`load_data()`; its dependencies are added to the collector."""
    data, encoding = plan.data, plan.data.encoding
    collector.pieces.section = "data"
    examples = collector.method(data, "load" if plan.is_degraded else "examples")
    lines = ["def load_data():", *_docstring(plan), f"    data = {examples}()"]
    if data.standardizes:
        name, inputs = collector.project(_BASE, "mean_and_deviation"), "data.train.inputs"
        if encoding.tensor.has("length"):
            inputs = f"{collector.project(_SEQUENCES, 'valid_steps')}({inputs})"
        lines.append(f"    mean, deviation = {name}({inputs}, {encoding.axes}, {encoding.divisor})")
        call = "tensors({}, mean, deviation)"
    else:
        call = "tensors({})"
    if plan.scales_late:
        lines.append("    scale = mean.to(DEVICE), deviation.to(DEVICE)")
        lines.append("    inputs, targets = tensors(data.test)")
        lines.append("    # Training images are standardized after their augmentation.")
        lines.append("    test_set = (inputs - scale[0]) / scale[1], targets")
        lines.append("    return tensors(data.train), test_set, scale")
        return "\n".join([*_tensors(collector, plan, scaled=False), "", "", *lines])
    lines.append(f"    return {call.format('data.train')}, {call.format('data.test')}")
    if isinstance(data, OwnText | OwnCorpus):
        lines += ["", "", *_vocabulary(data.key)]
    return "\n".join([*_tensors(collector, plan, scaled=data.standardizes), "", "", *lines])


def encoded(collector: Collector, plan: Plan, targets: str) -> str:
    """The expression of targets encoded for the loss."""
    expression = collector.inlined(plan.readout, "encode", {"targets": targets})
    if expression is None:
        raise ValueError(f"{plan.readout.kind}: its targets are not encoded by one expression")
    return expression.replace(".to(torch.int64)", "")


def packages(code: str) -> list[str]:
    """The packages that the code needs, by their names on PyPI."""
    names = ["numpy", "torch"] + [pip for package, pip in PACKAGES.items() if re.search(rf'["\']{package}["\']', code)]
    return names + (["pillow"] if re.search(r"^from PIL ", code, re.MULTILINE) else [])


def _vocabulary(key: str) -> list[str]:
    """`load_vocabulary()`, for text that the network has not seen."""
    return [
        "def load_vocabulary():",
        '    """The symbols of your text, with the numbers 1, 2, 3 …; the first one stands for all others,',
        '    and 0 is padding."""',
        f'    data = uploaded("{key}")',
        '    return data.description["symbols"]',
    ]


def _docstring(plan: Plan) -> list[str]:
    if plan.scales_late:
        return ['    """Load the training and test sets as (inputs, targets), and the scale for standardization."""']
    return ['    """Load the training and test sets, each as (inputs, targets)."""']


def _tensors(collector: Collector, plan: Plan, scaled: bool) -> list[str]:
    targets = "torch.tensor(part.targets)" if plan.per_step else encoded(collector, plan, "torch.tensor(part.targets)")
    encoding = plan.data.encoding
    inputs = f"torch.tensor(part.inputs, dtype={encoding.tensor.dtype})"
    collector.external("torch")
    lines = [f"def tensors(part{', mean, deviation' if scaled else ''}):"]
    lines.append('    """Convert examples and targets to tensors for the network and the loss."""')
    lines.append(f"    inputs = {inputs}" if encoding.divisor == 1 else f"    inputs = {inputs} / {encoding.divisor}  # bytes → [0, 1]")
    if scaled:
        lines.append("    inputs = (inputs - mean) / deviation")
    lines.append(f"    targets = {targets}")
    lines.append("    return inputs.to(DEVICE), targets.to(DEVICE)")
    return lines
