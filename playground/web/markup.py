"""Images and numbers as HTML for `st.html`, which allows neither scripts nor external addresses."""

import base64
import math
from collections.abc import Sequence
from html import escape

from PIL import Image
from torch import Tensor

from playground.explain.render import Scale, legend, png, signed_scale


def image(picture: Image.Image, description: str, classes: str = "pg-pixels") -> str:
    """The image, embedded in the page; the style sheet enlarges its pixels."""
    packed = base64.b64encode(png(picture)).decode()
    return f'<img class="{classes}" alt="{escape(description, quote=True)}" src="data:image/png;base64,{packed}">'


def legend_of(scale: Scale, below: Sequence[str] = ()) -> str:
    """The color scale as a bar between its two end values. below: what the ends mean."""
    ends = f"<span>{number(scale.low)}</span>{image(legend(scale, 128, 4), 'color scale', 'pg-ramp')}<span>{number(scale.high)}</span>"
    words = "".join(f"<span>{escape(word)}</span>" for word in below)
    return f'<div class="pg-legend">{ends}</div>' + (f'<div class="pg-legend-words">{words}</div>' if words else "")


def legend_of_signed(values: Tensor) -> str:
    """The legend of values that speak for or against something; without the negative half if nothing is negative."""
    scale = signed_scale(values)
    return legend_of(scale, ["against", "for"]) if float(values.min()) < 0 else legend_of(scale.upper, ["", "for"])


def signed_number(value: float) -> str:
    """As `number`, with a plus sign if it is positive."""
    return f"+{number(value)}" if value > 0 else number(value)


def number(value: float) -> str:
    """Three significant digits, with a real minus sign: −0.42, 12.3, 1.2·10⁻⁵."""
    if value == 0:
        return "0"
    size = abs(value)
    if not math.isfinite(size):
        return "–"
    if 1e-3 <= size < 1e5:
        text = f"{size:.{max(0, 2 - math.floor(math.log10(size)))}f}"
    else:
        mantissa, exponent = f"{size:.1e}".split("e")
        text = f"{mantissa}·10" + str(int(exponent)).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"−{text}" if value < 0 else text


def exact_number(value: float) -> str:
    """Four significant digits without needless zeros, with a real minus sign: −0.4213, 0.03, 1.2·10⁻⁵."""
    if value == 0:
        return "0"
    size = abs(value)
    if not math.isfinite(size):
        return "–" if math.isnan(size) else "∞" if value > 0 else "−∞"
    if 1e-4 <= size < 1e6:
        text = f"{size:.{max(0, 3 - math.floor(math.log10(size)))}f}"
        text = text.rstrip("0").rstrip(".") if "." in text else text
    else:
        mantissa, exponent = f"{size:.3e}".split("e")
        text = f"{mantissa.rstrip('0').rstrip('.')}·10{str(int(exponent)).translate(str.maketrans('-0123456789', '⁻⁰¹²³⁴⁵⁶⁷⁸⁹'))}"
    return f"−{text}" if value < 0 else text


def percent(share: float) -> str:
    """0.98342 → 98.3 %."""
    return f"{100 * share:.1f} %"


def duration(seconds: float) -> str:
    """23 ms, 1.4 s."""
    return f"{1000 * seconds:.0f} ms" if seconds < 1 else f"{seconds:.1f} s"


def quoted(text: str) -> str:
    """The text with Markdown characters escaped."""
    return "".join(f"\\{character}" if character in "\\`*_[]<>$#~|:" else character for character in text)
