"""How diabetes progresses."""

from typing import ClassVar, Literal

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.catalog.datasets.tables import Tables, scikit_table
from playground.catalog.tasks import Regression, Task

UNIT = 100.0
"""Unit of the target, close to its standard deviation, so that the predictions of an untrained network are not far off."""


class Diabetes(Tables):
    """442 patients with diabetes, ten measurements each: how far will the disease have progressed after one year?

    The target is a score from 25 to 346, learned divided by 100. It is only partly predictable: about half of its variance remains
    unexplained, and a network with many weights soon memorizes the training rows."""

    title: ClassVar[str] = "Diabetes"
    source: ClassVar[str] = "Efron et al. 2004, Annals of Statistics 32:407; table included in scikit-learn"
    license: ClassVar[str] = "None stated by the authors; distributed with scikit-learn (BSD-3-Clause)"
    task: ClassVar[Task] = Regression()
    features: ClassVar[tuple[str, ...]] = (
        "Age (years)", "Sex", "Body mass index", "Blood pressure", "Cholesterol", "LDL", "HDL", "Cholesterol / HDL", "Triglycerides (log)",
        "Blood sugar",
    )  # fmt: skip
    target_title: ClassVar[str] = "Progression"
    target_scale: ClassVar[tuple[float, float]] = (0.0, UNIT)
    target_range: ClassVar[tuple[float, float] | None] = (0.25, 3.46)
    largest_feature: ClassVar[float | None] = 301.0

    kind: Literal["diabetes"] = "diabetes"

    def rows(self) -> tuple[Array, Array]:
        inputs = scikit_table("diabetes_data_raw.csv.gz", 442, 10)
        targets = scikit_table("diabetes_target.csv.gz", 442, 1)
        return inputs.astype(np.float32), (targets / UNIT).astype(np.float32)
