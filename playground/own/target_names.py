"""What the name of a column says about its part in a table: what is usually predicted, and what rarely is."""

import re
from collections.abc import Collection
from typing import Literal

Task = Literal["classes", "value"]

_TYPICAL: dict[str, tuple[float, Task | None]] = {
    "target": (8, None), "outcome": (8, None), "response": (8, None), "quality": (6, None), "survival": (6, None), "y": (6, None),
    "rating": (5, None), "score": (5, None), "value": (5, None),
    "label": (8, "classes"), "species": (8, "classes"), "variety": (8, "classes"), "diagnosis": (8, "classes"), "survived": (8, "classes"),
    "churn": (8, "classes"), "churned": (8, "classes"), "fraud": (8, "classes"), "spam": (8, "classes"), "sentiment": (8, "classes"),
    "choice": (8, "classes"), "vote": (8, "classes"), "class": (5, "classes"), "category": (5, "classes"), "type": (5, "classes"),
    "status": (5, "classes"), "result": (5, "classes"), "disease": (5, "classes"), "default": (5, "classes"), "grade": (5, "classes"),
    "price": (8, "value"), "cost": (8, "value"), "salary": (8, "value"), "sales": (8, "value"), "revenue": (8, "value"),
    "medv": (8, "value"), "mpg": (8, "value"),
}  # fmt: skip
"""Weight of a word, and what it is usually predicted as, if that is clear."""
_SELDOM = frozenset(
    (
        "id", "uuid", "index", "row", "obs", "nr", "no", "key", "name", "title", "code", "zip", "postcode", "phone", "email", "url",
        "address", "date", "time", "timestamp", "latitude", "longitude", "lat", "lon", "lng",
    )
)  # fmt: skip
_PERIODS = frozenset(("year", "quarter", "month", "week", "weekday", "day", "hour", "minute"))
"""Seldom predicted, unless something is measured in them: default next month, sales per day."""
_OF_A_LONGER_NAME = {"last": 0.7, "inside": 0.4}
"""A typical word weighs less in a longer name, such as sale price, or price per unit."""
_SELDOM_WEIGHT = -4.0
_BETWEEN_WORDS = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z0-9])")


def name_weight(name: str, others: Collection[str]) -> float:
    """How usual it is to predict a column of this name. others: the names of all columns of the table."""
    words = _words(name)
    if not words or (words == ["y"] and _is_coordinate(others)):
        return 0.0
    inside = max(map(_weight, words[:-1]), default=0.0)
    if words[-1] in _SELDOM or (words[-1] in _PERIODS and not inside):
        return _SELDOM_WEIGHT
    if len(words) == 1:
        return _weight(words[0])
    return max(_OF_A_LONGER_NAME["last"] * _weight(words[-1]), _OF_A_LONGER_NAME["inside"] * inside) if "y" not in words else 0.0


def usual_task(name: str) -> Task | None:
    """What a column of this name is usually predicted as; None if the name does not say it."""
    words = _words(name)
    return _TYPICAL.get(words[-1], (0.0, None))[1] if words else None


def _words(name: str) -> list[str]:
    """SalePrice and sale_price: sale, price."""
    return [word.lower() for word in _BETWEEN_WORDS.split(name) if word]


def _weight(word: str) -> float:
    return _TYPICAL.get(word, (0.0, None))[0]


def _is_coordinate(others: Collection[str]) -> bool:
    """Whether a column “y” of this table is a position: beside z, beside x and more columns, or beside latitude or longitude."""
    lower = {name.lower() for name in others}
    return bool(lower & {"z", "latitude", "longitude", "lat", "lon", "long", "lng"}) or ("x" in lower and len(lower) > 2)
