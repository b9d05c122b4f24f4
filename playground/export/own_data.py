"""Uploaded data as a file that a generated script reads."""

import io
import json

import numpy as np

from playground.artifacts.uploads import open_upload
from playground.catalog.datasets import Dataset


def data_file(dataset: Dataset) -> tuple[str, bytes] | None:
    """Name and content of the file: `inputs`, `targets` and `description` (JSON text) as uploaded, before the split; None for datasets
    that are not uploaded.

    Raises: DataError if the uploaded data is not on this server."""
    key = getattr(dataset, "key", "")
    if not key:
        return None
    upload = open_upload(key, getattr(dataset, "called", ""))
    file = io.BytesIO()
    np.savez_compressed(
        file, inputs=upload.inputs, targets=upload.targets, description=np.array(json.dumps(dict(upload.description), ensure_ascii=False))
    )
    return f"data-{key[:12]}.npz", file.getvalue()
