"""The data section: where the data come from, how they are degraded, and how they become tensors."""

import re

from playground.export.code.collector import Collector
from playground.export.code.plan import Plan

_BASE = "playground.catalog.datasets.base"
PACKAGES = {"mlxtend": "mlxtend", "sklearn": "scikit-learn"}


def write_data(collector: Collector, plan: Plan) -> str:
    """`load_data()`; its dependencies are added to the collector."""
    data = plan.data
    collector.pieces.section = "data"
    examples = collector.method(data, "load" if plan.is_degraded else "examples")
    lines = ["def load_data():", *_docstring(plan), f"    data = {examples}()"]
    if data.standardise:
        name = collector.project(_BASE, "mean_and_deviation")
        axes = (0, 2, 3) if plan.is_images else (0,)
        lines.append(f"    mean, deviation = {name}(data.train.inputs, {axes})")
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
    return "\n".join([*_tensors(collector, plan, scaled=data.standardise), "", "", *lines])


def packages(code: str) -> list[str]:
    """The packages that the code needs, by their names on PyPI."""
    names = ["numpy", "torch"] + [pip for package, pip in PACKAGES.items() if re.search(rf'["\']{package}["\']', code)]
    return names + (["pillow"] if re.search(r"^from PIL ", code, re.MULTILINE) else [])


def _docstring(plan: Plan) -> list[str]:
    if plan.scales_late:
        return ['    """Load the training and test sets as (inputs, targets), and the scale for standardization."""']
    return ['    """Load the training and test sets, each as (inputs, targets)."""']


def _tensors(collector: Collector, plan: Plan, scaled: bool) -> list[str]:
    targets = collector.inlined(plan.readout, "encode", {"targets": "torch.tensor(part.targets)"})
    if targets is None:
        raise ValueError(f"{plan.readout.kind}: its targets are not encoded by one expression")
    inputs = "torch.tensor(part.inputs, dtype=torch.float32)"
    collector.external("torch")
    lines = [f"def tensors(part{', mean, deviation' if scaled else ''}):"]
    lines.append('    """Convert examples and targets to tensors for the network and the loss."""')
    if plan.is_images:
        lines += [f"    inputs = {inputs} / 255  # bytes → [0, 1]"]
    else:
        lines += [f"    inputs = {inputs}"]
    if scaled:
        lines.append("    inputs = (inputs - mean) / deviation")
    lines.append(f"    targets = {targets.replace('.to(torch.int64)', '')}")
    lines.append("    return inputs.to(DEVICE), targets.to(DEVICE)")
    return lines
