"""Links to uploaded data: only those that carry the leave of its owner open it."""

from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from playground.export.link import to_token
from playground.own import OwnDataset
from playground.own.withheld import without_upload
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from playground.web import edits
from playground.web.server import runs
from tests.own.examples import own_dataset
from tests.pages.reading import messages, spec_of
from tests.pages.test_data import Visit

REFUSED = "Opened without the data"


@pytest.fixture
def uploaded() -> Iterator[ExperimentSpec]:
    """An experiment with data that Ada has uploaded."""
    spec = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, own_dataset("own_table")).spec
    assert isinstance(spec.data, OwnDataset)
    runs().access.claim(spec.data.key, "ada")
    yield spec
    runs().access.release(spec.data.key, "ada")


def opened(app: AppTest) -> ExperimentSpec:
    return spec_of(app)


def test_knowing_the_hash_is_not_enough(uploaded: ExperimentSpec, visit: Visit) -> None:
    app = visit("playground", spec=to_token(uploaded))
    assert REFUSED in messages(app)
    assert opened(app) == without_upload(uploaded)


def test_a_link_with_the_owners_leave_opens_it_until_it_is_taken_back(uploaded: ExperimentSpec, visit: Visit) -> None:
    access = runs().access.link(uploaded.data.key, "ada")  # type: ignore[attr-defined]
    app = visit("playground", spec=to_token(uploaded), access=access)
    assert REFUSED not in messages(app)
    assert opened(app) == uploaded
    runs().access.take_back(uploaded.data.key, "ada")  # type: ignore[attr-defined]
    assert opened(visit("playground", spec=to_token(uploaded), access=access)) == without_upload(uploaded)


def test_the_address_of_a_run_shows_the_data_that_it_was_trained_on(uploaded: ExperimentSpec, visit: Visit) -> None:
    control = runs().submit(uploaded, step="batch", owner="ada")
    try:
        app = visit("playground", run=runs().resolve(control).run_id)
        assert opened(app) == uploaded
    finally:
        runs().stop(runs().resolve(control).run_id)


def test_data_that_nobody_owns_keeps_opening_unless_the_settings_say_otherwise(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, own_dataset("own_points")).spec
    assert opened(visit("playground", spec=to_token(spec))) == spec
    monkeypatch.setenv("PLAYGROUND_UNCLAIMED_UPLOADS", "no")
    assert opened(visit("playground", spec=to_token(spec))) == without_upload(spec)
