"""One class at every step of a sequence."""

from typing import ClassVar, Literal

from pydantic import Field

from playground.catalog.tasks.base import Task


class StepClasses(Task):
    """Every step of a sequence belongs to a class; the network outputs one number per class at every step."""

    title: ClassVar[str] = "A class at every step"
    source: ClassVar[str] = "Graves et al. 2006, ICML:369 (labeling sequences with recurrent networks)"
    has_classes: ClassVar[bool] = True
    per_step: ClassVar[bool] = True

    kind: Literal["step_classes"] = "step_classes"
    classes: int = Field(3, ge=2, title="Classes", description="Number of classes")

    @property
    def answer(self) -> str:
        return "binary" if self.classes == 2 else "multiclass"


class NextSymbol(Task):
    """At every step of a sequence of symbols, the network predicts the next one. One symbol after another, it can then write on."""

    title: ClassVar[str] = "Next symbol"
    source: ClassVar[str] = "Shannon 1951, Bell Syst. Tech. J. 30:50 (prediction of printed English)"
    has_classes: ClassVar[bool] = True
    per_step: ClassVar[bool] = True

    kind: Literal["next_symbol"] = "next_symbol"

    @property
    def answer(self) -> str:
        return "multiclass"
