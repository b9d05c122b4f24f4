"""Uploaded images in classes, converted to one size."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from playground.artifacts.uploads import Upload
from playground.catalog.datasets import OwnImages
from playground.catalog.datasets.own import MAX_LABEL, MAX_LABELS
from playground.catalog.messages import counted
from playground.own.arrangement import Arrangement, arranged, testing_part
from playground.own.decoding import Background, Decoded, Resize, UnreadableError, decode
from playground.own.errors import OwnDataError
from playground.own.file_names import Part
from playground.own.names import distinct, listed, short_name, shown
from playground.own.prepared import Note, Prepared
from playground.own.sizes import check_sizes
from playground.own.sources import Sources
from playground.own.work import limited
from playground.settings import settings

SIDES = (28, 32, 48, 64)
Split = Literal["given", "random"]

Kept = list[tuple[bool, str, str, Decoded]]
"""Of every readable image: whether it is held out by a given split, its class, its path, and its pixels."""


@dataclass(frozen=True)
class ImageChoices:
    """How to convert the images.

    side: width and height, 28, 32, 48 or 64. resize: "fit" keeps the whole image with margins, "crop" its center square, "stretch" distorts
    it. colour: RGB instead of gray. background: behind transparent areas and in the margins. arrangement: title of the reading that says
    which class each image has (see `arrangements`); the best one if there is none of this title. labels: class of an image by its file
    name, or its path in the archive, instead. split: whether folders that name a split are used, or a random share is held out."""

    side: int = 32
    resize: Resize = "fit"
    colour: bool = True
    background: Background = "white"
    arrangement: str = ""
    split: Split = "given"
    labels: Mapping[str, str] = field(default_factory=dict)
    called: str = ""
    test_share: float = 0.2
    seed: int = 0


@limited
def prepare_images(
    files: Sequence[tuple[str, bytes]], choices: ImageChoices = ImageChoices(), progress: Callable[[int, int], None] | None = None
) -> Prepared:
    """Images from files (name, content): ZIPs, single images, or both. progress: called with the number of images read and in total.

    Raises: OwnDataError if a file is damaged, malicious or too large, or there are fewer than two classes of images."""
    _check(files, choices)
    sources = Sources(files)
    reading = _chosen(sources, choices)
    tests = testing_part(reading.split) if choices.split == "given" else ""
    kept, notes = _decoded(sources, reading, tests, choices, progress)
    notes = [*reading.notes, *sources.notes(reading.lists), *notes]
    names = sorted({label for _, label, _, _ in kept})
    if len(names) < 2:
        raise OwnDataError(_too_few(kept, names, reading, notes))
    if len({held_out for held_out, *_ in kept}) < 2:
        tests = ""
    kept.sort(key=lambda each: each[:3])
    index_of = {name: index for index, name in enumerate(names)}
    labels = distinct(names, MAX_LABEL)
    inputs, deep_range, scaling = _scaled(kept, choices)
    targets = np.array([index_of[label] for _, label, _, _ in kept], dtype=np.int64)
    held_out = sum(each for each, *_ in kept)
    description = {"family": "images", "labels": list(labels), **({"tests": held_out} if tests else {})}
    upload = Upload(inputs, targets, description)
    dataset = OwnImages(
        key=upload.key,
        called=shown(choices.called, 60) or short_name(files[0][0]),
        side=choices.side,
        colour=choices.colour,
        labels=labels,
        split="given" if tests else "random",
        resize=choices.resize,
        background=choices.background,
        deep_range=deep_range,
        test_share=choices.test_share,
        seed=choices.seed,
    )
    how = {"fit": f"with {choices.background} margins if not square", "crop": "center square", "stretch": "stretched if not square"}
    size = f"{choices.side}×{choices.side} pixels, {'in color' if choices.colour else 'gray'}"
    first = Note(f"{len(kept):,} images in {len(labels)} classes, from {reading.title}; resized to {size}, {how[choices.resize]}.")
    split = _split_notes(reading, tests, np.bincount(targets[: len(kept) - held_out], minlength=len(labels)), labels) if tests else []
    return Prepared(dataset, upload, (first, *split, *notes, *scaling, *_rare(np.bincount(targets), labels)))


def _too_few(kept: Kept, names: Sequence[str], reading: Arrangement, notes: Sequence[Note]) -> str:
    """Why there is nothing to learn."""
    if names:
        which = f"all {len(kept):,} images are in one class, “{shown(names[0])}”, from {reading.title}"
    elif reading.files and not reading.counts:
        loose = Counter(file.path for file in reading.files if file.archive is None)
        again = max(loose, key=loose.__getitem__, default="")
        which = f"none of the {counted(len(reading.files), 'image')} has a class"
        if loose[again] > 1:
            which += f"; {loose[again]} of them are named {shown(again)}: dragged folders lose their names, so put them into a ZIP"
    else:
        which = "no image could be read"
    reasons = "".join(f" {note.text}" for note in notes if note.warning)
    return (
        f"{which}; at least two classes are needed: use a ZIP with a folder per class, a ZIP for each class, file names such as cat_1.png "
        f"and dog_1.png, or a list of files and classes (CSV).{reasons[:600]}"
    )


def _split_notes(reading: Arrangement, tests: Part, training: NDArray[np.intp], labels: Sequence[str]) -> list[Note]:
    """training: number of training images of each class."""
    names = {"train": "training", "validation": "validation", "test": "test"}
    others = " and ".join(names[part] for part in reading.split if part != tests)
    notes = [Note(f"The given split is used: the {names[tests]} images for testing, the {others} images for training.")]
    missing = [labels[index] for index in np.flatnonzero(training == 0).tolist()]
    if missing:
        notes.append(Note(f"Classes without training images in the given split: {listed(missing)}.", warning=True))
    return notes


def _check(files: Sequence[tuple[str, bytes]], choices: ImageChoices) -> None:
    if not files:
        raise OwnDataError("there are no files; upload a ZIP with a folder of images per class, or images with names such as cat_1.png")
    if choices.side not in SIDES:
        raise OwnDataError(f"the side must be {', '.join(map(str, SIDES[:-1]))} or {SIDES[-1]} pixels, got {choices.side}")
    check_sizes(files, "upload fewer or smaller images")


def _chosen(sources: Sources, choices: ImageChoices) -> Arrangement:
    """The chosen reading, or the best one, with the classes that were given. Raises: OwnDataError if it has too many classes."""
    most = min(settings().upload_classes, MAX_LABELS)
    readings = arranged(sources, most)
    chosen = next((reading for reading in readings if reading.title == choices.arrangement), readings[0])
    chosen = chosen.labeled(choices.labels)
    if len(names := chosen.counts) > most:
        raise OwnDataError(
            f"{len(names):,} classes ({listed(map(shown, names))}); the limit is {most:,} (PLAYGROUND_UPLOAD_CLASSES); they come from "
            f"{chosen.title}: put the images in fewer folders, or name them class_number.png"
        )
    return chosen


def _decoded(
    sources: Sources, reading: Arrangement, tests: Part, choices: ImageChoices, progress: Callable[[int, int], None] | None
) -> tuple[Kept, list[Note]]:
    """Every readable image that has a class, and notes about the images. tests: the part that is held out."""
    count = len(reading.files)
    _check_arrays(sum(reading.counts.values()), choices)
    kept: Kept = []
    changed: dict[str, list[str]] = defaultdict(list)
    left_out: dict[str, list[str]] = defaultdict(list)
    for index, (content, file, label) in enumerate(zip(sources.contents(), reading.files, reading.classes, strict=True)):
        if label is None:
            left_out[reading.reasons[index]].append(file.path)
            continue
        try:
            decoded = decode(content, file.path, choices.side, choices.resize, choices.colour, choices.background)
        except UnreadableError as error:
            left_out[str(error)].append(file.path)
            continue
        kept.append((bool(tests) and reading.parts[index] == tests, label, file.path, decoded))
        for change in decoded.changes:
            changed[change].append(file.path)
        if progress is not None and ((index + 1) % 50 == 0 or index + 1 == count):
            progress(index + 1, count)
    notes = [Note(f"Skipped {counted(len(paths), 'file')}, {why}: {_paths(paths, 10)}.", warning=True) for why, paths in left_out.items()]
    notes += [Note(f"{counted(len(paths), 'image')} {change} ({_paths(paths, 3)}).") for change, paths in changed.items()]
    gone = sorted({label for label in reading.classes if label} - {label for _, label, _, _ in kept})
    if gone:
        notes.append(Note(f"Classes without any readable image: {listed(map(shown, gone))}.", warning=True))
    return kept, notes


def _paths(paths: Sequence[str], most: int) -> str:
    return listed((shown(path, 80) for path in paths), most)


def _scaled(kept: Kept, choices: ImageChoices) -> tuple[NDArray[np.uint8], tuple[float, float] | None, list[Note]]:
    """uint8 (N, C, side, side); images with more than 8 bits all scaled by the range of all of them, so that they stay comparable."""
    deep = [(path, decoded.extremes) for _, _, path, decoded in kept if decoded.extremes is not None]
    low, high = min((each[0] for _, each in deep), default=0.0), max((each[1] for _, each in deep), default=0.0)
    inputs = np.stack([decoded.bytes(low, high, choices.colour, choices.background) for *_, decoded in kept])
    if not deep:
        return inputs, None, []
    which = f"{counted(len(deep), 'image')} with more than 8 bits"
    scale = f"{low:,.7g} became 0 and {high:,.7g} became 255, the range of all of them"
    return inputs, (low, high), [Note(f"{which}: {scale} ({_paths([path for path, _ in deep], 3)}).")]


def _check_arrays(count: int, choices: ImageChoices) -> None:
    size = count * choices.side**2 * (3 if choices.colour else 1)
    limit = settings().upload_unpacked_bytes
    if size > limit:
        raise OwnDataError(
            f"{count:,} images of {choices.side}×{choices.side} pixels take {size:,} bytes; the limit is {limit:,} "
            f"(PLAYGROUND_UPLOAD_UNPACKED_BYTES); choose a smaller size or gray, or upload fewer images"
        )


def _rare(counts: NDArray[np.intp], labels: Sequence[str]) -> list[Note]:
    single = [labels[index] for index in np.flatnonzero(counts < 2).tolist()]
    text = f"Classes with a single image, which can be used for training or for testing, but not both: {listed(single)}."
    alike = [name for name, count in Counter(label.casefold() for label in labels).items() if count > 1]
    differing = [label for label in labels if label.casefold() in alike]
    notes = [Note(text, warning=True)] if single else []
    if differing:
        notes.append(Note(f"Classes whose names differ only in upper and lower case: {listed(differing)}.", warning=True))
    return notes
