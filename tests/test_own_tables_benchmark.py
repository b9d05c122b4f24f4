"""The comparison with pandas finds what is read wrongly, and nothing in tables that are read correctly."""

import re

import pandas
import pytest

from benchmarks import own_tables
from playground.own import read_table

RIGHT = "code,size,share,name\n" + "\n".join(f"{row % 7:03},{row / 8},{100 + row},n{row % 3}" for row in range(40))


def difference(monkeypatch: pytest.MonkeyPatch, content: str, as_if: str) -> dict[str, list[str]]:
    """What is found if the app read the second text where pandas reads the first."""
    monkeypatch.setattr(own_tables, "read_table", lambda _content, name: read_table(as_if.encode(), name))
    return {what: lines for what, lines in vars(own_tables.compare(pandas, "some/table.csv", content.encode())).items() if lines}


@pytest.mark.parametrize(
    ("content", "as_if", "what", "words"),
    [
        (RIGHT, RIGHT.replace("\n00", "\n"), "codes", "“code”: '000' is a number"),
        (RIGHT, RIGHT.replace("2.5,", "2.25,"), "values", "“size”, 1 values: 2.25, pandas: '2.5'"),
        (RIGHT, RIGHT.replace("\n", "\nc,", 1), "layout", "columns are called differently|rows ×"),
        (RIGHT, RIGHT.partition("\n")[2], "layout", "does not take the first row for names"),
        (RIGHT, RIGHT.replace("25,", "two,"), "kinds", "“size” is category, pandas: number"),
        (RIGHT.replace("1.5,", "**,"), RIGHT.replace("1.5,", ","), "kinds", "“size”: missing without a message: \\['\\*\\*'\\]"),
        (RIGHT, RIGHT.replace(",n0", ",1").replace(",n1", ",1").replace(",n2", ",1"), "kinds", "“name” is number, pandas: text"),
        (RIGHT, "a,b\n" + "\n".join("1,1" for _ in range(40)), "refused", "features to learn from|nothing"),
    ],
)  # fmt: skip
def test_what_is_read_wrongly_is_found(monkeypatch: pytest.MonkeyPatch, content: str, as_if: str, what: str, words: str) -> None:
    found = difference(monkeypatch, content, as_if)
    assert re.search(words, " ".join(found[what]))


@pytest.mark.parametrize("content", [RIGHT, RIGHT.replace(",", ";"), "1,2\n3,4\n5,7\n8,9\n", 'a,b\n"$1,000",1\n"$2,500",3\n$300,4\n'])
def test_what_is_read_correctly_is_not_reported(content: str) -> None:
    found = own_tables.compare(pandas, "some/table.csv", content.encode())
    assert not any(vars(found).values())
