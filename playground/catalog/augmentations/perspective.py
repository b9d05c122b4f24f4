"""Change the perspective."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from playground.catalog.augmentations.base import Group, ImageAugmentation, uniform
from playground.catalog.augmentations.warping import axes, sample

Corner = tuple[Tensor, Tensor]


class Perspective(ImageAugmentation):
    """Tilts each image in space: every corner moves inwards by its own random amount; uncovered areas are black.

    A corner moves by up to `distortion` times half the width and half the height. Straight lines stay straight."""

    title: ClassVar[str] = "Perspective"
    source: ClassVar[str] = "Heckbert 1989, Fundamentals of Texture Mapping and Image Warping, UCB/CSD-89-516"
    group: ClassVar[Group] = "Geometry"
    amounts: ClassVar[tuple[str, ...]] = ("distortion",)

    kind: Literal["perspective"] = "perspective"
    distortion: float = Field(
        0.3, ge=0, le=0.6, title="Distortion", description="How far each corner can move inwards, as a share of half a side"
    )

    def change(self, images: Tensor) -> Tensor:
        drawn = uniform(images, *[(0.0, self.distortion)] * 8)
        signs = ((-1, -1), (1, -1), (1, 1), (-1, 1))  # clockwise from the top left, y down
        corners = [(sx * (1 - drawn[2 * i]), sy * (1 - drawn[2 * i + 1])) for i, (sx, sy) in enumerate(signs)]
        return sample(images, _sources(corners, *axes(images)))


def _sources(corners: list[Corner], x: Tensor, y: Tensor) -> Tensor:
    """Source coordinates in the original image, from −1 to 1, of the pixels at (x, y): (N, 2, H, W). corners: where its corners end up.

    Heckbert's closed form gives the map from the unit square to a quadrilateral; its adjugate is the inverse map. As long as corners move
    by less than two thirds of half a side, they do not cross the line between their neighbors, and the map is invertible."""
    (x0, y0), (x1, y1), (x2, y2), (x3, y3) = corners
    dx1, dx2, dx3 = x1 - x2, x3 - x2, x0 - x1 + x2 - x3
    dy1, dy2, dy3 = y1 - y2, y3 - y2, y0 - y1 + y2 - y3
    area = dx1 * dy2 - dx2 * dy1
    g, h = (dx3 * dy2 - dx2 * dy3) / area, (dx1 * dy3 - dx3 * dy1) / area
    a, b, c = x1 - x0 + g * x1, x3 - x0 + h * x3, x0
    d, e, f = y1 - y0 + g * y1, y3 - y0 + h * y3, y0
    back = torch.stack(
        [e - f * h, c * h - b, b * f - c * e, f * g - d, a - c * g, c * d - a * f, d * h - e * g, b * g - a * h, a * e - b * d]
    ).view(3, 3, -1, 1, 1)
    across, down, depth = (row[0] * x + row[1] * y + row[2] for row in back)
    points = torch.stack([across / depth, down / depth], dim=1)
    return (2 * points - 1).clamp(-3, 3)  # coordinates are infinite on the horizon, far outside
