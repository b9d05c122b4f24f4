"""What the sets that users bring share: the spec names them by the hash of their content and says everything else itself."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field, StringConstraints
from pydantic.config import JsonDict

from playground.catalog.datasets.examples import Array, Data, DataError, Split
from playground.catalog.datasets.holding import Hold
from playground.catalog.datasets.splitting import split
from playground.catalog.datasets.uploads import Upload, hold, opened
from playground.catalog.tasks import Binary, Multiclass, Regression, Task

BROUGHT = "Brought by you: it stays on this server, a link carries no more than its name and its classes"
LICENCE = "Whoever brought the data knows under what terms they may be used; the app does not"
OF_CONTENT: JsonDict = {"of_content": True}
"""Of settings that follow from the content: a form leaves them out."""
MAX_NAME = 60
MAX_LABEL = 40
MAX_LABELS = 1000


def _plain(text: str) -> str:
    """Raises: ValueError where something in it does not show."""
    if not text.isprintable():
        raise ValueError("must be plain text, without control characters")
    return text


def _distinct(labels: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(labels)) < len(labels):
        raise ValueError("the names of classes must differ")
    if len(labels) == 1:
        raise ValueError("must be none, or at least 2")
    return labels


Key = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
Name = Annotated[str, StringConstraints(max_length=MAX_NAME), AfterValidator(_plain)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LABEL), AfterValidator(_plain)]
Labels = Annotated[tuple[Label, ...], Field(max_length=MAX_LABELS), AfterValidator(_distinct)]
"""None where values are learned."""
SomeLabels = Annotated[tuple[Label, ...], Field(min_length=2, max_length=MAX_LABELS), AfterValidator(_distinct)]


def key_field() -> Any:
    """By which the content is found."""
    text = "SHA-256 of the data, by which a server finds them; none where nothing was brought yet"
    return Field("", title="Content", description=text, json_schema_extra=OF_CONTENT)


def called_field() -> Any:
    """By which people know it."""
    return Field("", title="Name", description="By which you know the data", json_schema_extra=OF_CONTENT)


def labels_field(*default: str) -> Any:
    """Of a new set: these."""
    text = "Names of the classes; none where values are learned"
    return Field(default, title="Classes", description=text, json_schema_extra=OF_CONTENT)


def test_share_field() -> Any:
    """How much of it is the test."""
    return Field(0.2, ge=0.05, le=0.9, title="Test share", description="Share of the examples kept for the test, never learned from")


def seed_field() -> Any:
    """Of the split."""
    return Field(0, ge=0, le=2**31 - 1, title="Seed", description="Same seed, same examples in the test")


def task_of(labels: Sequence[str]) -> Task:
    """What these classes make of it."""
    return {0: Regression(), 2: Binary()}.get(len(labels), Multiclass())


def brought(key: str, name: str, what: str, family: str, shape: tuple[int, ...], labels: Sequence[str]) -> Upload:
    """The upload behind a dataset. what: to bring where nothing was brought. family: of the upload, "table", "images" …

    Raises: DataError if it is not there, or is another than the settings say."""
    if not key:
        raise DataError(f"nothing was brought yet; bring {what} on the page Data")
    upload = opened(key, name)
    found = (upload.description.get("family"), tuple(upload.inputs.shape[1:]), tuple(upload.description.get("labels", ())))
    if found != (family, tuple(shape), tuple(labels)):
        raise DataError(
            f"the data “{name}” ({key[:8]}) are not what the experiment says: it expects {_said(family, shape, labels)}, "
            f"they are {_said(*found)}; choose them again on the page Data"
        )
    return upload


def content_held(dataset: object) -> Hold | None:
    """Keeps what a dataset was brought as in the store until it is closed; None where nobody brought it, or it is not there."""
    key = getattr(dataset, "key", "")
    return hold(key) if key else None


def _said(family: Any, shape: Sequence[int], labels: Sequence[str]) -> str:
    classes = f"{len(labels)} classes ({', '.join(labels)[:80]})" if labels else "values"
    return f"{family} of {'×'.join(map(str, shape))} with {classes}"


def parted(inputs: Array, targets: Array, test_share: float, seed: int) -> Data:
    """All examples into training and test, at least one in each."""
    tests = min(max(round(len(inputs) * test_share), 1), len(inputs) - 1)
    return split(np.asarray(inputs), np.asarray(targets), tests, seed)


def together(first: Split, second: Split) -> Split:
    """The examples of both."""
    return Split(np.concatenate([first.inputs, second.inputs]), np.concatenate([first.targets, second.targets]))
