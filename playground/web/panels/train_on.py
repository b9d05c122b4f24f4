"""From a page of data to the playground: the experiment goes on with other data."""

import streamlit as st

from playground.catalog.datasets import Dataset
from playground.web import edits, session
from playground.web.links import PAGES


def train_on(dataset: Dataset) -> None:
    """Puts the dataset into the experiment, with what has to change with it, and opens the playground, which tells what changed."""
    adapted = edits.replace_dataset(session.spec(), dataset)
    session.edit(adapted.spec, f"dataset {getattr(dataset, 'called', '') or dataset.title}")
    if adapted.notes:
        session.tell("data", " ".join(adapted.notes), "note")
    st.switch_page(PAGES / "playground.py")
