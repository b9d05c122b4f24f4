"""The answer above an explanation."""

from types import SimpleNamespace

import numpy as np
import torch

from playground.catalog.datasets import OwnText
from playground.web.panels.explain_verdict import _value


def test_a_value_and_its_truth_are_in_units_of_the_target() -> None:
    data = OwnText(labels=(), target_mean=250, target_deviation=40)
    picked = SimpleNamespace(title="Test text 1", steps=(), target=np.array([1.0], np.float32), shown=str)
    _, _, shown = _value(data, picked, torch.tensor([-0.5]), None)  # type: ignore[arg-type]
    assert "230" in shown
    assert "the true value is 290" in shown
