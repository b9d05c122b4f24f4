"""Metrics of networks with heads cut, against scikit-learn's and PyTorch's on copies cut in another way."""

import copy
from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
import torch
from sklearn.metrics import accuracy_score, mean_squared_error
from torch import Tensor
from torch.nn import functional as F

from playground.catalog.answers import IGNORED
from playground.catalog.datasets import Adding, Brackets, Dataset, Digits8, Rearranging, Sentences
from playground.catalog.layers import LAYERS, Layer, Output
from playground.catalog.losses import BCE, MSE, CrossEntropy, Loss
from playground.explain import cut_effects as module
from playground.explain.cut_effects import WHOLE, CutEffects, cut_effects, examples_used
from playground.explain.heads import Head, heads_of
from playground.network import build_model
from playground.spec import ExperimentSpec
from tests.explain.test_heads import randomized, without_values


def spec_of(data: Dataset, loss: Loss, *first: Layer, pooled: bool, causal: bool = False) -> ExperimentSpec:
    block = LAYERS["transformer_block"](heads=2, causal=causal)
    pool = (LAYERS["sequence_pool"](),) if pooled else ()
    return ExperimentSpec(data=data, network=(*first, LAYERS["positions"](), block, *pool, Output()), loss=loss)


EMBEDDING = LAYERS["embedding"](width=8)
SPECS = {
    "classes": spec_of(Digits8(), CrossEntropy(), LAYERS["patches"](size=2, width=8), pooled=True),
    "two classes": spec_of(Sentences(samples=300), BCE(), EMBEDDING, pooled=True),
    "steps": spec_of(Brackets(samples=300, answers="steps"), CrossEntropy(), EMBEDDING, pooled=False),
    "next symbol": spec_of(Rearranging(samples=300, answers="after"), CrossEntropy(), EMBEDDING, pooled=False, causal=True),
    "values": spec_of(Adding(samples=300, length=10), MSE(), LAYERS["dense"](units=8), pooled=True),
}
HEADS = (WHOLE, frozenset({Head("network[2]", 0)}), frozenset(Head("network[2]", index) for index in range(2)))


def finished(work: Generator[float, None, CutEffects]) -> tuple[list[float], CutEffects]:
    shares = []
    while True:
        try:
            shares.append(next(work))
        except StopIteration as end:
            return shares, end.value


def by_hand(spec: ExperimentSpec, outputs: Tensor, targets: np.ndarray[Any, Any]) -> dict[str, float]:
    """The loss, and the accuracy of classes."""
    if not spec.data.classes:
        return {"loss": mean_squared_error(targets, outputs.numpy())}
    classes = torch.from_numpy(targets)
    if outputs.shape[-1] == 1:
        loss = F.binary_cross_entropy_with_logits(outputs[:, 0], classes.float())
        return {"loss": loss.item(), "accuracy": accuracy_score(targets, outputs[:, 0].numpy() > 0)}
    moved = outputs.movedim(-1, 1)
    valid = targets != IGNORED
    accuracy = accuracy_score(targets[valid], moved.argmax(dim=1).numpy()[valid])
    return {"loss": F.cross_entropy(moved, classes, ignore_index=IGNORED).item(), "accuracy": accuracy}


@pytest.mark.parametrize("spec", SPECS.values(), ids=SPECS)
def test_metrics_are_those_of_a_network_whose_heads_have_no_values(spec: ExperimentSpec) -> None:
    model, data = randomized(build_model(spec)), spec.data.load()
    before = copy.deepcopy(model.state_dict())
    shares, effects = finished(cut_effects(spec, model, data, HEADS))  # type: ignore[arg-type]
    assert shares == sorted(set(shares))
    assert shares[-1] == 1
    assert effects.examples == effects.of == len(data.test)
    for heads in HEADS:
        with torch.inference_mode():
            outputs = without_values(model, list(heads))(spec.data.encode(data.test.inputs))
        found = effects.metrics[heads]
        for name, expected in by_hand(spec, outputs, np.array(data.test.targets)).items():
            assert found[name] == pytest.approx(expected, rel=1e-4, abs=1e-6)
    assert effects.metrics[HEADS[0]]["loss"] != effects.metrics[HEADS[2]]["loss"]
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())


def test_a_large_test_set_is_represented_by_examples_from_all_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_EXAMPLES", 90)
    spec = SPECS["classes"]
    model, data = randomized(build_model(spec)), spec.data.load()
    _, effects = finished(cut_effects(spec, model, data, [WHOLE]))  # type: ignore[arg-type]
    rows = [index * len(data.test) // 90 for index in range(90)]
    assert rows[0] == 0
    assert rows[-1] > 0.98 * len(data.test)
    with torch.inference_mode():
        predicted = model(spec.data.encode(data.test.inputs[rows])).argmax(dim=1).numpy()
    assert (effects.examples, effects.of) == (90, len(data.test))
    assert effects.metrics[WHOLE]["accuracy"] == pytest.approx(accuracy_score(data.test.targets[rows], predicted))


def test_large_networks_are_measured_on_fewer_examples() -> None:
    wide = LAYERS["transformer_block"](heads=8)
    large = ExperimentSpec(
        data=Sentences(), network=(LAYERS["embedding"](width=512), *[wide] * 6, LAYERS["sequence_pool"](), Output()), loss=BCE()
    )
    assert len(heads_of(large)) == 48
    assert 20 <= examples_used(large, 1600) < 200
    assert examples_used(SPECS["classes"], 1600) == 1000
    assert examples_used(large, 7) == 7
