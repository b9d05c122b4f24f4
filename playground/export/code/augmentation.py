"""The augmentation section."""

import ast
from collections.abc import Sequence

from playground.catalog.augmentations.base import Augmentation, ImageAugmentation, MixingAugmentation, RandomChange
from playground.export.code.collector import Collector
from playground.export.code.plan import Plan


def write_augmentation(collector: Collector, plan: Plan) -> str:
    """`augment(images, targets)`, after its dependencies, and `augment_2` … for later settings; empty without augmentations."""
    if not plan.augmentations:
        return ""
    collector.pieces.section = "augmentation"
    return "\n\n\n".join(
        _augment(collector, plan, name, version.data.augmentations)  # type: ignore[attr-defined]  # images have them
        for name, version in zip(names(plan), plan.versions_of("data.augmentations"), strict=True)
    )


def names(plan: Plan) -> list[str]:
    """Of the functions: the first one, and those after each change."""
    return ["augment", *(f"augment_{number + 2}" for number in range(len(plan.changes_of("data.augmentations"))))]


def _augment(collector: Collector, plan: Plan, name: str, augmentations: Sequence[Augmentation]) -> str:
    lines: list[str] = []
    if plan.mixes and plan.data.classes and not plan.readout.one_hot:
        collector.external("torch.nn", "functional", "F")
        lines.append(f"targets = F.one_hot(targets, {plan.outputs}).float()  # one-hot, so that they can be mixed")
    for each in augmentations:
        if isinstance(each, MixingAugmentation):
            lines.append(f"images, targets = {collector.method(each, 'mix')}(images, targets)")
        elif isinstance(each, ImageAugmentation):
            given = {
                "self.augmentation.probability": ast.Constant(each.probability),
                "self.augmentation.change": ast.Attribute(ast.Name("self", ast.Load()), "change", ast.Load()),
            }
            lines += collector.statements(each, RandomChange, "forward", ["images", "targets"], given).splitlines()
    head = [f"def {name}(images, targets):", '    """Apply random changes to training images."""']
    return "\n".join([*head, *(f"    {line}" for line in lines), "    return images, targets"])
