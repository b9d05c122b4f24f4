"""Uploaded images in classes: ZIPs with a folder per class, or single files."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from playground.catalog.datasets import OwnImages
from playground.catalog.datasets.own import MAX_LABEL, MAX_LABELS
from playground.catalog.datasets.uploads import Upload
from playground.own.archive import Archive
from playground.own.decoding import ENDINGS, Background, Resize, UnreadableError, decode_image
from playground.own.errors import OwnDataError
from playground.own.names import distinct, listed, shared_depth, short_name, shown
from playground.own.prepared import Note, Prepared
from playground.own.sizes import check_sizes
from playground.settings import settings

SIDES = (28, 32, 48, 64)
_ZIP = b"PK\x03\x04"
_EMPTY_ZIP = b"PK\x05\x06"


@dataclass(frozen=True)
class ImageChoices:
    """How to convert the images.

    side: width and height, 28, 32, 48 or 64. resize: "fit" keeps the whole image with margins, "crop" its center square, "stretch" distorts
    it. colour: RGB instead of gray. background: behind transparent areas and in the margins. labels: class of an image by its file name, or
    its path in the archive; other images have the class of their folder, single files that of the start of their name (cat_1.png → cat)."""

    side: int = 32
    resize: Resize = "fit"
    colour: bool = True
    background: Background = "white"
    labels: Mapping[str, str] = field(default_factory=dict)
    called: str = ""
    test_share: float = 0.2
    seed: int = 0


def prepare_images(
    files: Sequence[tuple[str, bytes]], choices: ImageChoices = ImageChoices(), progress: Callable[[int, int], None] | None = None
) -> Prepared:
    """Images from files (name, content): ZIPs, single images, or both. progress: called with the number of images read and in total.

    Raises: OwnDataError if a file is damaged, malicious or too large, or there are fewer than two classes of images."""
    _check(files, choices)
    found = _Found(files)
    classes = _classes(found.paths, found.loose, choices.labels)
    kept, notes = _decoded(found, classes, choices, progress)
    names = sorted({name for _, name, _ in kept})
    if len(names) < 2:
        which = f"all {len(kept):,} images are in one class, “{shown(names[0])}”" if names else "no image could be read"
        reasons = "".join(f" {note.text}" for note in (*found.notes, *notes) if note.warning)
        raise OwnDataError(
            f"{which}; at least two classes are needed: use a ZIP with a folder per class, or file names such as cat_1.png and dog_1.png."
            f"{reasons[:600]}"
        )
    kept.sort(key=lambda each: (each[1], each[0]))
    index_of = {name: index for index, name in enumerate(names)}
    labels = distinct(names, MAX_LABEL)
    inputs = np.stack([array for _, _, array in kept])
    targets = np.array([index_of[name] for _, name, _ in kept], dtype=np.int64)
    upload = Upload(inputs, targets, {"family": "images", "labels": list(labels)})
    dataset = OwnImages(
        key=upload.key,
        called=shown(choices.called, 60) or short_name(files[0][0]),
        side=choices.side,
        colour=choices.colour,
        labels=labels,
        test_share=choices.test_share,
        seed=choices.seed,
    )
    how = {"fit": f"with {choices.background} margins if not square", "crop": "center square", "stretch": "stretched if not square"}
    size = f"{choices.side}×{choices.side} pixels, {'in color' if choices.colour else 'gray'}"
    first = Note(f"{len(kept):,} images in {len(labels)} classes; resized to {size}, {how[choices.resize]}.")
    return Prepared(dataset, upload, (first, *found.notes, *notes, *_rare(np.bincount(targets), labels)))


def _check(files: Sequence[tuple[str, bytes]], choices: ImageChoices) -> None:
    if not files:
        raise OwnDataError("there are no files; upload a ZIP with a folder of images per class, or images with names such as cat_1.png")
    if choices.side not in SIDES:
        raise OwnDataError(f"the side must be {', '.join(map(str, SIDES[:-1]))} or {SIDES[-1]} pixels, got {choices.side}")
    check_sizes(files, "upload fewer or smaller images")


class _Found:
    """The images in the files, not yet read. paths: of all images, first the `loose` single files, then those in archives."""

    def __init__(self, files: Sequence[tuple[str, bytes]]) -> None:
        self._loose: list[tuple[str, bytes]] = []
        self._archives: list[Archive] = []
        self.notes: list[Note] = []
        others: list[str] = []
        for name, content in files:
            if content.startswith((_ZIP, _EMPTY_ZIP)) or name.lower().endswith(".zip"):
                archive = Archive(name, content)
                self._archives.append(archive)
                others += [entry.path for entry in archive.entries if not _is_image(entry.path)]
            elif _is_image(name):
                self._loose.append((name.replace("\\", "/").rsplit("/", 1)[-1], content))
            else:
                others.append(name)
        if others:
            names = listed((shown(name, 80) for name in others), 10)
            self.notes.append(Note(f"Skipped because their extension is not that of an image: {names}.", warning=True))
        if skipped := sum(archive.skipped for archive in self._archives):
            self.notes.append(Note(f"Skipped {skipped:,} system file{'s' if skipped > 1 else ''} added by macOS or Windows."))
        self._entries = [[entry for entry in archive.entries if _is_image(entry.path)] for archive in self._archives]
        self.loose = len(self._loose)
        self.paths = [name for name, _ in self._loose] + [entry.path for entries in self._entries for entry in entries]

    def contents(self) -> Iterator[tuple[str, bytes]]:
        """Path and content, in the order of `paths`."""
        yield from self._loose
        for archive, entries in zip(self._archives, self._entries, strict=True):
            yield from archive.contents(entries)


def _is_image(path: str) -> bool:
    return path.lower().endswith(ENDINGS)


def _classes(paths: Sequence[str], loose: int, labels: Mapping[str, str]) -> list[str | None]:
    """The class of each path: its label, or its folder, or, if the folders do not distinguish images, the start of its name. None for an
    image next to the class folders."""
    folders = [tuple(path.split("/")[:-1]) for path in paths]
    inside = folders[loose:]
    depth = shared_depth([folder for folder in inside if folder])
    apart = any(len(folder) > depth for folder in inside)
    found: list[str | None] = []
    for index, (path, folder) in enumerate(zip(paths, folders, strict=True)):
        name = path.rsplit("/", 1)[-1]
        label = labels.get(path) or labels.get(name)
        if label:
            found.append(label)
        elif apart and index >= loose:
            found.append(folder[-1] if len(folder) > depth else None)
        else:
            found.append(_beginning(name))
    most = min(settings().upload_classes, MAX_LABELS)
    if len(names := {name for name in found if name}) > most:
        raise OwnDataError(
            f"{len(names):,} classes ({listed(map(shown, sorted(names)))}); the limit is {most:,} (PLAYGROUND_UPLOAD_CLASSES); "
            f"put the images in fewer folders, or name them class_number.png"
        )
    return found


def _beginning(name: str) -> str:
    """cat_1.png, cat-1.png, cat (1).png, cat1.png, cat.1.png → cat; 7_1.png → 7."""
    stem = name.rsplit(".", 1)[0]
    first = re.split(r"[_\-.\s(]", stem, maxsplit=1)[0]
    return re.sub(r"(?<=\D)\d+$", "", first) or stem or "?"


Kept = list[tuple[str, str, NDArray[np.uint8]]]


def _decoded(
    found: _Found, classes: Sequence[str | None], choices: ImageChoices, progress: Callable[[int, int], None] | None
) -> tuple[Kept, list[Note]]:
    """Path, class and pixels of every readable image, and notes about the images."""
    _check_arrays(len(classes), choices)
    kept: Kept = []
    changed: dict[str, list[str]] = defaultdict(list)
    unread: dict[str, list[str]] = defaultdict(list)
    for index, ((path, content), name) in enumerate(zip(found.contents(), classes, strict=True), start=1):
        if name is None:
            unread["not in a class folder"].append(path)
            continue
        try:
            array, treatments = decode_image(content, path, choices.side, choices.resize, choices.colour, choices.background)
        except UnreadableError as error:
            unread[str(error)].append(path)
            continue
        kept.append((path, name, array))
        for treatment in treatments:
            changed[treatment].append(path)
        if progress is not None and (index % 50 == 0 or index == len(classes)):
            progress(index, len(classes))
    notes = [
        Note(f"Skipped {_files(paths)}, {why}: {listed((shown(path, 80) for path in paths), 10)}.", warning=True)
        for why, paths in unread.items()
    ]
    notes += [
        Note(f"{len(paths):,} image{'s' if len(paths) > 1 else ''} {treatment} ({listed((shown(path, 80) for path in paths), 3)}).")
        for treatment, paths in changed.items()
    ]
    gone = sorted({name for name in classes if name} - {name for _, name, _ in kept})
    if gone:
        notes.append(Note(f"Classes without any readable image: {listed(map(shown, gone))}.", warning=True))
    return kept, notes


def _files(paths: Sequence[str]) -> str:
    return "1 file" if len(paths) == 1 else f"{len(paths):,} files"


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
    return [Note(text, warning=True)] if single else []
