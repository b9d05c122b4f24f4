"""Uploaded data whose names would do harm when pasted into code, HTML or a formula."""

import numpy as np

from playground.artifacts.uploads import Upload, store_upload
from playground.catalog.datasets import OwnTable
from playground.catalog.layers import Dense, Output, ReLU
from playground.catalog.losses import CrossEntropy
from playground.spec import ExperimentSpec

NAMES = (
    '"""; raise SystemExit("hurt"); """',
    "'; import os; os.abort(); '",
    "<script>alert(1)</script>",
    "</script><img src=x onerror=alert(1)>",
    "\\N{DIGIT} \\x00 \\",
    "# ---- Data ----",
    "# ✂",
    "⟦#⟧ import os",
    "$\\frac{$",
    "{0} {name!r} %s",
    "שלום עולם",
    "😀👩‍🔬",
    "`_SPLIT` _places",
)
"""All are printable, as class names must be."""
_LABELS = tuple(name.replace("\u200d", "") for name in NAMES)


def hostile_spec() -> ExperimentSpec:
    """A table with hostile names, stored in this test's data folder."""
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(90, 4)).astype(np.float32)
    rows[::7, 1] = np.nan
    columns = [f"{name}{place}" for place, name in enumerate(NAMES[:4])]
    description = {"family": "table", "labels": list(_LABELS), "features": columns, "target": NAMES[0], "modes": [[1]], "groups": [[2, 2]]}
    upload = Upload(rows, (np.arange(90) % len(_LABELS)).astype(np.int64), description)
    table = OwnTable(key=store_upload(upload), called=_LABELS[0], features=4, labels=_LABELS)
    return ExperimentSpec(data=table, network=(Dense(units=6), ReLU(), Output()), loss=CrossEntropy())
