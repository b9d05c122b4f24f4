"""Upload your own images: the files, how to convert them, and the resulting dataset."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from playground.catalog.datasets import DataError
from playground.own import SIDES, Arrangement, ImageChoices, OwnDataError, Prepared, arrangements, prepare_images, shown
from playground.own.decoding import Background, Resize
from playground.own.images import Split
from playground.own.names import listed
from playground.settings import settings
from playground.web import session
from playground.web.arrangement_table import arrangement_table
from playground.web.held_files import Files, digest_of, read_all, take
from playground.web.markup import quoted
from playground.web.panels.own import preview, refused, remembered, remembering
from playground.web.upload_limit import upload_megabytes
from playground.web.upload_reading import reads

_FILES = "own.images.files"
_UPLOADER = "own.images.uploader"
_RESIZE: dict[Resize, str] = {"fit": "Fit, with margins", "crop": "Crop to the center", "stretch": "Stretch"}
_GROUNDS: tuple[Background, ...] = ("white", "black")


def images() -> None:
    """From the files to training."""
    st.file_uploader(
        "A ZIP with a folder of images per class, a ZIP for each class, or images named after their class, such as cat_1.png",
        key=_UPLOADER, accept_multiple_files=True, on_change=_store, max_upload_size=upload_megabytes(),
    )  # fmt: skip
    files: Files = session.choice(_FILES, ())
    if not files:
        st.caption("You can review the data before anything is stored or trained.")
        return
    try:
        with st.spinner("Looking at the files …", show_time=True):
            readings = _readings(files)
        choices = _choices(readings, f"own.images.{digest_of(files)}")
        prepared = _read(files, choices)
    except DataError as error:
        refused(error)
        return
    preview(prepared, "train_images")


def _store() -> None:
    """All files in the uploader."""
    session.choose(_FILES, take(_UPLOADER))


def _choices(readings: tuple[Arrangement, ...], prefix: str) -> ImageChoices:
    """The widgets for the classes and for converting the images. prefix: of the names of those that depend on the files.

    Raises: OwnDataError if a typed class cannot be read."""
    reading = _reading(readings, f"{prefix}.reading")
    split = _split(reading, f"{prefix}.split")
    with st.expander("The class of each file", expanded=len(readings) > 1):
        table = st.container()
        typed = st.text_area(
            "To set the class of single images, one per line: file name = class", remembered("own.images.typed", ""), max_chars=200_000,
            placeholder="IMG_1.png = cat", **remembering("own.images.typed"),
        )  # fmt: skip
        labels = labels_of(typed)
        table.html(arrangement_table(reading.labeled(labels)))
    first, second, third, fourth = st.columns(4, gap="medium")
    side = first.segmented_control(
        "Size (px)", SIDES, default=remembered("own.images.side", 32, SIDES), required=True, **remembering("own.images.side")
    )
    ways = list(_RESIZE)
    resize = second.selectbox(
        "Non-square images", ways, ways.index(remembered("own.images.resize", "fit", ways)), format_func=_RESIZE.__getitem__,
        **remembering("own.images.resize"),
    )  # fmt: skip
    ground = third.selectbox(
        "Background", _GROUNDS, _GROUNDS.index(remembered("own.images.ground", "white", _GROUNDS)), **remembering("own.images.ground"),
        help="Behind transparent areas, and in the margins",
    )  # fmt: skip
    colour = fourth.toggle("Color", remembered("own.images.colour", True), **remembering("own.images.colour"))
    share = 20
    if split == "random":
        share = fourth.number_input("Test share (%)", 5, 90, remembered("own.images.share", 20), **remembering("own.images.share"))
    return ImageChoices(side or 32, resize, colour, ground, reading.title, split, labels, test_share=share / 100)


def _reading(readings: tuple[Arrangement, ...], named: str) -> Arrangement:
    """The chosen one of several readings, or the only one."""
    if len(readings) == 1:
        return readings[0]
    by_title = {reading.title: reading for reading in readings}
    titles = list(by_title)
    usual = titles.index(remembered(named, titles[0], titles))
    title = st.radio(
        "The class of an image is …", titles, usual, captions=[_counts(reading) for reading in readings], **remembering(named)
    )  # fmt: skip
    return by_title[title]


def _counts(reading: Arrangement) -> str:
    return quoted(listed(f"{shown(name)} {count:,}" for name, count in reading.counts.items()))


def _split(reading: Arrangement, named: str) -> Split:
    """Whether to use the split that the data came with, if there is one."""
    if not reading.split:
        return "random"
    sets = ", ".join(f"{part} {count:,}" for part, count in reading.split.items())
    titles: dict[Split, str] = {"given": f"As given ({sets})", "random": "At random"}
    ways = list(titles)
    chosen: Split | None = st.segmented_control(
        "Training and test images", ways, format_func=titles.__getitem__, default=remembered(named, ways[0], ways), required=True,
        **remembering(named),
    )  # fmt: skip
    return chosen or ways[0]


def labels_of(typed: str) -> Mapping[str, str]:
    """Lines such as "IMG_1.png = cat" → classes by name. Raises: OwnDataError naming an invalid line."""
    labels = {}
    for number, line in enumerate(typed.splitlines(), start=1):
        if not line.strip():
            continue
        name, mark, label = line.rpartition("=")
        if not mark or not name.strip() or not label.strip():
            raise OwnDataError(
                f"line {number} of the classes: expected a file name, = and a class, such as IMG_1.png = cat; got “{shown(line)}”"
            )
        labels[name.strip()] = label.strip()
    return labels


def _read(files: Files, choices: ImageChoices) -> Prepared:
    others = {name: getattr(choices, name) for name in choices.__dataclass_fields__ if name != "labels"}
    with st.spinner("Reading the images …", show_time=True):
        return _prepared(files, tuple(sorted(choices.labels.items())), **others)


@reads(kept=2)
def _readings(files: Files) -> tuple[Arrangement, ...]:
    return arrangements(read_all(files), settings().upload_classes)


@reads(kept=2)
def _prepared(files: Files, labels: tuple[tuple[str, str], ...], **choices: Any) -> Prepared:
    return prepare_images(read_all(files), ImageChoices(labels=dict(labels), **choices))
