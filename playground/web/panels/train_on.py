"""From a page of data to the playground: the experiment goes on with other data."""

import streamlit as st

from playground.catalog.datasets import DATASETS, Dataset
from playground.own import OwnDataset
from playground.web import edits, session
from playground.web.links import PAGES

_PLACE = "own.brought."


def brought_before(kind: str) -> Dataset | None:
    """The visitor's own data of this kind that was trained on last, None where there was none."""
    found = session.choice(_PLACE + kind, None)
    return None if found is None else DATASETS[kind].model_validate(found)


def train_on(dataset: Dataset) -> None:
    """Puts the dataset into the experiment, with what has to change with it, and opens the playground, which tells what changed."""
    if isinstance(dataset, OwnDataset):
        session.choose(_PLACE + dataset.kind, dataset.model_dump())
    adapted = edits.replace_dataset(session.spec(), dataset)
    if session.edit(adapted.spec, f"dataset {getattr(dataset, 'called', '') or dataset.title}") and adapted.notes:
        session.set_message("data", " ".join(adapted.notes), "note")
    st.switch_page(PAGES / "playground.py")
