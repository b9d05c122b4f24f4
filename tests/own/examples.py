"""Small uploads, and an uploaded dataset of each kind, stored in this test's data folder."""

import io
import zipfile
from collections.abc import Mapping

import numpy as np
from PIL import Image

from playground.catalog.datasets import Dataset
from playground.own import (
    PASTED,
    ImageChoices,
    guess,
    guess_series,
    guess_text,
    keep,
    prepare_digits,
    prepare_images,
    prepare_points,
    prepare_series,
    prepare_table,
    prepare_text,
    read_table,
    read_texts,
)  # fmt: skip


def csv_of_flowers(rows: int = 60) -> bytes:
    """Three species of flowers that differ in two measurements and a color."""
    rng = np.random.default_rng(0)
    lines = ["petal length,petal width,colour,species"]
    for row in range(rows):
        kind = row % 3
        length, width = rng.normal(1.5 + 2 * kind, 0.3), rng.normal(0.3 + kind, 0.1)
        lines.append(
            f"{length:.2f},{width:.2f},{('white', 'blue', 'red')[row % 2 + (kind == 2)]},{('setosa', 'versicolor', 'virginica')[kind]}"
        )
    return ("\n".join(lines) + "\n").encode()


def csv_of_reviews(rows: int = 120) -> bytes:
    """Sentences of praise and complaint, each a different one, of which two words decide."""
    things, judgments = ("food", "room", "film", "garden", "music"), (("bad", "awful", "dull"), ("good", "great", "lovely"))
    lines = ["review,mood"]
    for row in range(rows):
        mood, number = row % 2, row // 2
        thing, word = things[number % 5], judgments[mood][number % 3]
        lines.append(f'"We saw the {thing}, number {number}, and it was {word}.",{("complaint", "praise")[mood]}')
    return ("\n".join(lines) + "\n").encode()


def story(paragraphs: int = 40) -> str:
    """A text of many sentences that are all different."""
    animals = ("cat", "dog", "owl", "fox", "hen")
    return "\n".join(f"Day {day}: the {animals[day % 5]} met the {animals[day * 7 % 4]} {day * day} times." for day in range(paragraphs))


def csv_of_months(months: int = 120) -> bytes:
    """A value for each month, which grows and has a season."""
    rows = [f"{1990 + month // 12}-{month % 12 + 1:02d},{200 + month + 30 * np.sin(month / 6 * np.pi):.2f}" for month in range(months)]
    return ("\n".join(["month,sales", *rows]) + "\n").encode()


def png(values: np.ndarray, **settings: object) -> bytes:
    """uint8 (H, W), (H, W, 3) or (H, W, 4) as a PNG."""
    return saved(Image.fromarray(values), "PNG", **settings)


def saved(image: Image.Image, form: str, **settings: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **settings)  # type: ignore[arg-type]
    return out.getvalue()


def noise_png(seed: int, side: int = 16) -> bytes:
    """Bright for even seeds, dark for odd ones; includes black and white."""
    rng = np.random.default_rng(seed)
    values = rng.integers(128, 256, (side, side, 3)) if seed % 2 == 0 else rng.integers(0, 128, (side, side, 3))
    values[0, 0], values[-1, -1] = 0, 255
    return png(values.astype(np.uint8))


def zipped(files: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", packing) as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return out.getvalue()


def zip_of_animals(each: int = 10) -> bytes:
    """Cats are bright, dogs are dark."""
    return zipped({f"{name}/{index}.png": noise_png(2 * index + dark) for dark, name in enumerate(("cat", "dog")) for index in range(each)})


def own_dataset(kind: str) -> Dataset:
    """An uploaded dataset of this kind: own_table, own_text …"""
    match kind:
        case "own_text":
            draft = read_table(csv_of_reviews(), "reviews.csv")
            return keep(prepare_text(draft, guess_text(draft)))
        case "own_corpus":
            texts = read_texts([(PASTED, story().encode())])
            return keep(prepare_text(texts, guess_text(texts)))
        case "own_series":
            draft = read_table(csv_of_months(), "sales.csv")
            return keep(prepare_series(draft, guess_series(draft)))
        case "own_table":
            draft = read_table(csv_of_flowers(), "flowers.csv")
            return keep(prepare_table(draft, guess(draft)))
        case "own_images":
            return keep(prepare_images([("animals.zip", zip_of_animals())], ImageChoices(side=28, colour=False)))
        case "own_points":
            rng = np.random.default_rng(0)
            return keep(prepare_points([(float(x), float(y), int(x > y)) for x, y in rng.uniform(-6, 6, (80, 2))]))
        case "own_digits":
            return keep(prepare_digits(digit_drawings(), [index % 10 for index in range(50)]))
    raise ValueError(f"no own dataset {kind!r}")


def digit_drawings(count: int = 50) -> np.ndarray:
    """uint8 (N, 28, 28): one bar each, whose height encodes the digit; includes black and white."""
    drawings = np.zeros((count, 28, 28), np.uint8)
    for index in range(count):
        top = 2 + 2 * (index % 10)
        drawings[index, top : top + 3, 4 + index % 3 : 22] = 255
    return drawings
