"""Forecasts of the test part of a series."""

from collections.abc import Generator
from typing import ClassVar

import numpy as np
import torch
from torch import Tensor

from playground.spec import ExperimentSpec
from playground.training.views.base import Seen, Values, ViewInParts

MOST_STEPS = 240
"""Predicted steps that are shown: the first ones of the test part."""
MOST_BEFORE = 60
"""Steps that are shown before the first predicted one."""
MOST_PASSES = 60
"""How often the network is asked for the free run, one window after another."""


class Forecasts(ViewInParts):
    """(3, F, T) in the units of the series: its values, the forecasts one step ahead, and the free run.

    Starts up to `MOST_BEFORE` steps before the first forecast. NaN where there is no forecast: before the first one, and after
    `MOST_PASSES` windows of the free run. Test windows start one step after another, as `catalog.sequences.series` makes them."""

    name: ClassVar[str] = "forecast"
    title: ClassVar[str] = "Forecasts of the test part"
    tab: ClassVar[str] = "forecast"
    form: ClassVar[str] = "forecast"

    @classmethod
    def applies(cls, spec: ExperimentSpec) -> bool:
        return spec.data.task.name() == "forecast"

    @classmethod
    def axis_names(cls, spec: ExperimentSpec) -> tuple[str, ...]:
        """Of time, then of each feature."""
        return ("steps from the first forecast", *spec.data.feature_names)

    @classmethod
    def caption(cls, spec: ExperimentSpec) -> str:
        horizon = spec.data.target_size // spec.data.tensor.size("features")
        at_once = f", {horizon} steps at a time" if horizon > 1 else ""
        return f"One step ahead, the network sees the true values before; free-running, it continues its own{at_once}: errors add up."

    def parts(self, seen: Seen) -> Generator[None, None, Values]:
        features = self.data.tensor.size("features")
        window, shown = seen.test.raw[0], min(MOST_STEPS, len(seen.test))  # (L, F)
        before = window[-MOST_BEFORE:]
        outputs = yield from seen.first(shown)
        both = (seen.test.targets[:shown], seen.readout.predicted(outputs))
        truth, ahead = (values[:, :features].to("cpu", torch.float32) for values in both)
        free = yield from self._free_run(seen, window, shown)
        none = torch.full((len(before), features), torch.nan)
        rows = (torch.cat([before.to("cpu", torch.float32), truth]), torch.cat([none, ahead]), torch.cat([none, free]))
        return np.stack([self.data.in_units(row.numpy()).T for row in rows]).astype(np.float32)

    def _free_run(self, seen: Seen, window: Tensor, steps: int) -> Generator[None, None, Tensor]:
        """(steps, F): from this window on, every forecast becomes part of the next window; NaN after `MOST_PASSES` windows."""
        features = window.shape[1]
        run = window[:0].to("cpu", torch.float32)
        for _ in range(MOST_PASSES):
            if len(run) >= steps:
                break
            forecast = seen.readout.predicted(seen.network(self.data.encode(window[None]))).reshape(-1, features)
            window = torch.cat([window, forecast.to(window.dtype)])[-len(window) :]
            run = torch.cat([run, forecast.to("cpu", torch.float32)])
            yield
        missing = torch.full((max(0, steps - len(run)), features), torch.nan)
        return torch.cat([run, missing])[:steps]
