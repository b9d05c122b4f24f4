"""Addresses of the app that visitors give to others."""

import pytest

from playground.web.links import without_page


@pytest.mark.parametrize(
    ("address", "base", "expected"),
    [
        ("http://localhost:8501", "", "http://localhost:8501"),
        ("http://localhost:8501/", "", "http://localhost:8501"),
        ("https://lab.example/playground?run=c1", "", "https://lab.example"),
        ("https://lab.example/lab/", "lab", "https://lab.example/lab"),
        ("https://lab.example/lab/room", "/lab/", "https://lab.example/lab"),
        ("https://lab.example/removed/by/proxy/room", "", "https://lab.example/removed/by/proxy"),
        ("https://lab.example/playground/", "playground", "https://lab.example/playground"),
        ("https://lab.example/playground/playground", "playground", "https://lab.example/playground"),
        ("", "", ""),
    ],
)
def test_the_app_without_a_page(address: str, base: str, expected: str) -> None:
    assert without_page(address, base) == expected
