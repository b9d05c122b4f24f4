"""Left column: the dataset, what it looks like, and how it is generated and augmented."""

import streamlit as st

from playground.artifacts.uploads import is_stored, open_upload
from playground.catalog.datasets import DATASETS, DataError, Images, NotDownloadedError
from playground.catalog.datasets.base import DIFFICULTY
from playground.network import Trace
from playground.own import OwnDataset
from playground.runs.without_folders import without_folders
from playground.spec import ExperimentSpec
from playground.web import session
from playground.web.dataset_previews import caption, preview
from playground.web.fields import fields
from playground.web.forms import choice, form
from playground.web.markup import quoted
from playground.web.panels.augmentation import augmentation
from playground.web.panels.download import download
from playground.web.panels.lock_note import lock_note
from playground.web.panels.own_missing import missing
from playground.web.panels.problems import problems
from playground.web.panels.train_on import adapted_to, last_upload, use
from playground.web.when_opened import when_opened


def data(spec: ExperimentSpec, traced: Trace) -> None:
    """The dataset with its settings, augmentation for images, and batches."""
    limits = session.limits()
    if not limits.hides("data"):
        _dataset(spec, traced)
    if isinstance(spec.data, Images) and not limits.hides("augmentation"):
        augmentation(spec.data, traced, spec.training.epochs)
    if not limits.hides("batches"):
        st.subheader("Batches", anchor=False)
        lock_note("batches")
        form(spec.training, "training", only=["batch_size", "seed"], columns=2)
        problems(traced, "training.batch_size")


def _dataset(spec: ExperimentSpec, traced: Trace) -> None:
    """The dataset menu, a preview, and the dataset's settings."""
    st.subheader("Data", anchor=False)
    lock_note("data")
    choice(DATASETS, spec.data.kind, "Dataset", "data", _pick, titled=False)
    shown = f"{caption(spec.data)} "
    if isinstance(spec.data, OwnDataset) and spec.data.called:
        st.markdown(f"**{quoted(spec.data.called)}**")
    try:
        if isinstance(spec.data, OwnDataset) and not is_stored(spec.data.key):
            spec.data.load()  # raises the error; the preview may still be cached
        st.html(preview(spec.data))
    except NotDownloadedError as error:
        download(error)
        shown = ""
    except DataError as error:
        if isinstance(spec.data, OwnDataset) and not _has_content(spec.data):
            missing(spec.data, error)
            shown = ""
        else:
            st.error(quoted(without_folders(str(error))))
    st.caption(f"{shown}{spec.data.help()}")
    hidden = {*DIFFICULTY, *spec.data.ineffective}
    form(spec.data, "data", only=[field.name for field in fields(type(spec.data)) if field.name not in hidden], sliders=True)
    problems(traced, "data", but="data.augmentations" if isinstance(spec.data, Images) else None)
    _difficulty(spec)


def _has_content(dataset: OwnDataset) -> bool:
    """Whether the upload is on this server; then an error is about the settings, for example a window longer than the series."""
    try:
        open_upload(dataset.key, dataset.called)
    except DataError:
        return False
    return bool(dataset.key)


def _difficulty(spec: ExperimentSpec) -> None:
    """The settings common to all datasets, as far as they have an effect on this one."""
    offered = spec.data.difficulty
    changed = [name for name in offered if getattr(spec.data, name) != type(spec.data).model_fields[name].default]
    title = f"Size, balance, noise · {len(changed)} changed" if changed else "Size, balance, noise"
    with st.expander(title, key=f"{session.revision()}.data.difficulty"):
        when_opened("difficulty", lambda: form(spec.data, "data", only=offered, sliders=True))


def _pick(kind: str) -> None:
    adapted = adapted_to(session.spec(), last_upload(kind) or kind)
    use(adapted, f"dataset {adapted.spec.data.title}")
