"""How uploaded tables are read, and what is suggested to learn from them, compared with pandas on every table inside scikit-learn, sktime,
statsmodels and vega_datasets.

`python -m benchmarks.own_tables` installs pandas, statsmodels and vega_datasets (without what they depend on) into a temporary folder and
prints every difference, then the figures. `python -m benchmarks.own_tables FOLDER` uses what is installed there already.

Where the format of a file does not follow from its first two lines, pandas gets it as options (`TOLD`). It reads cells as text; its own
rules then say what a column is: numbers (after currency, percent signs and thousands separators are removed), codes (digits with leading
zeros), or something else. Numbers with a few other cells are still numbers; then those cells have to be named in a message."""

import gzip
import importlib.util
import io
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.figures import Figure, report
from playground.own import Column, OwnDataError, TableDraft, guess, guess_series, prepare_series, prepare_table, read_table
from playground.own.series import like_series

INSTALLED = ("pandas==3.0.6", "python-dateutil==2.9.0.post0", "six==1.17.0", "statsmodels==0.15.0", "vega_datasets==0.9.0")
PACKAGES = ("sklearn", "sktime", "statsmodels", "vega_datasets")
ENDINGS = (".csv", ".tsv", ".data", ".csv.gz", ".tsv.gz", ".data.gz")
_RESULTS = "tests/results"

NO_TABLES = {
    f"statsmodels/discrete/{_RESULTS}/mnlogit_resid.csv": "a single line of numbers",
    f"statsmodels/discrete/{_RESULTS}/poisson_resid.csv": "a single line of numbers",
    "statsmodels/iolib/tests/test_data.csv": "a single row under its header",
    f"statsmodels/tsa/statespace/{_RESULTS}/cfa_tvpvar_v10.csv": "a single line of numbers",
    f"statsmodels/tsa/statespace/{_RESULTS}/cfa_tvpvar_vi0.csv": "a single line of numbers",
}
"""Files that are not tables of rows, and why."""

_COUNTS: dict[str, Any] = {"header": None, "skiprows": 1}
"""The first line counts examples and features, and names the classes."""
TOLD: dict[str, dict[str, Any]] = {
    "sklearn/datasets/data/breast_cancer.csv": _COUNTS,
    "sklearn/datasets/data/iris.csv": _COUNTS,
    "sklearn/datasets/data/wine_data.csv": _COUNTS,
    f"statsmodels/genmod/{_RESULTS}/iris.csv": _COUNTS,
    "sktime/datasets/data/Lynx/Lynx.csv": {"header": 0},
    "statsmodels/datasets/fertility/fertility.csv": {"header": 0},
    "statsmodels/datasets/anes96/anes96.csv": {"header": 0, "quotechar": "'"},
    "statsmodels/datasets/spector/spector.csv": {"header": 0, "quotechar": "'"},
    "statsmodels/datasets/macrodata/src/unemp.csv": {"header": 0, "skiprows": 9, "sep": ","},
    "statsmodels/datasets/scotland/src/scotland_population.csv": {"header": 0, "skiprows": 17, "skipfooter": 6, "engine": "python"},
}
"""Options of `pandas.read_csv` by file, found by looking at each file."""

_NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_SEPARATORS = (",", ";", "\t", r"\s+")
_FEW = 0.1
"""Share of the cells of a column that may be something else than numbers."""


@dataclass
class Differences:
    """Between the app and pandas, one line each. refused: why nothing could be trained without changing the suggestion."""

    kinds: list[str] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)
    values: list[str] = field(default_factory=list)
    layout: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def tables(folder: Path) -> Iterator[tuple[str, bytes]]:
    """Each file with its path inside its package."""
    for package in PACKAGES:
        spec = importlib.util.find_spec(package) if not (folder / package).is_dir() else None
        root = Path(spec.origin).parent if spec is not None and spec.origin else folder / package
        for path in sorted(root.rglob("*")):
            name = path.relative_to(root.parent).as_posix()
            if path.is_file() and name.lower().endswith(ENDINGS):
                content = path.read_bytes()
                yield name, gzip.decompress(content) if name.endswith(".gz") else content


def compare(pandas: Any, name: str, content: bytes) -> Differences:
    """What differs for one file."""
    found = Differences()
    try:
        draft = read_table(content, name.removesuffix(".gz"))
    except OwnDataError as error:
        found.refused.append(str(error))
        return found
    if (reason := _refusal(draft)) is not None:
        found.refused.append(reason)
    frame, names = _frame(pandas, name, content)
    columns = [column for column in draft.columns if column.kind != "empty" or _plain(column.name)]
    if (draft.rows, len(columns)) != frame.shape:
        found.layout.append(f"{draft.rows} rows × {len(columns)} columns, pandas: {frame.shape[0]} × {frame.shape[1]}")
    if draft.header != (names is not None) and not (names is None and TOLD.get(name) is _COUNTS):
        found.layout.append("takes the first row for names" if draft.header else "does not take the first row for names")
    elif names is not None:
        called = [_plain(column.name) for column in columns]
        unlike = [f"“{ours}”, pandas: “{theirs}”" for ours, theirs in zip(called, names, strict=False) if ours != theirs]
        found.layout += [f"{len(unlike)} columns are called differently: {unlike[0]}"] if unlike else []
    if len(columns) == frame.shape[1]:
        for column, (_, cells) in zip(columns, frame.items(), strict=True):
            _compare_column(pandas, draft, column, cells, found)
    return found


def _refusal(draft: TableDraft) -> str | None:
    """Why the suggestion for this table cannot be used; None if it can."""
    try:
        if like_series(draft):
            prepare_series(draft, guess_series(draft))
        else:
            prepare_table(draft, guess(draft)).check()
    except OwnDataError as error:
        return str(error)
    return None


def _frame(pandas: Any, name: str, content: bytes) -> tuple[Any, list[str] | None]:
    """The cells as pandas reads them, as text, without empty rows; and the names of the columns if the file has them."""
    text = content.decode("utf-8-sig", "strict") if _is_utf8(content) else content.decode("cp1252", "replace")
    separator = next((each for each in _SEPARATORS if all(_cells(line, each) > 1 for line in text.splitlines()[:2])), ",")
    told = {"header": None if re.search(rf"(?:^|{separator})\s*{_NUMBER}\s*(?:$|{separator})", text.splitlines()[0]) else 0}
    told |= {"sep": separator} | TOLD.get(name, {})
    frame = pandas.read_csv(io.StringIO(text), dtype=str, keep_default_na=False, skipinitialspace=True, **told)
    if not isinstance(frame.index, pandas.RangeIndex):
        frame = frame.reset_index()
    frame = frame.fillna("").map(str.strip)
    frame = frame[[title for title in frame if (frame[title] != "").any() or _plain(str(title))]]
    frame = frame[(frame != "").any(axis=1)].reset_index(drop=True)
    return frame, None if told["header"] is None else [_plain(str(each)) for each in frame.columns]


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _cells(line: str, separator: str) -> int:
    return len(re.split(separator, line.strip()))


def _plain(name: str) -> str:
    """A name without what the app, pandas or R change about it: signs, the numbers of repeated names, and names of nameless columns."""
    plain = re.sub(r"\W", "", re.sub(r"( \(\d+\)|\.\d+)$", "", name)).lower()[:30]
    return "" if re.fullmatch(r"(unnamed|column|index|level_)?\d*", plain) else plain


def _compare_column(pandas: Any, draft: TableDraft, column: Column, cells: Any, found: Differences) -> None:
    present = cells[~cells.isin(pandas.io.parsers.readers.STR_NA_VALUES)]
    if not len(present):
        return
    said = " ".join(note.text for note in draft.notes if f"“{column.name}”" in note.text)
    digits = present.str.fullmatch(r"\d+")
    if digits.all() and present.str.match(r"0\d").any():
        if column.kind == "number":
            found.codes.append(f"“{column.name}”: {present[present.str.match('0')].iloc[0]!r} is a number")
        return
    numbers = pandas.to_numeric(present.map(_without_signs), errors="coerce")
    strays = present[numbers.isna()]
    expected = "number" if len(strays) <= _FEW * len(present) else "text"
    kind = "number" if column.kind == "number" else "text"
    unnamed = [cell for cell in dict.fromkeys(strays) if expected == "number" and cell[:20] not in said]
    if kind != expected and (expected == "text" or not len(strays) or unnamed):
        found.kinds.append(f"“{column.name}” is {column.kind}, pandas: {expected} ({present.iloc[0]!r}; others: {unnamed[:3]})")
    elif kind == expected == "number" and unnamed:
        found.kinds.append(f"“{column.name}”: missing without a message: {unnamed[:5]}")
    elif kind == expected == "number" and len(cells) == len(column.values):
        truth = numbers.reindex(cells.index).to_numpy(float, copy=True)
        truth[np.abs(truth) > 1e30] = np.nan
        same = np.isclose(truth, column.values, rtol=1e-9, atol=0, equal_nan=True)
        if not same.all():
            row = int(np.argmin(same))
            found.values.append(f"“{column.name}”, {(~same).sum()} values: {column.values[row]}, pandas: {cells.iloc[row]!r}")


def _without_signs(cell: str) -> str:
    plain = re.sub(r"[$€£%\s]", "", re.sub("[\N{MINUS SIGN}\N{EN DASH}]", "-", cell))
    return plain.replace(",", "") if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", plain) else plain


def install(folder: Path) -> None:
    subprocess.run([sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder), *INSTALLED], check=True)


def measure(folder: Path) -> list[Figure]:
    """Prints the differences of each file, and returns the figures."""
    sys.path.insert(0, str(folder))
    import pandas

    everything = dict(tables(folder))
    for name in NO_TABLES:
        print(f"not a table: {name} ({NO_TABLES[name]})")
    differences = {name: compare(pandas, name, content) for name, content in everything.items() if name not in NO_TABLES}
    for name, found in differences.items():
        for what, lines in vars(found).items():
            for line in lines[:5]:
                print(f"{name}: {what}: {line}")

    def count(what: str) -> int:
        return sum(len(getattr(found, what)) for found in differences.values())

    refused = sum(bool(found.refused) for found in differences.values())
    return [
        Figure("tables", len(differences), "files", 255, "higher"),
        Figure("columns of another kind without a message", count("kinds"), "columns", 0, "lower"),
        Figure("codes made numbers", count("codes"), "columns", 0, "lower"),
        Figure("columns of numbers with other values", count("values"), "columns", 0, "lower"),
        Figure("differences in rows, columns and names", count("layout"), "files", 0, "lower"),
        Figure("refused at first sight", 100 * refused / len(differences), "%", 1, "lower"),
    ]


def main() -> int:
    if len(sys.argv) > 1:
        figures = measure(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory() as folder:
            install(Path(folder))
            figures = measure(Path(folder))
    report(figures)
    return 0 if all(figure.reached for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
