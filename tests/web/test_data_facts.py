"""Facts about every dataset of the catalog, as the Data page shows them."""

import re

import numpy as np
import pytest

from playground.catalog.datasets import DATASETS, Dataset, Downloaded, Images
from playground.own import OwnDataset
from playground.web.data_facts import facts

HERE = [kind for kind in DATASETS if not issubclass(kind, Downloaded | OwnDataset | Images)]


@pytest.mark.parametrize("kind", HERE, ids=lambda kind: kind.name())
def test_examples_are_counted_and_shown(kind: type[Dataset]) -> None:
    dataset = kind()
    shown, data = facts(dataset), dataset.load()
    assert (shown.trains, shown.tests) == (len(data.train), len(data.test))
    assert shown.preview
    if dataset.classes:
        counts = [int(text.replace(",", "")) for text in re.findall(r": ([\d,]+)(?=, |\")", shown.bars)]
        answers = np.asarray(data.train.targets)
        assert sum(counts) == int((answers >= 0).sum()), "every answer, also at every step, and none at padding"
        assert len(counts) == len(dataset.classes)
