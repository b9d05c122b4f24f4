"""Every dataset as a card: plot, description, source, size and balance, and a button to train on it."""

import html
from dataclasses import dataclass

import streamlit as st

from playground.catalog.datasets import DATASETS, DataError, Dataset, NotDownloadedError
from playground.catalog.datasets.series import Series
from playground.catalog.encodings import ENCODINGS
from playground.own import OwnDataset
from playground.runs.without_folders import without_folders
from playground.web.data_facts import Facts, fact_cache
from playground.web.markup import quoted
from playground.web.panels.download import download
from playground.web.panels.own import remembered, remembering, show_own
from playground.web.panels.train_on import train_on

_COLUMNS = 3
_LOOK_SECONDS = 0.7
_EVERY = "All"


@dataclass(frozen=True)
class Chosen:
    """Filter of the datasets: titles of their encoding and task (`All` for any), and words that must all occur."""

    encoding: str
    task: str
    words: tuple[str, ...]

    def shows(self, kind: type[Dataset]) -> bool:
        """Whether a dataset passes the filter."""
        dataset = kind()
        words = (
            dataset.title,
            kind.help(),
            dataset.source,
            dataset.name(),
            dataset.encoding.title,
            dataset.encoding.keywords,
            dataset.task.title,
        )
        text = " ".join((*words, *dataset.classes, *dataset.feature_names)).lower()
        return (
            self.encoding in (_EVERY, dataset.encoding.title)
            and self.task in (_EVERY, dataset.task.title)
            and all(word in text for word in self.words)
        )


def chosen() -> Chosen:
    """The widgets of the filter."""
    used = {kind().encoding.title for kind in _kinds()}
    encodings = [_EVERY, *(encoding.title for encoding in ENCODINGS if encoding.title in used)]
    tasks = [_EVERY, *dict.fromkeys(kind().task.title for kind in _kinds())]
    with st.container(horizontal=True, vertical_alignment="bottom", key="pg-data-filter"):
        encoding = st.segmented_control(
            "Family", encodings, default=remembered("data.family", _EVERY, encodings), required=True, **remembering("data.family")
        )
        task = st.selectbox("Task", tasks, tasks.index(remembered("data.task", _EVERY, tasks)), width=220, **remembering("data.task"))
        search = st.text_input(
            "Search", remembered("data.search", ""), max_chars=80, placeholder="image, table, text, digits …", width=260,
            icon=":material/search:", **remembering("data.search"),
        )  # fmt: skip
    return Chosen(encoding or _EVERY, task, tuple(search.lower().replace("-", " ").split()))


def cards(wanted: Chosen) -> None:
    """One card per dataset that passes the filter."""
    kinds = [kind for kind in _kinds() if wanted.shows(kind)]
    total = len(_kinds())
    st.caption(f"{len(kinds)} of {total} datasets" if len(kinds) < total else f"{total} datasets, shown with their default settings")
    waiting: list[type[Dataset]] = []
    for row in range(0, len(kinds), _COLUMNS):
        for column, kind in zip(st.columns(_COLUMNS, gap="medium"), kinds[row : row + _COLUMNS], strict=False):
            with column, st.container(border=True, key=f"pg-dataset-{kind.name()}", gap="small"):
                if _card(kind()):
                    waiting.append(kind)
    if not kinds:
        st.info("No datasets match. Choose another family or task, or change the search.", icon=":material/search_off:")
    with st.container(border=True, key="pg-dataset-own", horizontal=True, vertical_alignment="center"):
        st.markdown("**Your data**: upload a table, text, a time series or images, or draw points or digits.", width="stretch")
        st.button("Use your data", key="browse_own", icon=":material/upload_file:", on_click=show_own)
    if waiting:
        st.fragment(_look, run_every=_LOOK_SECONDS)(waiting)


def _kinds() -> list[type[Dataset]]:
    """All datasets that do not need an upload."""
    return [kind for kind in DATASETS if not issubclass(kind, OwnDataset)]


def _card(dataset: Dataset) -> bool:
    """Returns whether its plot is still being drawn."""
    facts: Facts | None = None
    missing: NotDownloadedError | None = None
    try:
        facts = fact_cache().look(dataset)
        st.html(f'<div class="pg-data-picture">{facts.preview if facts else "<p>Loading …</p>"}</div>')
    except NotDownloadedError as error:
        missing = error
    except DataError as error:
        st.error(quoted(without_folders(str(error))))
    st.markdown(f"**{dataset.title}**")
    st.caption(type(dataset).help())
    st.html(_figures(dataset, facts))
    if missing is not None:
        download(missing, card=dataset.name())
    elif st.button("Train on this", key=f"train_{dataset.name()}", icon=":material/hub:", help=f"Open {dataset.title} in the playground"):
        train_on(dataset)
    return facts is None and missing is None


def _figures(dataset: Dataset, facts: Facts | None) -> str:
    """Task, shape, size, balance, source and license, as a description list."""
    rows = [("Task", html.escape(_task(dataset))), ("Input", html.escape(dataset.encoding.size))]
    if facts is not None:
        rows.append(("Examples", f"{facts.trains:,} training, {facts.tests:,} test"))
        if facts.bars:
            rows.append(("Classes" if dataset.classes else "Values", facts.bars))
    rows.append(("Source", html.escape(dataset.source)))
    rows.append(("License", html.escape(dataset.license)))
    return f'<dl class="pg-about-data">{"".join(f"<dt>{name}</dt><dd>{value}</dd>" for name, value in rows)}</dl>'


def _task(dataset: Dataset) -> str:
    if isinstance(dataset, Series):
        return f"{dataset.task.title}, {dataset.horizon} step{'s' if dataset.horizon != 1 else ''} ahead"
    return f"{dataset.task.title}, {len(dataset.classes)} classes" if dataset.classes else dataset.task.title


def _look(waiting: list[type[Dataset]]) -> None:
    """Runs repeatedly until another plot is ready; then the page is drawn again."""
    if any(map(_is_ready, waiting)):
        st.rerun(scope="app")


def _is_ready(kind: type[Dataset]) -> bool:
    try:
        return fact_cache().look(kind()) is not None
    except DataError:
        return True
