"""Occlusion: cover a part of the input and see how much the output falls."""

from typing import ClassVar, Literal, Self

from pydantic import Field, model_validator

from playground.explain.base import Answer, Method, Question
from playground.explain.baselines import Baseline
from playground.explain.errors import ExplainError

_WIDEST = 64
_POSITIONS = 256
"""How many parts of a long sequence are covered, as long as they are no wider than _WIDEST."""


class Occlusion(Method):
    """Covers one patch after another; how much the output falls is the value of what was covered (Zeiler and Fergus 2013).

    Needs no gradients. Where patches overlap, the value of a pixel is the mean over the patches that cover it. In a sequence a patch
    covers steps in a row, of one feature at a time; a symbol is covered as a whole."""

    title: ClassVar[str] = "Occlusion"
    asks: ClassVar[str] = "What happens to the answer when a part is covered?"
    source: ClassVar[str] = "Zeiler and Fergus 2013, arXiv:1311.2901"

    kind: Literal["occlusion"] = "occlusion"
    window: int = Field(
        4, ge=1, le=_WIDEST, title="Window", description="Side length of the patch in pixels; in a sequence, its number of steps"
    )
    stride: int = Field(
        2,
        ge=1,
        le=_WIDEST,
        title="Stride",
        description="How far the patch moves at a time, at most its side length",
    )
    baseline: Baseline = Field("black", title="Baseline", description="What the patch covers with")

    @model_validator(mode="after")
    def _no_gaps(self) -> Self:
        if self.stride > self.window:
            raise ValueError(
                f"stride: must be at most the window ({self.window}), got {self.stride}; pixels between patches would be skipped"
            )
        return self

    @classmethod
    def usual(cls, steps: int | None) -> Self:
        """In a sequence each step by itself, or of a long one, parts of it."""
        window = None if steps is None else min(_WIDEST, -(-steps // _POSITIONS))
        return cls() if window is None else cls(window=window, stride=window)

    def answer(self, question: Question) -> Answer:
        from captum.attr import Occlusion as CaptumOcclusion

        whole, sizes, single = _axes(question)
        if self.window > min(sizes):
            raise ExplainError(f"window: must be at most {min(sizes)} for an input of {'×'.join(map(str, sizes))}, got {self.window}")
        values = CaptumOcclusion(question.model).attribute(
            question.x.detach(),
            sliding_window_shapes=(*whole, *[self.window] * len(sizes), *single),
            strides=(*whole, *[self.stride] * len(sizes), *single),
            baselines=question.baseline,
            target=question.targets,
            additional_forward_args=question.fixed or None,
            perturbations_per_eval=max(1, question.at_once // len(question.x)),
        )
        return Answer(values[..., 0] if question.vectors else values)


def _axes(question: Question) -> tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...]]:
    """The axes of one example by how a patch covers them: those before that it covers as a whole, those it moves along, and those after
    them, each with the patch's size: the channels of an image, the vector of a symbol, one feature of a sequence at a time."""
    sizes = tuple(question.x.shape[1:])
    if len(sizes) == 2:
        return (), sizes[:1], (sizes[1] if question.vectors else 1,)
    return (sizes[:1], sizes[1:], ()) if len(sizes) > 2 else ((), sizes, ())
