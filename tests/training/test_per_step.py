"""Training with an answer at every step: results against scikit-learn's and PyTorch's, on the steps that have a target."""

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, confusion_matrix
from torch.nn import functional as F

from playground.catalog.answers import IGNORED
from playground.catalog.datasets import Brackets
from playground.catalog.layers import LAYERS, Output
from playground.catalog.losses import CrossEntropy
from playground.network import build_model
from playground.spec import ExperimentSpec, TrainingSettings
from playground.training import Evaluated, Snapshot, View
from playground.training.baseline import best_constant, constant_loss
from tests.training.specs import of_kind, run

SPEC = ExperimentSpec(
    data=Brackets(samples=300, answers="steps"),
    network=(LAYERS["embedding"](width=8), LAYERS["lstm"](units=16, returns="all"), Output()),
    loss=CrossEntropy(),
    training=TrainingSettings(epochs=4, batch_size=32),
)


def test_padding_counts_neither_in_the_loss_nor_in_the_accuracy() -> None:
    events = run(SPEC)
    model = build_model(SPEC)
    model.load_state_dict(of_kind(events, Snapshot)[-1].tensors)
    last, test = of_kind(events, Evaluated)[-1], SPEC.data.load().test
    with torch.inference_mode():
        outputs = model.eval()(SPEC.data.encode(test.inputs))
    targets = torch.from_numpy(np.array(test.targets))
    assert last.test_loss == pytest.approx(F.cross_entropy(outputs.transpose(1, 2), targets, ignore_index=IGNORED).item(), abs=1e-6)
    valid = test.targets != IGNORED
    assert valid.mean() < 0.8
    truth, predicted = test.targets[valid], outputs.argmax(dim=2).numpy()[valid]
    assert last.test_accuracy == pytest.approx(accuracy_score(truth, predicted))
    (confusion,) = (view for view in of_kind(events, View) if view.name == "confusion" and view.step == last.step)
    assert np.array_equal(confusion.values, confusion_matrix(truth, predicted, labels=[0, 1, 2]))


def test_the_best_constant_has_the_entropy_of_the_steps() -> None:
    targets = SPEC.data.load().train.targets
    shares = np.bincount(targets[targets != IGNORED]) / (targets != IGNORED).sum()
    classes = torch.from_numpy(targets[targets != IGNORED])
    loss = CrossEntropy().build()
    constant = constant_loss(loss, best_constant(loss, classes, 3), classes)
    assert constant == pytest.approx(-(shares * np.log(shares)).sum(), abs=1e-5)
