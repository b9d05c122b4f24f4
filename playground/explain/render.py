"""Attributions and feature maps as images, with the values of their legend.

Blue is positive, orange negative, on a scale that is symmetric about zero; magnitudes run from dark violet to yellow. Both are safe
for color-blind readers. Source: ColorBrewer 2.0 (PuOr, RdBu); viridis, Smith and van der Walt 2015."""

import io
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

Plane = NDArray[np.float32]

SIGNED_STOPS = ("#b35806", "#e08214", "#fdb863", "#fee0b6", "#f7f7f7", "#d1e5f0", "#92c5de", "#4393c3", "#2166ac")
MAGNITUDE_STOPS = ("#440154", "#472d7b", "#3b528b", "#2c728e", "#21918c", "#28ae80", "#5ec962", "#addc30", "#fde725")


@dataclass(frozen=True)
class Scale:
    """A color scale: values from `low` to `high`, linear between the color stops, clipped beyond them."""

    low: float
    high: float
    stops: tuple[str, ...]

    @property
    def ticks(self) -> tuple[float, float, float]:
        """The values for a legend: both ends and the middle."""
        return self.low, (self.low + self.high) / 2, self.high

    @property
    def upper(self) -> "Scale":
        """The positive half of a signed scale, in the same colors: for the legend if nothing is negative."""
        return Scale(0.0, self.high, self.stops[len(self.stops) // 2 :])


def plane_of(values: Tensor | NDArray[np.floating]) -> Plane:
    """Values of one example as a plane: (1, C, H, W) or (C, H, W) summed over channels, (H, W) as it is, (units,) as one row.

    Values that are not finite become 0."""
    array = np.asarray(values.detach().cpu() if isinstance(values, Tensor) else values, np.float32)
    array = np.nan_to_num(array, nan=0.0, posinf=0.0, neginf=0.0)
    while array.ndim > 3 and array.shape[0] == 1:
        array = array[0]
    if array.ndim == 3:
        return np.asarray(array.sum(axis=0), np.float32)
    if array.ndim == 1:
        return array[None]
    if array.ndim != 2:
        raise ValueError(f"expected one example, (1, C, H, W), (C, H, W), (H, W) or (units,), got {array.shape}")
    return array


def signed_scale(values: Tensor | NDArray[np.floating], limit: float | None = None) -> Scale:
    """Symmetric about zero. limit: the value at the ends; by default the largest magnitude, or 1 if all values are zero."""
    end = float(np.abs(plane_of(values)).max()) if limit is None else abs(limit)
    end = end if end > 0 else 1.0
    return Scale(-end, end, SIGNED_STOPS)


def magnitude_scale(values: Tensor | NDArray[np.floating]) -> Scale:
    """From the smallest value to the largest; from 0 if no value is negative."""
    plane = plane_of(values)
    low, high = min(0.0, float(plane.min())), float(plane.max())
    return Scale(low, high if high > low else low + 1.0, MAGNITUDE_STOPS)


def colored(plane: Plane, scale: Scale) -> NDArray[np.uint8]:
    """(H, W) → red, green and blue (H, W, 3), linear between the color stops."""
    stops = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in scale.stops], np.float32)
    place = np.clip((plane - scale.low) / (scale.high - scale.low), 0, 1) * (len(stops) - 1)
    channels = [np.interp(place, np.arange(len(stops)), stops[:, channel]) for channel in range(3)]
    return np.stack(channels, axis=-1).round().astype(np.uint8)


def picture(values: Tensor | NDArray[np.floating], scale: Scale, zoom: int = 1) -> Image.Image:
    """RGB, each value a square of `zoom` pixels. values: of one example, as `plane_of` takes them."""
    plane = plane_of(values)
    return _enlarged(Image.fromarray(colored(plane, scale)), zoom)


def photograph(image: Tensor | NDArray[np.floating], zoom: int = 1) -> Image.Image:
    """The input itself, (1, C, H, W), (C, H, W) or (H, W) in [0, 1]: three channels as red, green and blue, any other number as their mean
    in gray."""
    array = np.asarray(image.detach().cpu() if isinstance(image, Tensor) else image, np.float32)
    array = array.reshape(-1, *array.shape[-2:])
    if array.shape[0] != 3:
        array = np.repeat(array.mean(axis=0, keepdims=True), 3, axis=0)
    return _enlarged(Image.fromarray((255 * array.clip(0, 1)).round().astype(np.uint8).transpose(1, 2, 0)), zoom)


def overlay(
    values: Tensor | NDArray[np.floating], scale: Scale, image: Tensor | NDArray[np.floating], zoom: int = 1, strength: float = 0.75
) -> Image.Image:
    """The values overlaid on the gray image, (C, H, W) in [0, 1], that they explain; `strength` is the opacity of their colors."""
    gray = np.clip(plane_of(image) / max(1, _channels(image)), 0, 1)
    base = np.repeat((255 * gray)[..., None], 3, axis=2)
    mixed = strength * colored(plane_of(values), scale) + (1 - strength) * base
    return _enlarged(Image.fromarray(mixed.round().astype(np.uint8)), zoom)


def legend(scale: Scale, width: int = 240, height: int = 14) -> Image.Image:
    """The scale as a bar, with low values on the left."""
    ramp = np.linspace(scale.low, scale.high, width, dtype=np.float32)
    return Image.fromarray(colored(np.repeat(ramp[None], height, axis=0), scale))


def figure(
    values: Tensor | NDArray[np.floating], scale: Scale, image: Tensor | NDArray[np.floating], title: str = "", side: int = 420
) -> Image.Image:
    """An image to save: the input, its attribution, the legend with values, and a title."""
    shape = plane_of(values).shape
    zoom = max(1, side // max(shape))
    height, width = shape[0] * zoom, shape[1] * zoom
    margin, bar, text = 16, 14, 18
    sheet = Image.new("RGB", (2 * width + 3 * margin, height + 2 * margin + bar + 2 * text), "white")
    sheet.paste(photograph(image, zoom), (margin, margin))
    sheet.paste(picture(values, scale, zoom), (2 * margin + width, margin))
    sheet.paste(legend(scale, width, bar), (2 * margin + width, 2 * margin + height))
    draw, font = ImageDraw.Draw(sheet), ImageFont.load_default(12)
    below = 2 * margin + height + bar + 2
    words = ("{} against", "{}", "for {}") if scale.low < 0 else ("{}", "{}", "{}")
    for word, tick, position, anchor in zip(words, scale.ticks, (0.0, 0.5, 1.0), ("la", "ma", "ra"), strict=True):
        label = word.format(f"{tick:.3g}")  # with a hyphen: Pillow's own font has no minus
        draw.text((2 * margin + width + position * width, below), label, fill="#333333", font=font, anchor=anchor)
    draw.text((margin, 2 * margin + height), title, fill="#333333", font=font)
    return sheet


def png(image: Image.Image) -> bytes:
    """The image as a PNG file."""
    file = io.BytesIO()
    image.save(file, "PNG")
    return file.getvalue()


def _enlarged(image: Image.Image, zoom: int) -> Image.Image:
    return image if zoom == 1 else image.resize((image.width * zoom, image.height * zoom), Image.Resampling.NEAREST)


def _channels(image: Tensor | NDArray[np.floating]) -> int:
    return image.shape[-3] if image.ndim >= 3 else 1
