"""The contract of every dataset, for uploaded ones."""

import numpy as np
import pytest
import torch
from pydantic import TypeAdapter

from playground.catalog.datasets import AnyDataset, Data, Dataset
from playground.spec import ExperimentSpec
from playground.training import Finished, train
from tests.own.examples import own_dataset

KINDS = pytest.mark.parametrize("kind", ["own_table", "own_images", "own_points", "own_digits"])


def same(first: Data, second: Data) -> bool:
    pairs = [(first.train, second.train), (first.test, second.test)]
    return all(np.array_equal(a.inputs, b.inputs) and np.array_equal(a.targets, b.targets) for a, b in pairs)


@KINDS
def test_examples_have_the_declared_form(kind: str) -> None:
    dataset = own_dataset(kind)
    data = dataset.load()
    for split in (data.train, data.test):
        assert split.inputs.shape == (len(split), *dataset.shape)
        assert split.inputs.dtype == dataset.encoding.stored
        assert split.targets.dtype == np.int64
        assert set(split.targets) == set(range(len(dataset.classes)))
    assert same(data, own_dataset(kind).load())
    adapter: TypeAdapter[Dataset] = TypeAdapter(AnyDataset)
    assert adapter.validate_json(dataset.model_dump_json()) == dataset


@KINDS
def test_the_split_follows_share_and_seed(kind: str) -> None:
    dataset = own_dataset(kind)
    total = sum(len(split) for split in (dataset.load().train, dataset.load().test))
    half = dataset.model_copy(update={"test_share": 0.5}).load()
    assert len(half.train) == len(half.test) == total // 2
    assert not same(dataset.load(), dataset.model_copy(update={"seed": 1}).load())


@KINDS
def test_difficulty_settings_apply(kind: str) -> None:
    dataset = own_dataset(kind)
    plain = dataset.load()
    harder = dataset.model_copy(update={"train_size": 12, "label_noise": 0.5}).load()
    assert len(harder.train) == 12
    assert same(Data(plain.test, plain.test), Data(harder.test, harder.test))


@KINDS
def test_encoded_examples_fit_the_network(kind: str) -> None:
    dataset = own_dataset(kind)
    encoded = dataset.encode(dataset.load().train.inputs)
    assert encoded.dtype == torch.float32
    assert encoded.isfinite().all()
    if dataset.standardise:
        torch.testing.assert_close(encoded.mean(dim=0), torch.zeros(dataset.shape), atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("kind", "loss"), [("own_table", "cross_entropy"), ("own_images", "cross_entropy"), ("own_points", "cross_entropy")]
)
def test_a_network_learns_them(kind: str, loss: str) -> None:
    dataset = own_dataset(kind)
    layers: list[dict[str, object]] = [{"kind": "flatten"}] if len(dataset.shape) > 1 else []
    spec = ExperimentSpec.model_validate(
        {
            "data": dataset.model_dump(),
            "network": [*layers, {"kind": "dense", "units": 16}, {"kind": "relu"}, {"kind": "output"}],
            "loss": {"kind": loss},
            "optimizer": {"kind": "adam", "lr": 0.01},
            "training": {"epochs": 40, "batch_size": 8, "device": "cpu"},
        }
    )
    *_, last = train(spec)
    assert isinstance(last, Finished)
    assert last.test_accuracy is not None
    assert last.test_accuracy > 0.8
