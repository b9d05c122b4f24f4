"""Words in the search of the Data page, and the datasets of sequences that they find."""

import pytest

from playground.catalog.datasets import DATASETS
from playground.web.panels.browse import Chosen


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("text", {"sentences", "python_docs"}),
        ("speech", {"japanese_vowels"}),
        ("time series", {"basic_motions", "gun_point", "waves", "airline", "heartbeats"}),
        ("sentiment", {"sentences"}),
        ("brackets", {"brackets"}),
        ("sort", {"rearranging"}),
        ("ECG", {"heartbeats"}),
    ],
)
def test_datasets_of_sequences_are_found(words: str, expected: set[str]) -> None:
    chosen = Chosen("All", "All", tuple(words.lower().split()))
    assert expected <= {kind.name() for kind in DATASETS if chosen.shows(kind)}
