"""Experiments shared without their uploaded data."""

import pytest

from playground.export.link import from_token, to_token
from playground.network import trace
from playground.own.withheld import without_upload
from playground.presets import PRESETS
from playground.web import edits
from tests.own.examples import own_dataset

KINDS = ["own_table", "own_text", "own_corpus", "own_series", "own_images", "own_points", "own_digits"]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_the_data_is_said_and_the_network_stays(kind: str) -> None:
    dataset = own_dataset(kind)
    spec = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, dataset).spec
    given = from_token(to_token(without_upload(spec)))
    told = given.to_json()
    said = [dataset.key, dataset.called, *getattr(dataset, "labels", ())]  # type: ignore[attr-defined]
    assert not [words for words in said if f'"{words}"' in told and words not in ("", "class 1", "class 2")]
    assert given.network == spec.network
    assert given.data.tensor == spec.data.tensor
    assert trace(given).parameters == trace(spec).parameters
    assert [problem.severity for problem in trace(given).problems if problem.severity == "error"] == []


def test_an_experiment_on_packaged_data_is_shared_as_it_is() -> None:
    assert without_upload(PRESETS["lenet5"].spec) == PRESETS["lenet5"].spec
