"""How an illness goes on."""

from typing import ClassVar, Literal

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.catalog.datasets.tables import Tables, scikit_table
from playground.catalog.tasks import Regression, Task

UNIT = 100.0
"""Of the target: about its own spread, so that a fresh network's answers are not far off."""


class Diabetes(Tables):
    """442 patients with diabetes, ten measurements of each: how far will the illness have gone after a year?

    The target is the source's measure in hundreds, from 0.25 to 3.46. It can only partly be foretold: about half of its variance stays
    unexplained, and a network with many weights soon knows the training rows by heart."""

    title: ClassVar[str] = "Diabetes"
    source: ClassVar[str] = "Efron et al. 2004, Annals of Statistics 32:407; the table inside scikit-learn"
    licence: ClassVar[str] = "None stated by its authors; spread with scikit-learn (BSD-3-Clause)"
    task: ClassVar[Task] = Regression()
    features: ClassVar[tuple[str, ...]] = (
        "Age (years)", "Sex", "Body mass index", "Blood pressure", "Cholesterol", "LDL", "HDL", "Cholesterol / HDL", "Triglycerides (log)",
        "Blood sugar",
    )  # fmt: skip
    target_title: ClassVar[str] = "Progression (hundreds)"

    kind: Literal["diabetes"] = "diabetes"

    def rows(self) -> tuple[Array, Array]:
        inputs = scikit_table("diabetes_data_raw.csv.gz", 442, 10)
        targets = scikit_table("diabetes_target.csv.gz", 442, 1)
        return inputs.astype(np.float32), (targets / UNIT).astype(np.float32)
