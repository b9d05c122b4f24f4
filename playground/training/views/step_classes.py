"""True and predicted classes, step by step."""

from collections.abc import Generator
from typing import ClassVar

import torch

from playground.catalog.answers import IGNORED
from playground.catalog.tensors import PADDING_SYMBOL
from playground.spec import ExperimentSpec
from playground.training.views.base import Seen, Values, ViewInParts, values_of

MOST_EXAMPLES = 12
"""Test examples that are shown: the first ones."""
MOST_STEPS = 1024
"""Steps of all of them together, roughly; but at least two examples."""


class StepClasses(ViewInParts):
    """(3, M, L): input symbols, targets and predicted classes of M test examples; NaN for padding, steps without a target, and inputs that
    are not symbols."""

    name: ClassVar[str] = "steps"
    title: ClassVar[str] = "Predictions step by step"
    tab: ClassVar[str] = "steps"
    form: ClassVar[str] = "steps"
    axes: ClassVar[tuple[str, ...]] = ("input", "target", "predicted")
    shows_symbols: ClassVar[bool] = True

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return spec.data.task.per_step

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        wrong = "wrong ones have a frame and a dark corner"
        if spec.data.task.name() == "next_symbol":
            return f"Test examples, step by step: the target is the next symbol; {wrong}."
        return f"Test examples, step by step: the input, the true class and the predicted one; {wrong}."

    def parts(self, seen: Seen) -> Generator[None, None, Values]:
        length = self.data.tensor.size("length")
        shown = min(MOST_EXAMPLES, max(2, MOST_STEPS // length))
        targets = seen.test.targets[:shown].to("cpu", torch.float32)  # (M, L)
        answered = targets != IGNORED
        predicted = torch.full_like(targets, torch.nan)
        outputs = yield from seen.first(shown)
        predicted[answered] = seen.readout.predicted(outputs).to("cpu", torch.float32)
        targets[~answered] = torch.nan
        inputs = torch.full_like(targets, torch.nan)
        if self.data.tensor.vocabulary is not None:
            symbols = seen.test.raw[:shown].to("cpu", torch.float32)
            inputs = symbols.masked_fill(symbols == PADDING_SYMBOL, torch.nan)
        return values_of(torch.stack([inputs, targets, predicted]))
