"""Explaining a sequence: a test example, picked from a list, or what the visitor types."""

from collections.abc import Callable

import numpy as np
import streamlit as st
import torch

from playground.catalog.datasets.examples import Array
from playground.catalog.sequences.vocabulary import visible
from playground.catalog.tensors import PADDING_SYMBOL
from playground.explain import ExplainError
from playground.explain.isolation import outputs_of
from playground.explain.typed import typed_steps
from playground.web import session
from playground.web.dataset_previews.examples import answer
from playground.web.markup import quoted
from playground.web.networks import Network
from playground.web.panels.explain_picked import Picked
from playground.web.panels.explain_series import PickedSeries
from playground.web.panels.explain_symbols import PickedSymbols
from playground.web.panels.explain_tests import Tested, sheet

TEST, TYPED = "Test examples", "Your own"
PER_PAGE = 8
_MOST_CHARACTERS = 20_000
_WORDS = 56
"""Characters of a test example in the list."""

Of = Callable[[Network, Array, str, Array | None, list[str] | None], Picked]
"""Makes what is picked from the raw steps of one example, its title and target; if it was typed, also from what stands there."""


def pick_symbols(network: Network) -> Picked | None:
    """Symbols or text. Raises: DataError."""
    return _pick(network, _symbols)


def pick_numbers(network: Network) -> Picked | None:
    """Sequences of numbers. Raises: DataError."""
    return _pick(network, _numbers)


def _pick(network: Network, of: Of) -> Picked | None:
    kept = session.choice("explain-sequence-source", TEST)
    source = st.segmented_control("What to explain", [TEST, TYPED], default=kept, key="explain-sequence-source", width="stretch")
    session.choose("explain-sequence-source", source or TEST)
    picked = _typed(network, of) if source == TYPED else _tested(network, of)
    return None if picked is None else _taken(network, picked)


def _taken(network: Network, picked: Picked) -> Picked | None:
    """The picked example, if the network can take it."""
    try:
        outputs_of(network.run.model, picked.x)
    except ExplainError as error:
        length = network.run.spec.data.tensor.size("length")
        if picked.x.shape[1] == length:
            st.error(str(error))
        else:
            st.info(f"This network takes exactly {length:,} steps; there are {picked.x.shape[1]:,} here.", icon=":material/straighten:")
        return None
    return picked


def _typed(network: Network, of: Of) -> Picked | None:
    data = network.run.spec.data
    encoding, name = data.encoding, f"explain-typed-{data.kind}"
    first = np.asarray(network.data.test.inputs[int(session.choice("explain-number", 0)) % len(network.data.test)])
    text = st.text_area(
        "Your own sequence",
        session.choice(name, encoding.as_typed(_valid(first))),
        key=name,
        height=140,
        max_chars=_MOST_CHARACTERS,
        help=encoding.how_to_type,
    )
    session.choose(name, text)
    st.caption(f"{encoding.how_to_type}.")
    try:
        typed = typed_steps(data, text)
    except ValueError as error:
        st.error(quoted(str(error)))
        return None
    if not len(typed.steps):
        st.info("Nothing typed yet.", icon=":material/keyboard:")
        return None
    if typed.note:
        st.caption(typed.note)
    return of(network, typed.steps, "Your own sequence", None, typed.tokens)


def _tested(network: Network, of: Of) -> Picked | None:
    found = sheet(network, PER_PAGE)
    if found is None:
        return None
    tests, page, number = found
    rows = [int(row) for row in page]
    picked = st.radio(
        "Test examples",
        rows,
        rows.index(number) if number in rows else None,
        format_func=lambda row: _titled(network, tests, row),
        key=f"explain-tests-{network.run.directory.name}-{rows[0]}-{rows[-1]}-{len(rows)}",
        label_visibility="collapsed",
    )
    if picked is not None:
        number = picked
        session.choose("explain-number", picked)
    test = network.data.test
    return of(network, _valid(np.asarray(test.inputs[number])), f"Test example {number}", np.asarray(test.targets[number]), None)


def _titled(network: Network, tests: Tested, row: int) -> str:
    """A test example in a line of Markdown: what it is, its answer, and whether it is right."""
    data, test = network.run.spec.data, network.data.test
    words = data.encoding.as_typed(_valid(np.asarray(test.inputs[row]))) if data.encoding.symbols else f"Example {row}"
    words = quoted(" ".join(words.split())[:_WORDS] + ("…" if len(words) > _WORDS else ""))
    if tests.wrong is None:
        value = f": {quoted(answer(data, test.targets[row]))}" if data.target_size == 1 else ""
        return f"{words}{value}, off by {tests.order[row]:.3g}"
    mark = "✗" if tests.wrong[row] else "✓"
    if tests.truth is None:
        return f"{mark} {words}"
    predicted, truth = data.classes[int(tests.answers[row])], data.classes[int(tests.truth[row])]
    return f"{mark} {words} → {quoted(predicted)}" + (f", not {quoted(truth)}" if tests.wrong[row] else "")


def _valid(steps: Array) -> Array:
    """One raw example without its padding."""
    valid: Array = steps[~np.isnan(steps).any(axis=1)] if steps.ndim == 2 else steps[steps != PADDING_SYMBOL]
    return valid


def _symbols(network: Network, steps: Array, title: str, target: Array | None, typed: list[str] | None) -> Picked:
    encoding = network.run.spec.data.encoding
    labels = [encoding.symbols[symbol] for symbol in steps.tolist()] if typed is None else [visible(token) for token in typed]
    unknown = tuple(symbol == encoding.unknown for symbol in steps.tolist())
    x = torch.from_numpy(np.array(steps, np.int64))[None]
    return PickedSymbols(x, title, target, tuple(label[:40] for label in labels), unknown)


def _numbers(network: Network, steps: Array, title: str, target: Array | None, typed: list[str] | None) -> Picked:
    data = network.run.spec.data
    numbers = np.array(steps, np.float32)
    return PickedSeries(data.scaled(torch.from_numpy(numbers)[None]), title, target, numbers, data.feature_names)
