"""Digits on a canvas, through the drawing's own preparation, into the pretrained network: how many are recognised, and how fast.

python -m benchmarks.drawing     prints a table, and the same as JSON"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.figures import Figure, median, percentile, tell
from playground.drawing import prepare_drawing
from playground.runs.directory import LoadedRun, load_run

PRETRAINED = Path(__file__).resolve().parents[1] / "assets" / "pretrained" / "digits"

Picture = NDArray[np.uint8]


def on_canvas(digit: Picture, rng: np.random.Generator, scales: tuple[float, float] = (0.4, 1.0), side: int = 280) -> Picture:
    """A 28×28 digit, white on black, on a canvas of side×side: its field `scales` of the side wide, anywhere on it."""
    field = round(side * rng.uniform(*scales))
    canvas = np.zeros((side, side), np.uint8)
    top, left = rng.integers(0, side - field + 1, 2)
    canvas[top : top + field, left : left + field] = np.asarray(Image.fromarray(digit).resize((field, field), Image.Resampling.BICUBIC))
    return canvas


def _grainy(canvas: Picture, rng: np.random.Generator) -> Picture:
    return np.clip(canvas * 0.7 + 40 + rng.normal(0, 25, canvas.shape), 0, 255).astype(np.uint8)


def _pale(canvas: Picture, rng: np.random.Generator) -> Picture:
    return (100 + canvas * 0.25).astype(np.uint8)


SURFACES: dict[str, Callable[[Picture, np.random.Generator], Picture]] = {
    "white on black": lambda canvas, rng: canvas,
    "black on white": lambda canvas, rng: 255 - canvas,
    "light grey on dark grey": _pale,
    "with grain": _grainy,
}


def recognised(run: LoadedRun, digits: Picture, labels: NDArray[np.int64], surface: str, seed: int = 0) -> NDArray[np.bool_]:
    """digits: (N, 28, 28) → (N,) whether each is recognised, drawn on this surface at a random size and place."""
    rng = np.random.default_rng(seed)
    prepared = [prepare_drawing(SURFACES[surface](on_canvas(digit, rng), rng)) for digit in digits]
    return np.asarray(run.probabilities(torch.cat(prepared)).argmax(dim=1).numpy() == labels)


def _milliseconds(digits: Picture) -> list[float]:
    rng = np.random.default_rng(0)
    taken = []
    for digit in digits:
        canvas = on_canvas(digit, rng)
        started = time.perf_counter()
        prepare_drawing(canvas)
        taken.append(1000 * (time.perf_counter() - started))
    return taken


def main() -> None:
    torch.set_num_threads(1)
    run = load_run(PRETRAINED)
    test = run.spec.data.load().test
    digits, labels = np.asarray(test.inputs)[:, 0], np.asarray(test.targets)
    plain = run.probabilities(run.encode(digits)).argmax(dim=1).numpy() == labels
    shares: dict[str, Any] = {surface: 100 * float(recognised(run, digits, labels, surface).mean()) for surface in SURFACES}
    both = (shares["white on black"] + shares["black on white"]) / 2
    taken = _milliseconds(digits[:300])
    figures = [
        Figure("pretrained network on the 1,000 test digits", 100 * float(plain.mean()), "%", 98, "higher"),
        *(Figure(f"the same as canvas pictures, {surface}", share, "%", 96, "higher") for surface, share in shares.items()),
        Figure("canvas pictures, white on black and black on white", both, "%", 96, "higher"),
        Figure("preparing a canvas of 280×280, median", median(taken), "ms", 5, "lower"),
        Figure("preparing a canvas of 280×280, 95th percentile", percentile(taken, 0.95), "ms", 5, "lower"),
    ]
    tell(figures)


if __name__ == "__main__":
    main()
