"""Random changes of the training images, with a preview that follows the sliders."""

import streamlit as st

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DataError, Images
from playground.spec import SpecError
from playground.web import edits, session
from playground.web.augmentation_pictures import before_and_after
from playground.web.forms import form, message


def augmentation(dataset: Images) -> None:
    """The list of augmentations in the order in which they are applied, each with its settings."""
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", gap="small"):
        st.subheader("Augmentation", anchor=False, width="content")
        if dataset.augmentations:
            st.button(
                "Again",
                key="augment_again",
                icon=":material/casino:",
                type="tertiary",
                on_click=session.next_preview,
                help="Draw other random changes",
            )
        with st.popover("Add", icon=":material/add:", key=f"{session.revision()}.augmentations.add"), st.container(gap=None):
            for kind in AUGMENTATIONS:
                key = f"{session.revision()}.augmentations.add.{kind.name()}"
                st.button(kind.title, key=key, help=kind.help(), type="tertiary", on_click=_add, args=(kind.name(),))
    message("data.augmentations")
    if not dataset.augmentations:
        st.caption("None. Random changes of the training images show the network more than there is; the test images stay as they are.")
        return
    try:
        st.html(before_and_after(dataset, session.preview_seed()))
    except DataError as error:
        st.error(str(error))
    st.caption("Here every image is changed, one way and the other, and by strong draws, so that there is something to see.")
    for index in range(len(dataset.augmentations)):
        _one(dataset, index)


def _one(dataset: Images, index: int) -> None:
    key, last = f"{session.revision()}.augmentations.{index}", len(dataset.augmentations) - 1
    with st.container(border=True, gap="xsmall", key=f"{key}.box"):
        with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
            st.markdown(f"**{dataset.augmentations[index].title}**", width="stretch", help=dataset.augmentations[index].help())
            st.button(
                ":material/arrow_upward:",
                key=f"{key}.up",
                type="tertiary",
                disabled=index == 0,
                on_click=_move,
                args=(index, index - 1),
                help="Apply earlier",
            )
            st.button(
                ":material/arrow_downward:",
                key=f"{key}.down",
                type="tertiary",
                disabled=index == last,
                on_click=_move,
                args=(index, index + 1),
                help="Apply later",
            )
            st.button(":material/close:", key=f"{key}.remove", type="tertiary", on_click=_remove, args=(index,), help="Remove")
        form(dataset.augmentations[index], f"data.augmentations[{index}]", sliders=True, columns=2)


def _add(kind: str) -> None:
    try:
        session.edit(edits.add_augmentation(session.spec(), kind), f"add {AUGMENTATIONS[kind].title.lower()}")
    except SpecError as error:
        session.tell("data.augmentations", error.problems[0])


def _remove(index: int) -> None:
    session.edit(edits.remove_augmentation(session.spec(), index), "remove an augmentation")


def _move(index: int, to: int) -> None:
    session.edit(edits.move_augmentation(session.spec(), index, to), "move an augmentation")
