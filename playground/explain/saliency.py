"""Saliency: the gradient at the input."""

from typing import ClassVar, Literal

from pydantic import Field

from playground.explain.base import Answer, Method, Question


class Saliency(Method):
    """How much the output changes when an input value changes a little: the gradient of the output at the input (Simonyan et al. 2013).

    It is local: it shows the effect of a small change, not what caused the prediction. For a linear network it is the weights. A symbol
    cannot change a little, but its vector can become a little longer: its value is gradient × vector (Denil et al. 2014)."""

    title: ClassVar[str] = "Saliency"
    asks: ClassVar[str] = "What would change the answer most if it changed a little?"
    source: ClassVar[str] = (
        "Simonyan, Vedaldi, Zisserman 2013, arXiv:1312.6034; for symbols: Denil, Demiraj, de Freitas 2014, arXiv:1412.6815"
    )

    kind: Literal["saliency"] = "saliency"
    absolute: bool = Field(False, title="Absolute values", description="Show only how strongly each value matters, as in the paper")

    def answer(self, question: Question) -> Answer:
        from captum.attr import Saliency as CaptumSaliency

        gradient = CaptumSaliency(question.model).attribute(
            question.x, target=question.targets, abs=False, additional_forward_args=question.fixed or None
        )
        values = question.per_symbol(gradient * question.x) if question.vectors else gradient
        return Answer(values.abs() if self.absolute else values)
