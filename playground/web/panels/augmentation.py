"""Augmentation of the training images, with a live preview."""

from functools import lru_cache
from itertools import groupby

import streamlit as st

from playground.catalog.augmentations import AUGMENTATIONS, MixingAugmentation, variety
from playground.catalog.datasets import DataError, Images
from playground.catalog.messages import counted
from playground.network import Trace
from playground.spec import SpecError
from playground.web import edits, session
from playground.web.augmentation_preview import before_and_after
from playground.web.fields import fields
from playground.web.forms import form, message
from playground.web.panels.lock_note import lock_note
from playground.web.panels.problems import problems
from playground.web.when_opened import when_opened


def augmentation(dataset: Images, traced: Trace, epochs: int) -> None:
    """The augmentations in the order in which they are applied, with their settings and a preview."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        st.subheader("Augmentation", anchor=False, width="content")
        if dataset.augmentations:
            st.button(
                "Shuffle",
                key="augment_again",
                icon=":material/casino:",
                type="tertiary",
                on_click=session.next_preview,
                help="Preview other random changes",
            )
        if not session.limits().locks("data.augmentations"):
            _menu()
    lock_note("augmentation")
    message("data.augmentations")
    if not dataset.augmentations:
        st.caption("None. Random changes to the training images show the network more variety; test images are never changed.")
        return
    _preview(dataset, epochs)
    for index in range(len(dataset.augmentations)):
        _one(dataset, traced, index)


def words_for_variety(dataset: Images, epochs: int) -> str:
    """How many different images training sees.

    Raises: DataError if the dataset cannot be loaded."""
    images = _training_images(dataset.model_copy(update={"augmentations": ()}))
    images_seen = variety(dataset.augmentations, images, epochs, dataset.shape[0])
    if images_seen.most == images:
        return f"These settings create no new images: {images:,} remain {images:,}."
    if images_seen.most is not None:
        return f"{counted(images, 'image')} become{'s' if images == 1 else ''} up to {images_seen.most:,} different ones."
    in_epochs = f"in {epochs} epoch{'s' if epochs > 1 else ''}"
    if round(images_seen.expected) >= images * epochs:
        return f"Every image is different every time: {images * epochs:,} images {in_epochs}."
    return f"{images:,} images become about {_rounded(images_seen.expected):,} different ones {in_epochs}; no change is repeated."


@lru_cache(maxsize=16)
def _training_images(dataset: Images) -> int:
    return len(dataset.targets()[0])


def _rounded(count: float) -> int:
    """To three significant digits."""
    return int(float(f"{count:.3g}"))


def _menu() -> None:
    with st.popover("Add", icon=":material/add:", key=f"{session.revision()}.augmentations.add"):
        when_opened("augmentations", _kinds)


def _kinds() -> None:
    for group, kinds in groupby(AUGMENTATIONS, lambda kind: kind.group):
        with st.container(gap=None):
            st.caption(group)
            with st.container(horizontal=True, gap="small"):
                for kind in kinds:
                    key = f"{session.revision()}.augmentations.add.{kind.name()}"
                    st.button(kind.title, key=key, help=kind.help(), type="tertiary", on_click=_add, args=(kind.name(),))


def _preview(dataset: Images, epochs: int) -> None:
    """The preview, which stays on the screen while scrolling through the settings below, and its caption."""
    try:
        grid, summary = before_and_after(dataset, session.preview_seed()), words_for_variety(dataset, epochs)
    except DataError:
        st.caption("A preview is shown once the images are available.")  # the dataset panel shows what is wrong with them
        return
    with st.container(key="pg-augmented"):
        st.html(grid)
    mixes = any(isinstance(each, MixingAugmentation) for each in dataset.augmentations)
    below = " The target is shown below each image." if mixes else ""
    st.caption(f"{summary} The preview changes every image strongly, so that the effect is visible.{below}")


def _one(dataset: Images, traced: Trace, index: int) -> None:
    key, last, chosen = f"{session.revision()}.augmentations.{index}", len(dataset.augmentations) - 1, dataset.augmentations[index]
    locked = session.limits().locks("data.augmentations")
    with st.container(border=True, gap="xsmall", key=f"{key}.box"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f"**{chosen.title}**", width="stretch", help=chosen.help())
            st.button(
                ":material/arrow_upward:",
                key=f"{key}.up",
                type="tertiary",
                disabled=locked or index == 0,
                on_click=_move,
                args=(index, index - 1),
                help="Apply earlier",
            )
            st.button(
                ":material/arrow_downward:",
                key=f"{key}.down",
                type="tertiary",
                disabled=locked or index == last,
                on_click=_move,
                args=(index, index + 1),
                help="Apply later",
            )
            st.button(
                ":material/close:", key=f"{key}.remove", type="tertiary", disabled=locked, on_click=_remove, args=(index,), help="Remove"
            )  # fmt: skip
        problems(traced, f"data.augmentations[{index}]")
        gray = dataset.shape[0] == 1
        names = [field.name for field in fields(type(chosen)) if not (gray and field.name in chosen.color_only)]
        form(chosen, f"data.augmentations[{index}]", only=names, sliders=True, columns=2)


def _add(kind: str) -> None:
    try:
        session.edit(edits.add_augmentation(session.spec(), kind), f"add {AUGMENTATIONS[kind].spoken()}")
    except SpecError as error:
        session.set_message("data.augmentations", error.problems[0])


def _remove(index: int) -> None:
    session.edit(edits.remove_augmentation(session.spec(), index), "remove an augmentation")


def _move(index: int, to: int) -> None:
    session.edit(edits.move_augmentation(session.spec(), index, to), "move an augmentation")
