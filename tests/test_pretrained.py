"""The networks that are included with the app: what they say of themselves is true, and that of the Draw page recognizes digits however
they are drawn on the canvas."""

import json
import math

import numpy as np
import pytest
import torch
from PIL import Image, ImageDraw

from benchmarks.drawing import recognized
from playground.drawing import prepare_drawing
from playground.runs.directory import load_run
from playground.web.pretrained import PRETRAINED

SIZES = {"digits": 500_000, "char_gpt": 3_500_000}
"""The most bytes that they take, where that is not a megabyte."""
ACCURACY = {"digits": 0.98, "vit_digits": 0.96, "sentiment_attention": 0.98, "reverse_transformer": 0.999, "char_gpt": 0.5}
MOST = 1600
"""Test examples that are looked at."""


def reached(name):
    """The last line of its log."""
    return json.loads((PRETRAINED[name].directory / "metrics.jsonl").read_text().splitlines()[-1])


@pytest.fixture(scope="module")
def run():
    return load_run(PRETRAINED["digits"].directory)


@pytest.fixture(scope="module")
def held_out_digits(run):
    test = run.spec.data.load().test
    return np.asarray(test.inputs)[:, 0], np.asarray(test.targets)


@pytest.mark.parametrize("name", PRETRAINED)
def test_it_is_small_and_says_how_it_was_made(name):
    directory = PRETRAINED[name].directory
    files = {path.name: path.stat().st_size for path in directory.iterdir()}
    assert sorted(files) == ["README.md", "metrics.jsonl", "model.safetensors", "spec.json"]
    assert sum(files.values()) <= SIZES.get(name, 1_000_000)
    run, finished = load_run(directory), reached(name)
    assert finished["event"] == "finished"
    assert finished["step"] == run.step
    assert f"{run.step:,} training steps" in (directory / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PRETRAINED)
def test_it_reaches_on_the_test_set_what_it_says(name):
    run, finished = load_run(PRETRAINED[name].directory), reached(name)
    test = run.spec.data.load().test
    outputs = torch.cat([run.model(x) for x in run.encode(test.inputs[:MOST]).split(256)]).detach()
    targets = torch.as_tensor(test.targets[:MOST])
    answers = outputs.argmax(dim=-1) if outputs.shape[-1] > 1 else (outputs[..., 0] > 0).long()
    accuracy = float((answers == targets).float().mean())
    whole = min(MOST, len(test.targets)) == len(test.targets)
    assert accuracy == pytest.approx(finished["test_accuracy"], abs=0.0011 if whole else 0.02)
    assert accuracy >= ACCURACY[name]


@pytest.mark.parametrize("surface", ["white on black", "black on white", "light gray on dark gray", "with grain"])
def test_it_reads_them_from_the_canvas_in_any_size_and_place(run, held_out_digits, surface):
    digits, labels = held_out_digits
    assert float(recognized(run, digits[::4], labels[::4], surface).mean()) >= 0.96


def _arc(x, y, width, height, start, end):
    angles = [math.radians(start + (end - start) * step / 30) for step in range(31)]
    return [(x + width * math.cos(angle), y + height * math.sin(angle)) for angle in angles]


STROKES = {
    0: [_arc(0.5, 0.5, 0.28, 0.42, 0, 360)],
    1: [[(0.42, 0.25), (0.55, 0.1), (0.55, 0.9)]],
    2: [[*_arc(0.5, 0.32, 0.27, 0.22, -170, 30), (0.25, 0.9), (0.78, 0.9)]],
    3: [[*_arc(0.45, 0.3, 0.25, 0.2, -140, 90), *_arc(0.45, 0.7, 0.28, 0.2, -90, 140)]],
    4: [[(0.55, 0.1), (0.25, 0.6), (0.8, 0.6)], [(0.65, 0.35), (0.65, 0.92)]],
    5: [[(0.75, 0.1), (0.35, 0.1), (0.32, 0.45), *_arc(0.48, 0.66, 0.27, 0.24, -110, 150)]],
    6: [[(0.62, 0.08), (0.4, 0.3), (0.3, 0.6), *_arc(0.5, 0.7, 0.2, 0.2, 180, 540)]],
    7: [[(0.22, 0.12), (0.78, 0.12), (0.42, 0.9)]],
    8: [_arc(0.5, 0.3, 0.19, 0.19, 90, 450), _arc(0.5, 0.7, 0.23, 0.21, -90, 270)],
    9: [_arc(0.5, 0.3, 0.21, 0.2, 0, 360), [(0.68, 0.6), (0.6, 0.92)]],
}


def _drawn(digit, brush, size, x, y):
    image = Image.new("L", (280, 280), 255)
    pen = ImageDraw.Draw(image)
    for stroke in STROKES[digit]:
        points = [(x + size * px, y + size * py) for px, py in stroke]
        pen.line(points, 0, brush, joint="curve")
        for px, py in points:
            pen.ellipse((px - brush / 2, py - brush / 2, px + brush / 2, py + brush / 2), 0)
    return image


@pytest.mark.parametrize("brush", [6, 12, 18, 24, 30])
@pytest.mark.parametrize(("size", "x", "y"), [(280, 0, 0), (200, 70, 10), (140, 20, 120)])
def test_it_reads_ten_digits_drawn_with_a_brush(run, brush, size, x, y):
    prepared = torch.cat([prepare_drawing(_drawn(digit, brush * size // 280 + 2, size, x, y)) for digit in range(10)])
    assert run.probabilities(prepared).argmax(1).tolist() == list(range(10))
