"""Test digits drawn on a canvas, prepared like a drawing and classified by the pretrained network: accuracy and time.

`python -m benchmarks.drawing` prints a table, and the same as JSON."""

import time
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image

from benchmarks.figures import Figure, median, percentile, report
from playground.drawing import prepare_drawing
from playground.runs.directory import LoadedRun, load_run
from playground.web.pretrained import PRETRAINED

Image8 = NDArray[np.uint8]


def on_canvas(digit: Image8, rng: np.random.Generator, scales: tuple[float, float] = (0.4, 1.0), side: int = 280) -> Image8:
    """A 28×28 digit, white on black, on a canvas of side×side, at a random position and with a random size within `scales` × side."""
    field = round(side * rng.uniform(*scales))
    canvas = np.zeros((side, side), np.uint8)
    top, left = rng.integers(0, side - field + 1, 2)
    canvas[top : top + field, left : left + field] = np.asarray(Image.fromarray(digit).resize((field, field), Image.Resampling.BICUBIC))
    return canvas


def _grainy(canvas: Image8, rng: np.random.Generator) -> Image8:
    return np.clip(canvas * 0.7 + 40 + rng.normal(0, 25, canvas.shape), 0, 255).astype(np.uint8)


def _pale(canvas: Image8, rng: np.random.Generator) -> Image8:
    return (100 + canvas * 0.25).astype(np.uint8)


SURFACES: dict[str, Callable[[Image8, np.random.Generator], Image8]] = {
    "white on black": lambda canvas, rng: canvas,
    "black on white": lambda canvas, rng: 255 - canvas,
    "light gray on dark gray": _pale,
    "with grain": _grainy,
}


def recognized(run: LoadedRun, digits: Image8, labels: NDArray[np.int64], surface: str, seed: int = 0) -> NDArray[np.bool_]:
    """digits: (N, 28, 28) → (N,) whether each is recognized when drawn on this surface at a random size and position."""
    rng = np.random.default_rng(seed)
    prepared = [prepare_drawing(SURFACES[surface](on_canvas(digit, rng), rng)) for digit in digits]
    return np.asarray(run.probabilities(torch.cat(prepared)).argmax(dim=1).numpy() == labels)


def _milliseconds(digits: Image8) -> list[float]:
    rng = np.random.default_rng(0)
    times = []
    for digit in digits:
        canvas = on_canvas(digit, rng)
        started = time.perf_counter()
        prepare_drawing(canvas)
        times.append(1000 * (time.perf_counter() - started))
    return times


def main() -> None:
    torch.set_num_threads(1)
    run = load_run(PRETRAINED["digits"].directory)
    test = run.spec.data.load().test
    digits, labels = np.asarray(test.inputs)[:, 0], np.asarray(test.targets)
    plain = run.probabilities(run.encode(digits)).argmax(dim=1).numpy() == labels
    shares: dict[str, Any] = {surface: 100 * float(recognized(run, digits, labels, surface).mean()) for surface in SURFACES}
    both = (shares["white on black"] + shares["black on white"]) / 2
    times = _milliseconds(digits[:300])
    figures = [
        Figure("pretrained network on the 1,000 test digits", 100 * float(plain.mean()), "%", 98, "higher"),
        *(Figure(f"the same drawn on a canvas, {surface}", share, "%", 96, "higher") for surface, share in shares.items()),
        Figure("drawn on a canvas, white on black and black on white", both, "%", 96, "higher"),
        Figure("preparing a 280×280 canvas, median", median(times), "ms", 5, "lower"),
        Figure("preparing a 280×280 canvas, 95th percentile", percentile(times, 0.95), "ms", 5, "lower"),
    ]
    report(figures)


if __name__ == "__main__":
    main()
