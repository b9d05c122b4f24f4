"""Chemical analyses of wines."""

from typing import ClassVar, Literal

import numpy as np

from playground.catalog.datasets.examples import Array
from playground.catalog.datasets.tables import Tables, scikit_table
from playground.catalog.tasks import Multiclass, Task


class Wine(Tables):
    """178 wines with 13 laboratory measurements each: which of three growers in the same region made it?

    One feature has values in the hundreds, others in tenths: turn off standardization to see how much that hurts."""

    title: ClassVar[str] = "Wines"
    source: ClassVar[str] = "Forina et al. 1988, PARVUS; UCI Machine Learning Repository; table included in scikit-learn"
    license: ClassVar[str] = "CC BY 4.0, UCI Machine Learning Repository"
    largest_feature: ClassVar[float | None] = 1680.0
    task: ClassVar[Task] = Multiclass()
    classes: ClassVar[tuple[str, ...]] = ("grower 1", "grower 2", "grower 3")
    features: ClassVar[tuple[str, ...]] = (
        "Alcohol", "Malic acid", "Ash", "Alkalinity of ash", "Magnesium", "Phenols", "Flavanoids", "Other phenols", "Proanthocyanins",
        "Color intensity", "Hue", "OD280/OD315", "Proline",
    )  # fmt: skip
    target_title: ClassVar[str] = "Grower"

    kind: Literal["wine"] = "wine"

    def rows(self) -> tuple[Array, Array]:
        table = scikit_table("wine_data.csv", 178, 14)
        return table[:, :-1].astype(np.float32), table[:, -1].astype(np.int64)
