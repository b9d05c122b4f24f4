"""Random changes of the training images, with a preview that follows the sliders."""

import streamlit as st

from playground.catalog.augmentations import AUGMENTATIONS
from playground.catalog.datasets import DataError, Images
from playground.spec import SpecError
from playground.web import edits, session
from playground.web.dataset_pictures import before_and_after
from playground.web.forms import form, message


def augmentation(dataset: Images) -> None:
    """The list of augmentations in the order in which they are applied, each with its settings."""
    title, add = st.columns([3, 2], vertical_alignment="center")
    title.subheader("Augmentation", anchor=False)
    with add.popover("Add", icon=":material/add:", width="stretch", key=f"{session.revision()}.augmentations.add"):
        for kind in AUGMENTATIONS:
            st.button(
                kind.title, key=f"{session.revision()}.augmentations.add.{kind.name()}", help=kind.help(), type="tertiary", on_click=_add, args=(kind.name(),)
            )
    message("data.augmentations")
    if not dataset.augmentations:
        st.caption("None. Random changes of the training images show the network more than there is; the test images stay as they are.")
        return
    try:
        st.html(before_and_after(dataset, session.preview_seed()))
    except DataError as error:
        st.error(str(error))
    words, again = st.columns([3, 2], vertical_alignment="center")
    words.caption("Top row as it is; below, changed at random. Here every image is changed.")
    again.button("Again", key="augment_again", icon=":material/casino:", on_click=session.next_preview, width="stretch", help="Draw other random changes")
    for index, each in enumerate(dataset.augmentations):
        _one(dataset, index, each.title)


def _one(dataset: Images, index: int, title: str) -> None:
    key, last = f"{session.revision()}.augmentations.{index}", len(dataset.augmentations) - 1
    with st.expander(title, expanded=True, key=f"{key}.box"):
        form(dataset.augmentations[index], f"data.augmentations[{index}]", sliders=True)
        with st.container(horizontal=True, gap="xsmall"):
            st.button("Earlier", key=f"{key}.up", type="tertiary", disabled=index == 0, on_click=_move, args=(index, index - 1))
            st.button("Later", key=f"{key}.down", type="tertiary", disabled=index == last, on_click=_move, args=(index, index + 1))
            st.button("Remove", key=f"{key}.remove", type="tertiary", on_click=_remove, args=(index,))


def _add(kind: str) -> None:
    try:
        session.edit(edits.add_augmentation(session.spec(), kind), f"add {AUGMENTATIONS[kind].title.lower()}")
    except SpecError as error:
        session.tell("data.augmentations", error.problems[0])


def _remove(index: int) -> None:
    session.edit(edits.remove_augmentation(session.spec(), index), "remove an augmentation")


def _move(index: int, to: int) -> None:
    session.edit(edits.move_augmentation(session.spec(), index, to), "move an augmentation")
