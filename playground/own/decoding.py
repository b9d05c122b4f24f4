"""One untrusted image file: checked before it is decoded, then made upright, opaque, small and square."""

import io
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps, UnidentifiedImageError

from playground.catalog.datasets.own_images import Background as Background
from playground.catalog.datasets.own_images import Resize as Resize
from playground.own.errors import OwnDataError
from playground.own.names import shown
from playground.own.work import go_on
from playground.settings import settings

MAX_SIDE = 20_000
FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM", "AVIF")
ENDINGS = (".png", ".jpg", ".jpeg", ".jfif", ".gif", ".bmp", ".webp", ".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".avif")
HEAD_BYTES = 64
"""So much of the beginning of a file tells what it is."""

_IMAGES = re.compile(
    rb"\x89PNG\r\n\x1a\n|\xff\xd8\xff|GIF8[79]a|BM.{4}\0{4}|RIFF.{4}WEBP|II[*+]\0|MM\0[*+]|P[1-7]\s+[\d#]|.{4}ftyp(avif|avis|mif1|msf1)",
    re.DOTALL,
)
_OTHERS: tuple[tuple[re.Pattern[bytes], str], ...] = tuple(
    (re.compile(pattern, re.DOTALL | re.IGNORECASE), kind)
    for pattern, kind in (
        (rb"PK\x03\x04", "a ZIP archive"),
        (rb"Rar!|7z\xbc\xaf|\x1f\x8b|BZh\d|\xfd7zXZ|\x28\xb5\x2f\xfd", "an archive that is not a ZIP"),
        (rb".{4}ftyp(hei|hev|mif1|msf1)", "a HEIC photo"),
        (rb".{4}ftypavi", "an AVIF image that cannot be decoded here"),
        (rb".{4}ftyp|\x1aE\xdf\xa3|RIFF.{4}AVI ", "a video"),
        (rb"%PDF", "a PDF"),
        (rb"8BPS", "a Photoshop file"),
        (rb"\x00\x00\x01\x00", "an icon"),
        (rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51", "a JPEG 2000 image"),
        (rb"\s*(<\?xml[^>]*>\s*)?<svg", "an SVG drawing"),
        (rb"\s*<(!doctype html|html|head|body)", "a web page"),
        (rb"version https://git-lfs", "a reference to a file in Git LFS"),
    )
)


def is_image(head: bytes, path: str) -> bool:
    """Whether a file is an image, by the first bytes of its content; or named like one, so that decoding tells what is wrong with it."""
    return _IMAGES.match(head) is not None or path.lower().endswith(ENDINGS)


def actual_kind(head: bytes) -> str | None:
    """What a file that is not a readable image is, by its first bytes ("a PDF"); None if unknown."""
    return next((kind for pattern, kind in _OTHERS if pattern.match(head)), "text" if head and _is_text(head) else None)


def _is_text(head: bytes) -> bool:
    return head.isascii() and b"\0" not in head


class UnreadableError(ValueError):
    """A file that is not an image, or damaged; the message says which."""


@dataclass(frozen=True)
class Decoded:
    """A decoded image. pixels: uint8 (C, side, side); float32 (side, side) if it has more than 8 bits, NaN in margins: those are scaled
    together with others. changes: what was done to it, in words that follow "3 images " ("are animated: …"). extremes: its smallest and
    largest value, if it has more than 8 bits."""

    pixels: NDArray[np.uint8] | NDArray[np.float32]
    changes: tuple[str, ...]
    extremes: tuple[float, float] | None = None

    def bytes(self, low: float, high: float, colour: bool, background: Background) -> NDArray[np.uint8]:
        """uint8 (C, side, side). low, high: the values that become 0 and 255, if it has more than 8 bits."""
        if self.extremes is None:
            return self.pixels.astype(np.uint8, copy=False)
        scaled = (self.pixels.astype(np.float64) - low) / (high - low if high > low else 1) * 255
        filled = np.nan_to_num(scaled, nan=255 if background == "white" else 0)
        gray = filled.round().clip(0, 255).astype(np.uint8)[None]
        return np.repeat(gray, 3, axis=0) if colour else gray


def decode_image(
    content: bytes, path: str, side: int, resize: Resize, colour: bool, background: Background
) -> tuple[NDArray[np.uint8], tuple[str, ...]]:
    """The image as uint8 (C, side, side), and what was done to it; more than 8 bits are scaled by its own range.

    Raises: as `decode`."""
    decoded = decode(content, path, side, resize, colour, background)
    if decoded.extremes is None:
        return decoded.bytes(0, 255, colour, background), decoded.changes
    return decoded.bytes(*decoded.extremes, colour, background), (*decoded.changes, "with more than 8 bits: scaled by their range")


def decode(content: bytes, path: str, side: int, resize: Resize, colour: bool, background: Background) -> Decoded:
    """Raises: OwnDataError if it exceeds the server's limits, UnreadableError if it cannot be read."""
    changes: list[str] = []
    try:
        with Image.open(io.BytesIO(content), formats=FORMATS) as image:
            _check_size(image, path)
            upright = _upright(_first_frame(image, side, changes), changes)
            if upright.mode.startswith("I") or upright.mode == "F":
                return _deep(upright, side, resize, tuple(changes))
            if content.startswith(b"\x89PNG") and content[24:25] == b"\x10":
                changes.append("in color with 16 bits: only the upper 8 bits are used")
            square = _square(_opaque(upright, background, changes).convert("RGB" if colour else "L"), side, resize, background)
    except OwnDataError:
        raise
    except Image.DecompressionBombError:
        raise _too_large(path, f"more than {2 * (Image.MAX_IMAGE_PIXELS or 0):,} pixels") from None
    except Exception as error:  # noqa: BLE001 — decoders of damaged files raise almost anything, all of which means the same
        raise UnreadableError(_why(content, error)) from None
    array = np.asarray(square, dtype=np.uint8)
    return Decoded(np.ascontiguousarray(array.transpose(2, 0, 1) if colour else array[None]), tuple(changes))


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
    go_on(pixels=image.width * image.height)
    image.load()
    return image


def _upright(image: Image.Image, changes: list[str]) -> Image.Image:
    if image.getexif().get(0x0112, 1) in range(2, 9):
        changes.append("rotated upright, as recorded by the camera")
        return ImageOps.exif_transpose(image)
    return image


def _opaque(image: Image.Image, background: Background, changes: list[str]) -> Image.Image:
    """8-bit gray or RGB."""
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


def _deep(image: Image.Image, side: int, resize: Resize, changes: tuple[str, ...]) -> Decoded:
    """An image with more than 8 bits, not scaled yet."""
    values = np.asarray(image).astype(np.float32)
    finite = values[np.isfinite(values)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    values = np.where(np.isfinite(values), values, np.float32(low))
    square = _square(Image.fromarray(values), side, resize, float("nan"))
    return Decoded(np.array(square, dtype=np.float32), changes, (low, high))


def _square(image: Image.Image, side: int, resize: Resize, background: Background | float) -> Image.Image:
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
        kind = actual_kind(content[:HEAD_BYTES])
        return f"{kind} instead of an image" if kind else "not an image of a supported format"
    return "damaged or incomplete"
