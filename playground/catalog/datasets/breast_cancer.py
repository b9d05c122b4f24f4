"""Cells under the microscope, as numbers."""

from typing import ClassVar, Literal

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.catalog.datasets.tables import Tables, scikit_table
from playground.catalog.tasks import Binary, Task

_MEASURED = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry", "fractal dimension",
)  # fmt: skip


class BreastCancer(Tables):
    """569 tumours of the breast, each with 30 numbers read off a picture of its cells: benign or malignant?

    Ten properties of the cells' nuclei, each as its mean, its standard error and its worst. Many go together, so that few would do."""

    title: ClassVar[str] = "Breast cancer"
    source: ClassVar[str] = "Street et al. 1993, Proc. SPIE 1905:861; the table inside scikit-learn"
    licence: ClassVar[str] = "CC BY 4.0, UCI Machine Learning Repository"
    task: ClassVar[Task] = Binary()
    classes: ClassVar[tuple[str, ...]] = ("malignant", "benign")
    features: ClassVar[tuple[str, ...]] = tuple(f"{which} {name}" for which in ("Mean", "Error of", "Worst") for name in _MEASURED)
    target_title: ClassVar[str] = "Diagnosis"

    kind: Literal["breast_cancer"] = "breast_cancer"

    def rows(self) -> tuple[Array, Array]:
        table = scikit_table("breast_cancer.csv", 569, 31)
        return table[:, :-1].astype(np.float32), table[:, -1].astype(np.int64)
