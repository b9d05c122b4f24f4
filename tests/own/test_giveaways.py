"""Features that give the target away are found, and those that are only useful are not."""

import time
from dataclasses import replace

import numpy as np
import pytest
from sklearn.datasets import load_iris

from playground.own import TableChoices, TableDraft, guess, prepare_table, read_table
from playground.own.columns import Column
from playground.own.giveaways import giveaways
from playground.own.matching import match_table

RNG = np.random.default_rng(0)
ROWS = 200
NOISE = RNG.normal(size=ROWS)
ANSWER = RNG.integers(0, 2, ROWS)
KIND = RNG.integers(0, 3, ROWS)
VALUE = RNG.normal(100, 10, ROWS)
FEW_WRONG = np.where(np.arange(ROWS) < 3, 1 - ANSWER, ANSWER)


def content_of(**columns: object) -> bytes:
    """A table with these columns."""
    cells = zip(*(np.asarray(values).tolist() for values in columns.values()), strict=True)
    return "\n".join([",".join(columns), *(",".join(map(str, row)) for row in cells)]).encode()


def draft_of(**columns: object) -> TableDraft:
    """In the order of the columns, the target last."""
    return read_table(content_of(**columns), "table.csv")


def found(draft: TableDraft) -> list[str]:
    target = draft.columns[-1]
    task = "classes" if target.kind != "number" or target.distinct < 5 else "value"
    return [giveaway.column.name for giveaway in giveaways(target, draft.columns[:-1], task)]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("column", "target"),
    [
        (np.array(["no", "yes"])[ANSWER], ANSWER),
        (np.array([7, 9])[ANSWER], np.array(["dead", "alive"])[ANSWER]),
        (np.array(["no", "yes"])[FEW_WRONG], ANSWER),
        (np.array(["C1", "C2", "C3"])[KIND], np.array(["setosa", "versicolor", "virginica"])[KIND]),
        (np.char.add(np.array(["C", "D", "E"])[KIND], RNG.integers(0, 4, ROWS).astype(str)), np.array(["cat", "dog", "emu"])[KIND]),
        (VALUE * 1.8 + 32, VALUE),
        (-VALUE, VALUE),
        (VALUE * 1.1 + 0.01 * NOISE, VALUE),
        (np.exp(VALUE / 10), VALUE),
        (np.array(["low", "middle", "high"])[KIND], np.array([1.5, 2.5, 9.0])[KIND]),
    ],
)  # fmt: skip
def test_a_column_from_which_the_target_can_be_read_is_found(column: object, target: object) -> None:
    assert found(draft_of(noise=NOISE, column=column, target=target)) == ["column"]
    assert found(draft_of(column=column, target=target)) == [], "it is the only feature"


@pytest.mark.parametrize(
    ("column", "target"),
    [
        (np.where(RNG.random(ROWS) < 0.85, ANSWER, 1 - ANSWER), ANSWER),
        (VALUE, (VALUE > 100).astype(int)),
        (VALUE + 2 * NOISE, VALUE),
        (np.arange(ROWS), KIND),
        (np.char.add("n", np.arange(ROWS).astype(str)), KIND),
        (np.array(["a", "b", "c"])[KIND], VALUE),
        (np.arange(ROWS) % 2, (np.arange(ROWS) == 7).astype(int)),
    ],
)  # fmt: skip
def test_a_column_that_is_only_useful_is_not(column: object, target: object) -> None:
    assert found(draft_of(noise=NOISE, column=column, target=target)) == []


def test_flowers_have_no_column_that_gives_them_away() -> None:
    flowers = load_iris()
    columns = dict(zip("abcd", flowers.data.T, strict=True))
    assert found(draft_of(**columns, species=flowers.target_names[flowers.target])) == []


def test_it_is_said_with_what_to_do() -> None:
    draft = draft_of(noise=NOISE, alive=np.array(["no", "yes"])[ANSWER], code=ANSWER + 3, survived=ANSWER)
    choices = guess(draft)
    assert choices.target == 3
    (note,) = (note for note in prepare_table(draft, choices).notes if "away" in note.text)
    assert note.warning
    assert note.text == (
        "“alive”, “code” give the target away: “survived” follows from the value in all rows. Leave them out unless they are known "
        "before “survived” is."
    )
    left = TableChoices(target=3, task="classes", dropped=frozenset({1, 2}))
    assert not any("away" in note.text for note in prepare_table(draft, left).notes)


@pytest.mark.parametrize("names", [{"date", "model"}, {"date", "model", "alive"}, {"date"}])
def test_the_same_file_gives_the_same_data_again_whatever_was_left_out(names: set[str]) -> None:
    """By default, with one click, or by default in earlier versions, which kept text that hardly ever occurs again."""
    days = [f"2024-{row // 28 + 1:02}-{row % 28 + 1:02}" for row in range(ROWS)]
    models = [f"m{row // 2 if row % 3 else row}" for row in range(ROWS)]
    alive = np.array(["no", "yes"])[ANSWER]
    content = content_of(noise=NOISE, date=days, alive=alive, model=models, survived=ANSWER)
    draft = read_table(content, "table.csv")
    dropped = frozenset(column.position for column in draft.columns if column.name in names)
    prepared = prepare_table(draft, replace(guess(draft), dropped=dropped))
    again = match_table(prepared.dataset, content, "again.csv")  # type: ignore[arg-type]
    assert again.upload.key == prepared.upload.key


def test_a_large_table_takes_no_longer() -> None:
    rows = 1_000_000
    columns = [Column(index, f"c{index}", "number", RNG.normal(size=rows)) for index in range(19)]
    target = Column(19, "t", "number", columns[4].values * 3 + 1)
    started = time.process_time()
    assert [giveaway.column.name for giveaway in giveaways(target, columns, "value")] == ["c4"]
    assert time.process_time() - started < 2
