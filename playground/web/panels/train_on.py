"""From the Data page to the playground: use a dataset in the current experiment."""

import streamlit as st

from playground.catalog.datasets import DATASETS, Dataset
from playground.own import OwnDataset
from playground.web import edits, session
from playground.web.links import PAGES

_PLACE = "own.brought."


def last_upload(kind: str) -> Dataset | None:
    """The user's own dataset of this kind that was last used for training; None if there is none."""
    data = session.choice(_PLACE + kind, None)
    return None if data is None else DATASETS[kind].model_validate(data)


def train_on(dataset: Dataset) -> None:
    """Puts the dataset into the experiment, adapts the rest to it, and opens the playground, which shows what changed."""
    if isinstance(dataset, OwnDataset):
        session.choose(_PLACE + dataset.kind, dataset.model_dump())
    adapted = edits.replace_dataset(session.spec(), dataset)
    if session.edit(adapted.spec, f"dataset {getattr(dataset, 'called', '') or dataset.title}") and adapted.notes:
        session.set_message("data", " ".join(adapted.notes), "note")
    st.switch_page(PAGES / "playground.py")
