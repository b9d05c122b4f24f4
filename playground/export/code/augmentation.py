"""The augmentation section."""

import ast

from playground.catalog.augmentations.base import ImageAugmentation, MixingAugmentation, RandomChange
from playground.export.code.collector import Collector
from playground.export.code.plan import Plan


def write_augmentation(collector: Collector, plan: Plan) -> str:
    """`augment(images, targets)`, after its dependencies; empty without augmentations."""
    if not plan.augmentations:
        return ""
    collector.pieces.section = "augmentation"
    lines: list[str] = []
    if plan.mixes and plan.data.classes and not plan.readout.one_hot:
        collector.external("torch.nn", "functional", "F")
        lines.append(f"targets = F.one_hot(targets, {plan.outputs}).float()  # one-hot, so that they can be mixed")
    for each in plan.augmentations:
        if isinstance(each, MixingAugmentation):
            lines.append(f"images, targets = {collector.method(each, 'mix')}(images, targets)")
        elif isinstance(each, ImageAugmentation):
            given = {
                "self.augmentation.probability": ast.Constant(each.probability),
                "self.augmentation.change": ast.Attribute(ast.Name("self", ast.Load()), "change", ast.Load()),
            }
            lines += collector.statements(each, RandomChange, "forward", ["images", "targets"], given).splitlines()
    head = ["def augment(images, targets):", '    """Apply random changes to training images."""']
    return "\n".join([*head, *(f"    {line}" for line in lines), "    return images, targets"])
