"""The plots of sequences in notebooks."""

from collections.abc import Iterator
from typing import get_args

import matplotlib as mpl
import numpy as np
import pytest
import torch

from playground.catalog.encodings import Picture
from playground.export import notebook


@pytest.fixture
def pyplot(monkeypatch: pytest.MonkeyPatch) -> Iterator[object]:
    """matplotlib without a screen, whose figures stay open."""
    mpl.use("Agg")
    import matplotlib.pyplot as plt

    monkeypatch.setattr(plt, "show", lambda: None)
    yield plt
    plt.close("all")


def test_every_picture_has_a_plot() -> None:
    assert set(notebook._EXAMPLES) == set(get_args(Picture))


def test_a_sequence_has_one_line_per_feature_that_ends_with_it(pyplot) -> None:
    from playground.export.code.plots import show_series

    sequences = torch.randn(3, 6, 2)
    sequences[1, 4:] = torch.nan
    show_series(sequences, ["a", "$b$", "c"])
    charts = [chart for chart in pyplot.gcf().axes if chart.lines]
    assert [chart.get_title() for chart in charts] == ["a", "$b$", "c"]
    for chart, sequence in zip(charts, sequences, strict=True):
        np.testing.assert_array_equal(np.stack([line.get_ydata() for line in chart.lines], axis=1), sequence)


def test_symbols_are_printed_without_padding(capsys: pytest.CaptureFixture[str]) -> None:
    from playground.export.code.plots import show_symbols

    show_symbols(torch.tensor([[2, 1, 0], [1, 1, 1]]), ["(padding)", "a", "b"], ["first", "second"])
    assert capsys.readouterr().out.splitlines() == ["first | b a", "second | a a a"]
