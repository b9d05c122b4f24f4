"""Time series that users upload."""

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from playground.artifacts.uploads import Upload, open_upload
from playground.catalog.datasets import own
from playground.catalog.datasets.examples import Array, Data, DataError
from playground.catalog.datasets.series import Series
from playground.catalog.encodings import Encoding, SequenceEncoding
from playground.catalog.sequences.series import forecasts, scaled_by_training, training_scale

MAX_COLUMNS = 100
MAX_WINDOWS_BYTES = 1_000_000_000


class OwnSeries(Series):
    """A time series that you uploaded: from the last values, what are the next ones? The end of the series is for testing.

    Training never sees a value of the test part: no window reaches across the cut, and the scale is that of the training part."""

    title: ClassVar[str] = "My time series"
    source: ClassVar[str] = own.UPLOADED
    license: ClassVar[str] = own.LICENSE

    kind: Literal["own_series"] = "own_series"
    key: own.Key = own.key_field()
    called: own.Name = own.called_field()
    columns: int = Field(
        1, ge=1, le=MAX_COLUMNS, title="Columns", description="How many values each step has", json_schema_extra=own.OF_CONTENT
    )
    stride: int = Field(
        1, ge=1, le=10_000, title="Stride", description="Steps from the start of a training window to the next; fewer give more windows"
    )
    scale: bool = Field(
        True,
        title="Scale the series",
        description="Mean 0 and standard deviation 1 in the training part, of what the network sees and predicts; without it, large values "
        "are hard to learn",
    )

    @property
    def encoding(self) -> Encoding:
        return SequenceEncoding(self.window, self.columns)

    @property
    def target_size(self) -> int:
        return self.horizon * self.columns

    @property
    def measured(self) -> tuple[str, ...]:  # type: ignore[override]
        """Names of the columns; x1, x2 … if the data is not on this server."""
        try:
            names = open_upload(self.key, self.called).description.get("features", ()) if self.key else ()
        except DataError:
            names = ()
        return tuple(names) if len(names) == self.columns else tuple(f"x{index + 1}" for index in range(self.columns))

    @property
    def target_range(self) -> tuple[float, float] | None:  # type: ignore[override]
        """Of the whole series as the network predicts it, if it is on this server."""
        try:
            return _extent(self) if self.key else None
        except DataError:
            return None

    def series(self) -> Array:
        return own.uploaded(self.key, self.called, "upload a time series", "series", (self.columns,), ()).inputs

    def examples(self) -> Data:
        return self.arranged(own.uploaded(self.key, self.called, "upload a time series", "series", (self.columns,), ()))

    def arranged(self, upload: Upload) -> Data:
        """The windows of an upload.

        Raises: DataError if the series is too short, or there are too many windows."""
        needed = (
            4
            * self.columns
            * (self.window + self.horizon)
            * int(len(upload.inputs) * (self.test_share + (1 - self.test_share) / self.stride))
        )
        if needed > MAX_WINDOWS_BYTES:
            raise DataError(
                f"The windows of this series take {needed:,} bytes; the limit is {MAX_WINDOWS_BYTES:,}; use a larger stride, a shorter "
                f"window or fewer columns"
            )
        series = np.asarray(upload.inputs)
        if self.scale:
            series = scaled_by_training(series, self.window + self.horizon, self.test_share)
        return forecasts(series.astype(np.float32), self.window, self.horizon, self.stride, self.test_share)

    def in_units(self, values: Array) -> Array:
        """Raises: DataError if the data is not on this server."""
        if not self.scale:
            return values
        steps = np.asarray(values, np.float64).reshape(len(values), -1, self.columns)
        mean, deviation = training_scale(np.asarray(self.series()), self.window + self.horizon, self.test_share)
        return np.asarray(steps * deviation + mean).reshape(values.shape)


@lru_cache(maxsize=64)
def _extent(dataset: OwnSeries) -> tuple[float, float]:
    """Raises: DataError."""
    series = np.asarray(dataset.series())
    if dataset.scale:
        series = scaled_by_training(series, dataset.window + dataset.horizon, dataset.test_share)
    return float(series.min()), float(series.max())
