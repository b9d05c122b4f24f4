"""Words in the search of the Data page, and the datasets that they find."""

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
        ("image", {"mnist_sample", "digits8", "shapes", "cifar10"}),
        ("picture", {"mnist_sample", "digits8", "shapes", "cifar10"}),
        ("tabular", {"iris", "wine", "breast_cancer", "diabetes"}),
        ("CSV", {"iris", "diabetes"}),
        ("time-series", {"waves", "airline"}),
        ("timeseries", {"waves", "airline"}),
        ("NLP", {"sentences", "python_docs"}),
        ("classification", {"iris", "mnist_sample"}),
    ],
)
def test_datasets_are_found(words: str, expected: set[str]) -> None:
    chosen = Chosen("All", "All", tuple(words.lower().replace("-", " ").split()))
    assert expected <= {kind.name() for kind in DATASETS if chosen.shows(kind)}
