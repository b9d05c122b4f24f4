"""Picking a test example: mistakes first, page by page."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from playground.catalog.answers import IGNORED
from playground.catalog.datasets.examples import Array
from playground.web import session
from playground.web.explanations import test_probabilities
from playground.web.networks import Network

ALL = "All classes"


@dataclass(frozen=True, eq=False)
class Tested:
    """What a network answers for the test examples, the first N of them where there are very many. truth: their classes (N,), None where
    an example has no single class. answers: predicted classes (N,), of values the predictions (N, K), at every step (N, L).
    wrong: bool (N,), None for values. order: (N,) by which mistakes are sorted: confidence, or for values the error."""

    truth: Array | None
    answers: Array
    wrong: Array | None
    order: Array

    def __len__(self) -> int:
        return len(self.order)


def tested(network: Network) -> Tested:
    """Raises: DataError if there are no test examples to load."""
    probabilities = test_probabilities(network)
    targets = np.asarray(network.data.test.targets[: len(probabilities)])
    task = network.run.spec.data.task
    if not task.has_classes:
        flat = targets.reshape(len(targets), -1)
        return Tested(None, probabilities, None, np.abs(probabilities - flat).mean(axis=1))
    answers, confidences = probabilities.argmax(axis=-1), probabilities.max(axis=-1)
    if not task.per_step:
        return Tested(targets, answers, answers != targets, confidences)
    asked = targets != IGNORED
    wrong = ((answers != targets) & asked).any(axis=1)
    return Tested(None, answers, wrong, np.where(asked, confidences, 0).sum(axis=1) / np.maximum(asked.sum(axis=1), 1))


def order(truth: Array, answers: Array, confidences: Array, wrong_first: bool, only: int | None) -> Array:
    """Indices of the test examples in the order of the sheet: those of class `only`; mistakes first, the most confident ones leading, then
    correct ones, the least confident ones leading. All (N,)."""
    return _ordered(truth, truth != answers, confidences, wrong_first, only)


def _ordered(truth: Array | None, wrong: Array, confidences: Array, wrong_first: bool, only: int | None) -> Array:
    numbers = np.arange(len(wrong))
    if wrong_first:
        numbers = np.lexsort((np.where(wrong, -confidences, confidences), ~wrong))
    shown: Array = numbers if only is None or truth is None else numbers[truth[numbers] == only]
    return shown


def sheet(network: Network, per_page: int) -> tuple[Tested, Array, int] | None:
    """The filters and the buttons to turn pages; the test examples, the numbers of those on the page, and the picked one. None, with a
    message, if no example is left. Raises: DataError."""
    tests = tested(network)
    classes = network.run.classes if tests.truth is not None else ()
    wrong_first, only = _filters(classes, tests)
    if tests.wrong is None:
        numbers = np.argsort(-tests.order, kind="stable") if wrong_first else np.arange(len(tests))
    else:
        numbers = _ordered(tests.truth, tests.wrong, tests.order, wrong_first, only)
    if not len(numbers):
        st.info("There are no test examples of this class.")
        return None
    number = _number(numbers, len(tests))
    page = _paging(numbers, f"{network.address} {wrong_first} {only}", number, per_page)
    if len(tests) < len(network.data.test):
        st.caption(f"The first {len(tests):,} of {len(network.data.test):,} test examples.")
    return tests, page, number


def _filters(classes: tuple[str, ...], tests: Tested) -> tuple[bool, int | None]:
    """Whether mistakes come first, and the class to show."""
    only = ALL
    with st.container(horizontal=True, vertical_alignment="bottom"):
        if classes:
            options = [ALL, *classes]
            kept = session.choice("explain-class", ALL)
            only = st.selectbox("True class", options, options.index(kept) if kept in options else 0, key="explain-class", width=150)
            session.choose("explain-class", only)
        mistakes = "Largest errors first" if tests.wrong is None else f"Mistakes first ({int(tests.wrong.sum())} of {len(tests):,})"
        wrong_first = st.toggle(
            mistakes,
            session.choice("explain-wrong", True),
            key="explain-wrong",
            help=None
            if tests.wrong is None
            else "The most confident mistakes come first, followed by the least confident correct predictions.",
        )
        session.choose("explain-wrong", wrong_first)
    return wrong_first, None if only == ALL or only not in classes else classes.index(only)


def _number(numbers: Array, count: int) -> int:
    """The picked example; the first one shown if none is picked or it is not among them."""
    picked = session.choice("explain-number", None)
    return int(picked) if picked is not None and picked < count and picked in numbers else int(numbers[0])


def _paging(numbers: Array, sheet: str, number: int, per_page: int) -> Array:
    """The indices on the current page, with buttons to turn it. Another sheet opens at the page of the picked example."""
    pages = -(-len(numbers) // per_page)
    kept_sheet, page = session.choice("explain-page", (None, 0))
    if kept_sheet != sheet:
        page = int(np.flatnonzero(numbers == number)[0]) // per_page
    page = min(page, pages - 1)
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"):
        if st.button("", icon=":material/chevron_left:", key="explain-back", help="Previous page", disabled=page == 0, type="tertiary"):
            session.choose("explain-page", (sheet, page - 1))
            st.rerun()
        last = min(len(numbers), (page + 1) * per_page)
        st.caption(f"{page * per_page + 1}–{last} of {len(numbers):,}", width="content")
        if st.button("", icon=":material/chevron_right:", key="explain-on", help="Next page", disabled=page == pages - 1, type="tertiary"):
            session.choose("explain-page", (sheet, page + 1))
            st.rerun()
    session.choose("explain-page", (sheet, page))
    shown: Array = numbers[page * per_page : (page + 1) * per_page]
    return shown
