"""One untrusted image file: checked before it is decoded, then made upright, opaque, small and square."""

import io
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from playground.own.errors import OwnDataError
from playground.own.names import shown
from playground.settings import settings

MAX_SIDE = 20_000
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM")
ENDINGS = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm")

Resize = Literal["fit", "crop", "stretch"]
Background = Literal["white", "black"]


class UnreadableError(ValueError):
    """A file that is not an image, or damaged; the message says which."""


def decode_image(
    content: bytes, path: str, side: int, resize: Resize, colour: bool, background: Background
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """The image as uint8 (C, side, side), and what was done to it, in words that follow "3 images " ("are animated: …").

    Raises: OwnDataError if it exceeds the server's limits, UnreadableError if it cannot be read."""
    changes: list[str] = []
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check_size(image, path)
            opaque = _opaque(_upright(_first_frame(image, side, changes), changes), background, changes)
            square = _square(opaque.convert("RGB" if colour else "L"), side, resize, background)
    except OwnDataError:
        raise
    except Image.DecompressionBombError:
        raise _too_large(path, f"more than {2 * (Image.MAX_IMAGE_PIXELS or 0):,} pixels") from None
    except Exception as error:  # noqa: BLE001 — decoders of damaged files raise almost anything, all of which means the same
        raise UnreadableError(_why(content, error)) from None
    array = np.asarray(square, dtype=np.uint8)
    return np.ascontiguousarray(array.transpose(2, 0, 1) if colour else array[None]), tuple(changes)


def _check_size(image: Image.Image, path: str) -> None:
    """Checks the size in the header, which the decoder would allocate, before decoding."""
    width, height = image.size
    if width > MAX_SIDE or height > MAX_SIDE or width * height > settings().upload_pixels:
        raise _too_large(path, f"{width:,} × {height:,} pixels")


def _too_large(path: str, size: str) -> OwnDataError:
    return OwnDataError(
        f"{shown(path, 80)}: {size}; the limits are {MAX_SIDE:,} pixels per side and {settings().upload_pixels:,} in total "
        f"(PLAYGROUND_UPLOAD_PIXELS); make the image smaller or remove it"
    )


def _first_frame(image: Image.Image, side: int, changes: list[str]) -> Image.Image:
    if getattr(image, "is_animated", False):
        changes.append("animated or with several pages: only the first frame is used")
        image.seek(0)
    image.draft("RGB" if image.mode != "L" else "L", (2 * side, 2 * side))  # JPEG then decodes at reduced resolution
    image.load()
    return image


def _upright(image: Image.Image, changes: list[str]) -> Image.Image:
    if image.getexif().get(0x0112, 1) in range(2, 9):
        changes.append("rotated upright, as recorded by the camera")
        return ImageOps.exif_transpose(image)
    return image


def _opaque(image: Image.Image, background: Background, changes: list[str]) -> Image.Image:
    """8-bit gray or RGB."""
    if image.mode.startswith("I") or image.mode == "F":
        changes.append("with more than 8 bits: converted to 8 bits")
        return _to_8_bits(image)
    if image.mode == "CMYK":
        changes.append("in CMYK: converted to RGB, ignoring the color profile")
    if image.mode in ("RGBA", "LA", "PA", "RGBa", "La") or "transparency" in image.info:
        whole = image.convert("RGBA")
        if whole.getchannel("A").getextrema()[0] != 255:
            changes.append(f"transparent: shown on {background}")
        below = Image.new("RGBA", whole.size, background)
        below.alpha_composite(whole)
        return below.convert("RGB")
    return image if image.mode in ("L", "RGB") else image.convert("L" if image.mode == "1" else "RGB")


def _to_8_bits(image: Image.Image) -> Image.Image:
    values = np.asarray(image).astype(np.float64)
    values = np.nan_to_num(values, posinf=0, neginf=0)
    low, high = values.min(), values.max()
    if image.mode == "F" or high > 65_535 or low < 0:
        values = (values - low) / (high - low if high > low else 1) * 255
    elif high > 255 or image.mode.startswith("I;16"):
        values = values / 257
    return Image.fromarray(values.round().astype(np.uint8))


def _square(image: Image.Image, side: int, resize: Resize, background: Background) -> Image.Image:
    width, height = image.size
    if resize == "crop":
        short = min(width, height)
        left, top = (width - short) // 2, (height - short) // 2
        image = image.crop((left, top, left + short, top + short))
    if resize != "fit" or width == height:
        return image.resize((side, side), Image.Resampling.BILINEAR)
    scale = side / max(width, height)
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    field = Image.new(image.mode, (side, side), background)
    field.paste(image.resize(size, Image.Resampling.BILINEAR), ((side - size[0]) // 2, (side - size[1]) // 2))
    return field


def _why(content: bytes, error: Exception) -> str:
    if not content:
        return "empty"
    if isinstance(error, UnidentifiedImageError):
        head = content[:200]
        is_text = head.isascii() and b"\0" not in head
        return "text instead of an image" if is_text else "not an image of a supported format"
    return "damaged or incomplete"
