"""From the Data page to the playground: use a dataset in the current experiment."""

import streamlit as st

from playground.catalog.datasets import DATASETS, Dataset, Tables
from playground.own import OwnDataset
from playground.spec import ExperimentSpec
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
    use(adapted_to(session.spec(), dataset), f"dataset {getattr(dataset, 'called', '') or dataset.title}")
    st.switch_page(PAGES / "playground.py")


def adapted_to(spec: ExperimentSpec, dataset: str | Dataset) -> edits.Adapted:
    """The experiment with this dataset, or one of this kind. Training follows the amount of your own data and of tables, unless the link
    locks its settings; other data is generated, in the amounts for which the presets are made."""
    adapted = edits.replace_dataset(spec, dataset)
    if not isinstance(adapted.spec.data, OwnDataset | Tables):
        return adapted
    paced = edits.paced(adapted)
    return paced if session.allows(paced.spec) else adapted


def use(adapted: edits.Adapted, why: str) -> None:
    """Makes it the current experiment, with its notes beside the data. why: what changed, as shown in "Undo: …"."""
    if session.edit(adapted.spec, why) and adapted.notes:
        session.set_message("data", " ".join(adapted.notes), "note")
