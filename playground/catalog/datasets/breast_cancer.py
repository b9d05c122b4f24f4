"""Measurements of breast tumor cells."""

from typing import ClassVar, Literal

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.catalog.datasets.tables import Tables, scikit_table
from playground.catalog.tasks import Binary, Task

_MEASURED = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry", "fractal dimension",
)  # fmt: skip


class BreastCancer(Tables):
    """569 breast tumors, each with 30 measurements from a microscope image of its cells: benign or malignant?

    Ten properties of the cell nuclei, each given as mean, standard error and worst value. Many are correlated, so a few would be enough."""

    title: ClassVar[str] = "Breast cancer"
    source: ClassVar[str] = "Street et al. 1993, Proc. SPIE 1905:861; table included in scikit-learn"
    license: ClassVar[str] = "CC BY 4.0, UCI Machine Learning Repository"
    largest_feature: ClassVar[float | None] = 4254.0
    task: ClassVar[Task] = Binary()
    classes: ClassVar[tuple[str, ...]] = ("malignant", "benign")
    features: ClassVar[tuple[str, ...]] = tuple(f"{which} {name}" for which in ("Mean", "SE of", "Worst") for name in _MEASURED)
    target_title: ClassVar[str] = "Diagnosis"

    kind: Literal["breast_cancer"] = "breast_cancer"

    def rows(self) -> tuple[Array, Array]:
        table = scikit_table("breast_cancer.csv", 569, 31)
        return table[:, :-1].astype(np.float32), table[:, -1].astype(np.int64)
