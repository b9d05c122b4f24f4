"""What uploaded datasets share: the spec refers to the data by the hash of their content and states everything else itself."""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
from pydantic import AfterValidator, Field, StringConstraints
from pydantic.config import JsonDict

from playground.artifacts.holding import Hold
from playground.artifacts.uploads import Upload, hold, open_upload
from playground.catalog.datasets.examples import Array, Data, DataError, Split
from playground.catalog.datasets.splitting import split
from playground.catalog.tasks import Binary, Multiclass, Regression, Task

UPLOADED = "Uploaded by you: the data stays on this server; a link contains only its name and classes"
LICENSE = "Set by whoever uploaded the data; unknown to the app"
OF_CONTENT: JsonDict = {"of_content": True}
"""Marks settings that follow from the content: forms do not show them."""
PREPARED_UPLOADS = "own_"
"""How the names of all uploaded datasets begin, also in the cache of prepared arrays."""
MAX_NAME = 60
MAX_LABEL = 40
MAX_LABELS = 1000


def _plain(text: str) -> str:
    """Raises: ValueError if it contains characters that cannot be displayed."""
    if not text.isprintable():
        raise ValueError("must be plain text, without control characters")
    return text


def _distinct(labels: tuple[str, ...]) -> tuple[str, ...]:
    if len(set(labels)) < len(labels):
        raise ValueError("class names must be distinct")
    if len(labels) == 1:
        raise ValueError("must be empty, or at least 2 classes")
    return labels


Key = Annotated[str, StringConstraints(pattern=r"^([0-9a-f]{64})?$")]
Name = Annotated[str, StringConstraints(max_length=MAX_NAME), AfterValidator(_plain)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=MAX_LABEL), AfterValidator(_plain)]
Labels = Annotated[tuple[Label, ...], Field(max_length=MAX_LABELS), AfterValidator(_distinct)]
"""Empty if the targets are values."""
SomeLabels = Annotated[tuple[Label, ...], Field(min_length=2, max_length=MAX_LABELS), AfterValidator(_distinct)]


def key_field() -> Any:
    """Hash of the content."""
    text = "SHA-256 of the data, by which a server finds it; empty if nothing has been uploaded"
    return Field("", title="Content", description=text, json_schema_extra=OF_CONTENT)


def called_field() -> Any:
    """Name for people."""
    return Field("", title="Name", description="Your name for the data", json_schema_extra=OF_CONTENT)


def labels_field(*default: str) -> Any:
    """Class names, with a default for datasets without data."""
    text = "Names of the classes; empty if the targets are values"
    return Field(default, title="Classes", description=text, json_schema_extra=OF_CONTENT)


def target_mean_field() -> Any:
    """Mean of a standardized target."""
    text = "Mean of the target in its own units, if it was standardized"
    return Field(0.0, allow_inf_nan=False, title="Mean of the target", description=text, json_schema_extra=OF_CONTENT)


def target_deviation_field() -> Any:
    """Standard deviation of a standardized target."""
    text = "Standard deviation of the target in its own units, if it was standardized"
    return Field(1.0, gt=0, allow_inf_nan=False, title="Deviation of the target", description=text, json_schema_extra=OF_CONTENT)


def test_share_field() -> Any:
    """Share of the test set."""
    return Field(0.2, ge=0.05, le=0.9, title="Test share", description="Share of the examples held out for testing")


def seed_field() -> Any:
    """Seed of the split."""
    return Field(0, ge=0, le=2**31 - 1, title="Split seed", description="Same seed, same test examples")


def task_of(labels: Sequence[str]) -> Task:
    """The task that follows from the classes."""
    return {0: Regression(), 2: Binary()}.get(len(labels), Multiclass())


def target_title(key: str, name: str) -> str:
    """What an upload calls its targets, such as the name of a column; "Target" if it is not on this server."""
    try:
        return str(open_upload(key, name).description.get("target", "Target")) if key else "Target"
    except DataError:
        return "Target"


def uploaded(key: str, name: str, suggestion: str, family: str, shape: tuple[int, ...], labels: Sequence[str], symbols: int = 0) -> Upload:
    """The upload of a dataset. suggestion: what to do if there is none. family: of the upload, "table", "images" … symbols: the size of its
    vocabulary.

    Raises: DataError if it is missing, or does not match the settings."""
    if not key:
        raise DataError(f"there is no data yet; {suggestion} on the Data page")
    upload = open_upload(key, name)
    content = upload.description
    actual = (
        str(content.get("family")), tuple(upload.inputs.shape[1:]), tuple(content.get("labels", ())), len(content.get("symbols", ()))
    )  # fmt: skip
    if actual != (family, tuple(shape), tuple(labels), symbols):
        raise DataError(
            f"the data “{name}” ({key[:8]}) does not match the experiment: expected {_described(family, shape, labels, symbols)}, "
            f"got {_described(*actual)}; choose it again on the Data page"
        )
    return upload


def content_held(dataset: object) -> Hold | None:
    """Keeps the upload of a dataset in the store until it is closed; None if the dataset was not uploaded, or the upload is missing."""
    key = getattr(dataset, "key", "")
    return hold(key) if key else None


def _described(family: str, shape: Sequence[int], labels: Sequence[str], symbols: int) -> str:
    classes = f"{len(labels)} classes ({', '.join(labels)[:80]})" if labels else "values"
    vocabulary = f" and a vocabulary of {symbols:,}" if symbols else ""
    return f"{family} of shape {'×'.join(map(str, shape)) or '1'} with {classes}{vocabulary}"


def split_by_share(inputs: Array, targets: Array, test_share: float, seed: int) -> Data:
    """Splits the examples into training and test set, at least one in each."""
    tests = min(max(round(len(inputs) * test_share), 1), len(inputs) - 1)
    return split(np.asarray(inputs), np.asarray(targets), tests, seed)


def split_as_given(inputs: Array, targets: Array, tests: int, seed: int) -> Data:
    """The last `tests` examples are the test set; both sets are shuffled. Raises: DataError if that leaves one of them empty."""
    if not 0 < tests < len(inputs):
        raise DataError("the data has no given split; choose a random split")
    rng, cut = np.random.default_rng([seed, 1]), len(inputs) - tests
    train, test = rng.permutation(cut), cut + rng.permutation(tests)
    return Data(Split(np.asarray(inputs[train]), np.asarray(targets[train])), Split(np.asarray(inputs[test]), np.asarray(targets[test])))


def concatenated(first: Split, second: Split) -> Split:
    """The examples of both."""
    return Split(np.concatenate([first.inputs, second.inputs]), np.concatenate([first.targets, second.targets]))
