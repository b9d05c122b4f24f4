"""Fisher's iris flowers."""

from typing import ClassVar, Literal

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.catalog.datasets.tables import Tables, scikit_table
from playground.catalog.tasks import Multiclass, Task


class Iris(Tables):
    """150 iris flowers with four measurements each: which of three species is it?

    One species is well separated, the other two overlap slightly: a handful of neurons gets nearly all of them right."""

    title: ClassVar[str] = "Iris flowers"
    source: ClassVar[str] = "Fisher 1936, Annals of Eugenics 7:179; table included in scikit-learn"
    license: ClassVar[str] = "CC BY 4.0, UCI Machine Learning Repository"
    task: ClassVar[Task] = Multiclass()
    classes: ClassVar[tuple[str, ...]] = ("setosa", "versicolor", "virginica")
    features: ClassVar[tuple[str, ...]] = ("Sepal length (cm)", "Sepal width (cm)", "Petal length (cm)", "Petal width (cm)")
    target_title: ClassVar[str] = "Species"

    kind: Literal["iris"] = "iris"

    def rows(self) -> tuple[Array, Array]:
        table = scikit_table("iris.csv", 150, 5)
        return table[:, :-1].astype(np.float32), table[:, -1].astype(np.int64)
