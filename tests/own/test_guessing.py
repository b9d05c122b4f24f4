"""What is suggested for a table: a target that can be learned, as what, and what is left out."""

from collections.abc import Callable

import numpy as np
import pytest

from playground.own import OwnDataError, TableDraft, guess, prepare_table, read_table

RNG = np.random.default_rng(0)
NUMBER: Callable[[int], object] = lambda row: f"{RNG.normal():.3f}"  # noqa: E731
FEW: Callable[[int], object] = lambda row: "abc"[row % 3]  # noqa: E731
CELLS: dict[str, Callable[[int], object]] = {
    "number": NUMBER,
    "classes": FEW,
    "row": lambda row: row,
    "code": lambda row: row % 4,
    "name": lambda row: f"n{row}",
    "model": lambda row: f"model {row // 2 if row % 2 else row}",
    "day": lambda row: f"2024-{row // 28 + 1:02}-{row % 28 + 1:02}",
    "same": lambda row: 1,
    "void": lambda row: "",
    "lonely": lambda row: "rest" if row else "alone",
}


def table(header: str, kinds: str, rows: int = 60) -> TableDraft:
    lines = [",".join(str(CELLS[kind](row)) for kind in kinds.split()) for row in range(rows)]
    return read_table("\n".join([header, *lines]).encode(), "table.csv")


@pytest.mark.parametrize(
    ("header", "kinds", "target"),
    [
        ("weight,price,x,y,z", "number number number number number", "price"),
        ("x,y,height", "number number number", "height"),
        ("latitude,longitude,y,count", "number number number number", "count"),
        ("x,y", "number number", "y"),
        ("x1,x2,Y,noise", "number number number number", "Y"),
        ("SalePrice,rooms,area", "number number number", "SalePrice"),
        ("a,house_price,b", "number number number", "house_price"),
        ("species,a,b,c", "classes number number number", "species"),
        ("Id,a,b,Outcome,comment", "row number number code name", "Outcome"),
        ("a,b,price_code", "number number number", "b"),
        ("a,b,year", "number number number", "b"),
        ("age,default next month,b", "number code number", "default next month"),
        ("a,median_house_value,kind_of_place", "number number classes", "median_house_value"),
        ("miles,weight,name", "number number name", "weight"),
        ("miles,weight,model", "number number model", "weight"),
        ("miles,weight,kind", "number number classes", "kind"),
        ("miles,weight,label", "number number lonely", "weight"),
        ("day,a,same", "day number same", "a"),
        ("a,b,void", "number number void", "b"),
        ("a,b,nr", "number number row", "b"),
    ],
)  # fmt: skip
def test_the_target_is_one_that_can_be_learned(header: str, kinds: str, target: str) -> None:
    draft = table(header, kinds)
    choices = guess(draft)
    assert draft.columns[choices.target].name == target
    assert len(prepare_table(draft, choices).data.test)


@pytest.mark.parametrize(
    ("name", "cells", "task"),
    [
        ("b", "classes", "classes"), ("b", "code", "classes"), ("b", "number", "value"), ("price", "code", "value"),
        ("label", "code", "classes"),
    ],
)  # fmt: skip
def test_the_task_suits_the_target(name: str, cells: str, task: str) -> None:
    assert guess(table(f"a,{name}", f"number {cells}")).task == task


def test_whole_numbers_with_the_name_of_a_class_are_classes_if_they_occur_often_enough() -> None:
    letters = "a,letter class\n" + "\n".join(f"{row * row % 31},{row % 26}" for row in range(260))
    assert guess(read_table(letters.encode())).task == "classes"
    assert guess(read_table(letters.replace("letter class", "letters").encode())).task == "value"
    assert guess(read_table(("a,class\n" + "\n".join(f"{row * row % 31},{row}" for row in range(0, 520, 2))).encode())).task == "value"


@pytest.mark.parametrize(
    ("header", "kinds", "dropped"),
    [
        ("nr,name,day,same,void,a,y", "row name day same void number number", {"nr", "name", "day", "same", "void"}),
        ("a,model,y", "number model number", {"model"}),
        ("x,y", "row number", set()),
        ("name,y", "name number", set()),
        ("day,y", "day number", set()),
        ("nr,name,y", "row name number", {"name"}),
        ("name,day,y", "name day number", {"day"}),
        ("same,name,y", "same name number", {"same"}),
    ],
)  # fmt: skip
def test_what_says_nothing_is_left_out_but_never_the_only_feature(header: str, kinds: str, dropped: set[str]) -> None:
    draft = table(header, kinds)
    assert {draft.columns[position].name for position in guess(draft).dropped} == dropped
    assert prepare_table(draft, guess(draft)).dataset.features >= 1  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("header", "kinds", "words"),
    [
        ("a,b", "same same", "every column is empty or has the same value in every row"),
        ("a,b", "same number", "“b” cannot be predicted from anything, because every other column is empty or has a single value"),
        ("a", "number", "the table has one column, but needs at least two, a feature and a target; .* use it as a time series"),
        ("name,day", "name day", "no column can be predicted: “name” \\(different in nearly every row\\), “day” \\(dates\\)"),
    ],
)  # fmt: skip
def test_a_table_from_which_nothing_can_be_learned_says_why(header: str, kinds: str, words: str) -> None:
    with pytest.raises(OwnDataError, match=words):
        guess(table(header, kinds))


def test_rows_are_not_dropped_if_a_single_class_would_be_left() -> None:
    lines = [f"{row},{'' if row % 10 == 0 else row % 7},{'yes' if row % 10 == 0 else 'no'}" for row in range(100)]
    draft = read_table(("a,b,answer\n" + "\n".join(lines)).encode())
    assert guess(draft).missing == "mean"
    assert prepare_table(draft, guess(draft)).counts == {"no": 90, "yes": 10}
