"""Upload your own images: the files, how to convert them, and the resulting dataset."""

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import streamlit as st

from playground.catalog.datasets import DataError
from playground.own import SIDES, ImageChoices, OwnDataError, Prepared, prepare_images, shown
from playground.own.decoding import Background, Resize
from playground.web import session
from playground.web.panels.own import preview, refused, remembered, remembering
from playground.web.upload_limit import upload_megabytes

_FILES = "own.images.files"
_UPLOADER = "own.images.uploader"
_RESIZE: dict[Resize, str] = {"fit": "Fit, with margins", "crop": "Crop to the center", "stretch": "Stretch"}
_GROUNDS: tuple[Background, ...] = ("white", "black")

Files = tuple[tuple[str, bytes], ...]


def images() -> None:
    """From the files to training."""
    st.file_uploader(
        "A ZIP with one folder of images per class, or images named after their class, such as cat_1.png",
        key=_UPLOADER, accept_multiple_files=True, on_change=_store, max_upload_size=upload_megabytes(),
    )  # fmt: skip
    files: Files = session.choice(_FILES, ())
    if not files:
        st.caption("You can review the data before anything is stored or trained.")
        return
    try:
        choices = _choices(files)
        prepared = _read(files, choices)
    except DataError as error:
        refused(error)
        return
    preview(prepared, "train_images")


def _store() -> None:
    """All files in the uploader."""
    session.choose(_FILES, tuple((str(file.name), file.getvalue()) for file in session.widget(_UPLOADER) or ()))


def _choices(files: Files) -> ImageChoices:
    """The widgets for converting the images. Raises: OwnDataError if a typed class cannot be read."""
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
    share = fourth.number_input("Test share (%)", 5, 90, remembered("own.images.share", 20), **remembering("own.images.share"))
    with st.expander("Set the class of individual images"):
        typed = st.text_area(
            "One per line: file name = class", remembered("own.images.typed", ""), max_chars=200_000,
            placeholder="IMG_1.png = cat", **remembering("own.images.typed"),
        )  # fmt: skip
    return ImageChoices(side=side or 32, resize=resize, colour=colour, background=ground, labels=labels_of(typed), test_share=share / 100)


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


@lru_cache(maxsize=2)
def _prepared(files: Files, labels: tuple[tuple[str, str], ...], **choices: Any) -> Prepared:
    return prepare_images(files, ImageChoices(labels=dict(labels), **choices))
