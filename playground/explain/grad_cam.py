"""Grad-CAM: where the feature maps of a layer support the class."""

import math
from typing import ClassVar, Literal

import torch
from pydantic import Field, field_validator
from torch import Tensor, nn
from torch.nn import functional as F

from playground.explain.base import Answer, Method, Question
from playground.explain.errors import ExplainError, unknown
from playground.explain.isolation import outputs_of
from playground.explain.layers import LayerInfo, has_maps, layers


class GradCam(Method):
    """Weights each feature map of a convolution by how much the class depends on it, and adds them up (Selvaraju et al. 2016).

    It shows regions, not pixels or steps: the result has the size of the maps and is enlarged linearly. All channels of a pixel, and all
    features of a step, get the same value."""

    title: ClassVar[str] = "Grad-CAM"
    asks: ClassVar[str] = "Where does the network find what speaks for the answer?"
    source: ClassVar[str] = "Selvaraju et al. 2016, arXiv:1610.02391"

    kind: Literal["grad_cam"] = "grad_cam"
    layer: str = Field("", max_length=200, title="Layer", description="Layer whose feature maps are used; empty for the last convolution")
    positive: bool = Field(True, title="Positive parts only", description="Hide evidence against the class, as in the paper")

    @field_validator("layer", mode="before")
    @classmethod
    def _by_number(cls, value: object) -> object:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value

    @classmethod
    def applies_to(cls, model: nn.Module) -> str | None:
        if any(has_maps(module) for module in model.modules()):
            return None
        return "Grad-CAM needs the feature maps of a convolution, and this network has none"

    @classmethod
    def pick(cls, layers: tuple[LayerInfo, ...]) -> tuple[LayerInfo, ...]:
        """The layers that output maps of more than one position, from the first convolution on: (C, H, W), or steps × features."""
        first = next((index for index, layer in enumerate(layers) if layer.convolution), len(layers))
        return tuple(layer for layer in layers[first:] if len(layer.shape) == len(layers[first].shape) and _positions(layer) > 1)

    def answer(self, question: Question) -> Answer:
        layer = self.chosen(GradCam.pick(layers(question.network, question.inputs[:1])))
        maps, slopes = _maps(question, layer)
        sizes = question.x.shape[1:2] if question.x.ndim == 3 else question.x.shape[2:]
        if maps.ndim != 2 + len(sizes):
            raise ExplainError(f"layer: the positions of layer {layer} are not those of the input")
        weights = slopes.flatten(2).mean(dim=2)  # (N, channels)
        if question.mask is not None:  # the mean over the valid positions, as the gradient is 0 at all others
            weights = weights / question.mask.double().mean(dim=1, keepdim=True).to(weights)
        cam = torch.einsum("nc,nc...->n...", weights, maps).unsqueeze(1)
        cam = cam.relu() if self.positive else cam
        fine = F.interpolate(cam, tuple(sizes), mode="linear" if len(sizes) == 1 else "bilinear")
        if question.vectors:
            return Answer(fine[:, 0])
        return Answer((fine.transpose(1, 2) if len(sizes) == 1 else fine).expand_as(question.x))

    def chosen(self, choices: tuple[LayerInfo, ...]) -> str:
        """The name of the layer to use.

        Raises: ExplainError if it is not among the choices, or there are none."""
        names = [layer.name for layer in choices]
        if not names:
            raise ExplainError("Grad-CAM needs a layer with maps of more than one position, and this network has none")
        if self.layer:
            if self.layer not in names:
                raise unknown("layer", self.layer, names)
            return self.layer
        return ([layer.name for layer in choices if layer.convolution] or names)[-1]


def _positions(layer: LayerInfo) -> int:
    return math.prod(layer.shape[1:]) if len(layer.shape) == 3 else layer.shape[0]


def _maps(question: Question, layer: str) -> tuple[Tensor, Tensor]:
    """The output of the layer and the target's gradient at it, (N, channels, *positions)."""
    outputs: list[Tensor] = []

    def keep(module: nn.Module, inputs: object, output: Tensor) -> Tensor:
        outputs.append(output)
        return output.clone()  # the next module may work in place

    handle = question.network.get_submodule(layer).register_forward_hook(keep)
    try:
        answers = outputs_of(question.model, question.x, *question.fixed, gradients=True)
    finally:
        handle.remove()
    maps = outputs[-1]
    (slopes,) = torch.autograd.grad(answers.gather(1, question.targets[:, None]).sum(), maps, materialize_grads=True)
    return (maps.detach(), slopes) if maps.ndim == 4 else (maps.detach().transpose(1, 2), slopes.transpose(1, 2))
