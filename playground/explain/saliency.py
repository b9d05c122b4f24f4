"""Saliency: the gradient at the input."""

from typing import ClassVar, Literal

from pydantic import Field

from playground.explain.base import Answer, Method, Question


class Saliency(Method):
    """How much the output changes when a pixel changes a little: the gradient of the output at the input (Simonyan et al. 2013).

    It is local: it shows the effect of a small change, not what caused the prediction. For a linear network it is the weights."""

    title: ClassVar[str] = "Saliency"
    source: ClassVar[str] = "Simonyan, Vedaldi, Zisserman 2013, arXiv:1312.6034"

    kind: Literal["saliency"] = "saliency"
    absolute: bool = Field(False, title="Absolute values", description="Show only how strongly a pixel matters, as in the paper")

    def answer(self, question: Question) -> Answer:
        from captum.attr import Saliency as CaptumSaliency

        return Answer(CaptumSaliency(question.model).attribute(question.x, target=question.targets, abs=self.absolute))
