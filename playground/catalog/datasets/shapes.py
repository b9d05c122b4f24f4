"""Coloured shapes, drawn on demand."""

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.catalog.datasets.array_cache import cached
from playground.catalog.datasets.drawing_shapes import COLOURS, SHAPES, Sketch, drawn
from playground.catalog.datasets.examples import Array, Data
from playground.catalog.datasets.images import Images
from playground.catalog.datasets.splitting import split
from playground.catalog.layers.base import Shape

_KEPT = 8
"""Sets that stay on the disk: others are drawn again."""


class Shapes(Images):
    """Circles, squares, triangles, stars, crosses and rings in five colours, drawn as you set it: how large, where, how tidy.

    Whether shape or colour is the class decides what is to be looked at: colour can be told by a single average, a shape cannot. Both
    together are thirty classes."""

    title: ClassVar[str] = "Coloured shapes"
    source: ClassVar[str] = "Drawn by this app with Pillow; in the manner of Johnson et al. 2017 (CLEVR), CVPR:1988"

    kind: Literal["shapes"] = "shapes"
    label: Literal["shape", "colour", "both"] = Field("shape", title="Class", description="Which of an image's properties is to be told")
    samples: int = Field(2000, ge=60, le=10_000, title="Images", description="How many images there are, for training and test together")
    size: int = Field(32, ge=16, le=64, title="Size", description="Width and height of an image", json_schema_extra={"unit": "pixels"})
    position: float = Field(0.5, ge=0, le=1, title="Scattered places", description="0: always in the middle; 1: anywhere in the image")
    scale: float = Field(0.5, ge=0, le=1, title="Varied sizes", description="0: all as large as the image allows; 1: down to a third")
    turn: float = Field(0.0, ge=0, le=180, title="Turned by up to", description="Either way", json_schema_extra={"unit": "degrees"})
    tint: float = Field(0.3, ge=0, le=1, title="Varied colours", description="How far hue, brightness and background stray")
    clutter: int = Field(0, ge=0, le=20, title="Clutter", description="Small grey dots and lines that mean nothing, over each image")
    noise: float = Field(0.0, ge=0, le=0.5, title="Noise", description="Standard deviation of random changes of every pixel, 1 for white")
    test_share: float = Field(
        0.2, ge=0.1, le=0.9, title="Test share", description="Share of the images kept for the test, never learned from"
    )
    seed: int = Field(0, ge=0, le=2**31 - 1, title="Seed", description="Same seed, same images")

    @property
    def shape(self) -> Shape:
        return (3, self.size, self.size)

    @property
    def classes(self) -> tuple[str, ...]:
        if self.label == "both":
            return tuple(f"{colour} {shape}" for shape in SHAPES for colour in COLOURS)
        return SHAPES if self.label == "shape" else tuple(COLOURS)

    def read(self) -> tuple[Array, Array]:
        rng = np.random.default_rng(self.seed)
        pairs = rng.permutation(np.arange(self.samples) % (len(SHAPES) * len(COLOURS)))
        which, colours = pairs // len(COLOURS), pairs % len(COLOURS)
        images = np.stack([self._image(shape, colour, rng) for shape, colour in zip(which, colours, strict=True)])
        return images, {"shape": which, "colour": colours, "both": pairs}[self.label].astype(np.int64)

    def examples(self) -> Data:
        drawn_by = self.model_dump(include=set(Shapes.model_fields) - set(Images.model_fields))
        tests = min(max(round(self.samples * self.test_share), 1), self.samples - 1)
        return cached(self.name(), f"1 {drawn_by}", lambda: split(*self.read(), tests, self.seed), keep=_KEPT)

    def _image(self, shape: int, colour: int, rng: np.random.Generator) -> Array:
        """uint8 (3, size, size)."""
        sketch = Sketch.at_random(
            SHAPES[shape], list(COLOURS)[colour], rng,
            position=self.position, scale=self.scale, turn=self.turn, tint=self.tint, clutter=self.clutter,
        )  # fmt: skip
        image = drawn(sketch, self.size)
        if self.noise:
            image = (image + rng.normal(0, 255 * self.noise, image.shape)).round().clip(0, 255).astype(np.uint8)
        return image
