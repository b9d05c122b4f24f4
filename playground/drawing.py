"""Turns a drawing of a digit into the image that a network trained on MNIST expects."""

import io
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError
from scipy import ndimage
from torch import Tensor

Plane = NDArray[np.float32]

SIZE = 28
BOX = 20

_FINER = 4
_FULL_BELOW = 16
_MAX_SIDE = 1024
_MAX_PIXELS = 40_000_000
_MAX_FILE_BYTES = 50_000_000
_GRID = 64
_LEAST_CONTRAST = 0.06
_LEAST_INK = 0.1
_NOISY = 0.03
_SPECK_SHARE = 0.03
_EIGHT_NEIGHBORS = np.ones((3, 3), np.bool_)


class DrawingError(Exception):
    """An image that cannot be read or in which no digit can be found: the message says why and what to do."""


def prepare_drawing(image: Image.Image | NDArray[Any] | Tensor, *, size: int = SIZE, box: int = BOX) -> Tensor:
    """Prepares the drawing as MNIST was prepared: cropped to the ink, fitted into `box`×`box` with its aspect ratio kept and its edges
    smoothed, and moved so that its center of mass lies in the middle of `size`×`size`.

    image: any size; gray, RGB, or RGBA where transparent means no ink; light on dark or dark on light; uint8, or floats in
    [0, 1] or [0, 255]; (H, W), (H, W, 1 | 3 | 4) or (1, H, W). Ink that is faint all over is made full, specks are left out.
    → float32 (1, 1, size, size) in [0, 1], ink 1 on ground 0.

    Source: LeCun, Cortes, Burges, "The MNIST database of handwritten digits".
    Raises: DrawingError if nothing is drawn yet, or the array is not an image."""
    plane = _shrink(_gray(image))
    ink = _without_specks(_ink(plane))
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    if not rows.size:
        raise _nothing()
    crop = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    return torch.from_numpy(_centered(_fitted(crop, box), size))[None, None]


def prepare_for(shape: tuple[int, ...], image: Image.Image | NDArray[Any] | Tensor) -> Tensor:
    """Prepares the drawing for a network whose examples have this shape: (1, 28, 28) as in MNIST. Other sizes are prepared four times finer
    and averaged, so that gray is the share of ink, as in scans; below 16 pixels digits fill their picture, as those of 8×8 do.

    → float32 (1, *shape) in [0, 1]. Raises: DrawingError if such a network takes no drawings, or nothing is drawn."""
    if len(shape) != 3 or shape[0] != 1 or shape[1] != shape[2]:
        raise DrawingError(f"this network takes {'×'.join(map(str, shape))} numbers, not drawings; train one on digits")
    if shape[1] == SIZE:
        return prepare_drawing(image)
    fine = _FINER * shape[1]
    prepared = prepare_drawing(image, size=fine, box=fine if shape[1] < _FULL_BELOW else round(fine * BOX / SIZE))
    return torch.nn.functional.avg_pool2d(prepared, _FINER)


def load_image(path: str | Path) -> Image.Image:
    """Reads an image file and rotates it upright.

    Raises: DrawingError if there is no such file, or it is not an image, is damaged, or has more than 40 million pixels."""
    file = Path(path)
    check_image_file(file)
    return read_image(file.read_bytes(), str(file))


def check_image_file(file: Path) -> None:
    """Raises: DrawingError if there is no such file, or it is too large for an image."""
    if not file.is_file():
        raise DrawingError(f"{file}: " + ("is not a file" if file.exists() else "no such file"))
    if file.stat().st_size > _MAX_FILE_BYTES:
        raise DrawingError(f"{file}: larger than {_MAX_FILE_BYTES // 1_000_000} MB; use a smaller image")


def read_image(content: bytes, name: str, formats: tuple[str, ...] | None = None) -> Image.Image:
    """The image in the content of a file, upright. formats: those that are decoded, by Pillow's names.

    Raises: DrawingError, as `load_image`."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limit below is tighter than the one it warns of
            with Image.open(io.BytesIO(content), formats=formats) as image:
                if image.width * image.height > _MAX_PIXELS:
                    raise DrawingError(f"{name}: {image.width}×{image.height} is more than 40 million pixels; use a smaller image")
                return ImageOps.exif_transpose(image).copy()
    except UnidentifiedImageError:
        raise DrawingError(f"{name}: is not an image; use PNG, JPEG or another common format") from None
    except Image.DecompressionBombError:
        raise DrawingError(f"{name}: has more than 40 million pixels; use a smaller image") from None
    except (OSError, SyntaxError, ValueError, TypeError, KeyError, IndexError, EOFError, MemoryError) as error:
        # What Pillow's decoders raise at damaged files.
        raise DrawingError(f"{name}: cannot be read as an image: {str(error)[:120] or type(error).__name__}") from None


def _nothing() -> DrawingError:
    return DrawingError("nothing drawn yet: draw a digit")


def _gray(image: Image.Image | NDArray[Any] | Tensor) -> Plane:
    """Brightness in [0, 1], (H, W)."""
    if isinstance(image, Image.Image):
        return _gray_array(_channels(image))
    array = np.asarray(image.detach().cpu()) if isinstance(image, Tensor) else np.asarray(image)
    return _gray_array(array)


def _channels(image: Image.Image) -> NDArray[Any]:
    if image.mode in ("L", "RGB", "RGBA", "I", "F") or image.mode.startswith("I;16"):
        return np.asarray(image)
    transparent = image.mode in ("LA", "PA", "La", "RGBa") or "transparency" in image.info
    return np.asarray(image.convert("RGBA" if transparent else "L" if image.mode == "1" else "RGB"))


def _gray_array(array: NDArray[Any]) -> Plane:
    while array.ndim > 2 and array.shape[0] == 1:
        array = array[0]
    if array.ndim not in (2, 3) or 0 in array.shape or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise DrawingError(f"a drawing is (height, width) or (height, width, 1, 3 or 4 channels), got an array {array.shape}")
    if array.dtype.kind not in "biuf":
        raise DrawingError(f"a drawing holds numbers, got {array.dtype}")
    step = -(-max(array.shape[:2]) // (4 * _MAX_SIDE))  # a huge picture is thinned out before it becomes floats
    values = _unit_range(array[::step, ::step])
    if values.ndim == 2:
        return values
    if values.shape[2] == 1:
        return values[:, :, 0]
    light: Plane = values[:, :, :3] @ np.array([0.299, 0.587, 0.114], np.float32)
    return light if values.shape[2] == 3 else _flattened(light, values[:, :, 3])


def _unit_range(array: NDArray[Any]) -> Plane:
    values = np.asarray(array, np.float32)
    if array.dtype == np.uint8:
        return values / np.float32(255)
    if not np.isfinite(values).all():
        raise DrawingError("a drawing holds finite numbers; this one has NaN or infinity")
    low, high = float(values.min()), float(values.max())
    if low >= 0 and high <= 1:
        return values
    if low >= 0 and high <= 255:
        return values / np.float32(255)
    return (values - np.float32(low)) / np.float32(high - low) if high > low else np.zeros_like(values)


def _flattened(light: Plane, alpha: Plane) -> Plane:
    """An image with transparency on a uniform background: strokes on a transparent background are ink whatever their color; an opaque image
    on a transparent background stays as it is."""
    opaque = alpha > 0.5
    if opaque.all():
        return light
    if not opaque.any():
        return alpha
    low, high = np.percentile(light[opaque], [2, 98])
    if high - low < 0.5:
        return alpha
    return np.asarray(alpha * light + (1 - alpha) * np.median(light[opaque]), np.float32)


def _shrink(plane: Plane) -> Plane:
    factor = -(-max(plane.shape) // _MAX_SIDE)
    return plane if factor == 1 else np.asarray(Image.fromarray(plane).reduce(factor), np.float32)


def _ink(plane: Plane) -> Plane:
    """How much ink each pixel has, in [0, 1]: its distance from the background, which is the color of most of the border."""
    distance, noise = _from_ground(plane)
    while noise > _NOISY and max(plane.shape) > 2 * _GRID:  # grain averages out, strokes are far wider
        plane = np.asarray(Image.fromarray(plane).reduce(2), np.float32)
        distance, noise = _from_ground(plane)
    contrast = max(_LEAST_CONTRAST, 4 * noise)
    lighter, darker = float(np.sum(distance[distance > contrast])), -float(np.sum(distance[distance < -contrast]))
    if lighter == darker == 0:
        raise _nothing()
    ink: Plane = distance if lighter >= darker else -distance
    full = float(np.percentile(ink[ink > contrast], 95))
    ink = np.clip(ink / np.float32(full), np.float32(0), np.float32(1))
    ink[ink < max(_LEAST_INK, 3 * noise / full)] = 0
    return ink


def _from_ground(plane: Plane) -> tuple[Plane, float]:
    """Brightness relative to the background, and the background's noise (standard deviation). Uneven lighting is removed."""
    edge = max(1, min(plane.shape) // 50)
    frame = np.ones(plane.shape, np.bool_)
    frame[edge:-edge, edge:-edge] = False
    border = plane[frame]
    ground = float(np.median(border))
    far = np.abs(border - ground)
    if float(np.mean(far > 0.25)) > 0.3:  # the digit fills its border: the ground is then what most of the picture shows
        return plane - np.float32(np.median(plane)), 0.0
    plain = far < 0.25
    spread = _spread(far[plain])
    if spread <= 0.005:
        return plane - np.float32(ground), spread
    rows, columns = np.nonzero(frame)
    level = np.stack([np.ones(rows.size), rows, columns], axis=1)
    slope = np.linalg.lstsq(level[plain], border[plain], rcond=None)[0]
    light = slope[0] + slope[1] * np.arange(plane.shape[0])[:, None] + slope[2] * np.arange(plane.shape[1])[None]
    distance = np.asarray(plane - light, np.float32)
    return distance, _spread(np.abs(distance[frame][plain]))


def _spread(distances: Plane) -> float:
    """Standard deviation of noise from its magnitudes: close enough for two-sided grain (1.28 σ) and for grain clipped at black."""
    return float(np.percentile(distances, 80))


def _without_specks(ink: Plane) -> Plane:
    """The ink without parts that are too small to be a stroke, such as grains of noise. Found on a coarse grid, which is fast."""
    side = -(-max(ink.shape) // _GRID)
    height, width = -(-ink.shape[0] // side), -(-ink.shape[1] // side)
    padded = np.zeros((height * side, width * side), np.float32)
    padded[: ink.shape[0], : ink.shape[1]] = ink
    cells = padded.reshape(height, side, width, side).mean(axis=(1, 3))
    inked = cells > (0.5 / side)  # half of a line one pixel thin
    if not inked.any():
        return ink
    near = ndimage.binary_dilation(_large_parts(inked, cells), structure=_EIGHT_NEIGHBORS)
    mask = np.repeat(np.repeat(near, side, axis=0), side, axis=1)[: ink.shape[0], : ink.shape[1]]
    return np.where(mask, ink, np.float32(0))


def _large_parts(inked: NDArray[np.bool_], mass: Plane) -> NDArray[np.bool_]:
    """Which cells belong to a connected part (diagonal neighbors included) with at least 3 % of all ink."""
    labels, _ = ndimage.label(inked, structure=_EIGHT_NEIGHBORS)
    weights = np.bincount(labels.ravel(), weights=mass.ravel())
    weights[0] = 0  # cells without ink
    large: NDArray[np.bool_] = (weights >= _SPECK_SHARE * weights.sum())[labels] & inked
    return large


def _fitted(crop: Plane, box: int) -> Plane:
    """Scales so that the longer side is `box`, with smooth edges, and restores full ink (thin strokes fade when they shrink)."""
    height, width = crop.shape
    scale = box / max(height, width)
    target = (max(1, round(width * scale)), max(1, round(height * scale)))
    if target == (width, height):
        return crop
    kernel = Image.Resampling.BOX if scale < 0.5 else Image.Resampling.BICUBIC
    fitted = np.clip(np.asarray(Image.fromarray(crop).resize(target, kernel), np.float32), 0, None)
    full = float(np.percentile(fitted[fitted > 0.05], 95)) if (fitted > 0.05).any() else float(fitted.max())
    return np.asarray(np.clip(fitted / max(full, 1e-6), 0, 1), np.float32)


def _centered(fitted: Plane, size: int) -> Plane:
    """Places the center of mass on pixel `size // 2`, as far as there is room."""
    height, width = fitted.shape
    total = float(fitted.sum())
    row = float(fitted.sum(axis=1) @ np.arange(height)) / total
    column = float(fitted.sum(axis=0) @ np.arange(width)) / total
    top = min(max(round(size // 2 - row), 0), size - height)
    left = min(max(round(size // 2 - column), 0), size - width)
    picture = np.zeros((size, size), np.float32)
    picture[top : top + height, left : left + width] = fitted
    return picture
