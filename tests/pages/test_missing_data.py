"""Experiments whose uploaded data is not on this server, and the files that bring it back."""

import pytest

from playground.catalog.datasets import OwnImages, OwnTable
from playground.export.link import to_token
from playground.network import trace
from playground.own import OwnDataError, keep
from playground.own.matching import match_images, match_table
from playground.own.withheld import without_upload
from playground.presets import PRESETS
from playground.web import edits
from tests.own.examples import csv_of_flowers, own_dataset, zip_of_animals
from tests.pages.reading import messages, spec_of
from tests.pages.test_data import Visit


@pytest.mark.parametrize("kind", ["own_table", "own_text", "own_corpus", "own_series", "own_images", "own_points", "own_digits"])
def test_an_experiment_whose_data_are_elsewhere_says_so(visit: Visit, kind: str) -> None:
    dataset = own_dataset(kind).model_copy(update={"key": "0" * 64, "called": "my_<b>data</b>"})
    spec = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, dataset).spec
    app = visit("playground", spec=to_token(spec))
    told = "\n".join(str(box.value) for box in app.warning)
    assert "is not on this server" in told
    assert "00000000" in told
    app.button(key="play").click().run()
    assert "not on this server" in messages(app)
    app.button(key="own_missing_open").click().run()
    assert not app.exception
    assert app.session_state["values"]["choices"]["data.way"] == {"own_corpus": "text"}.get(kind, kind.removeprefix("own_"))
    assert spec_of(app) == spec


@pytest.mark.parametrize("kind", ["own_table", "own_text", "own_corpus", "own_series", "own_images", "own_points", "own_digits"])
def test_an_experiment_shared_without_its_data_asks_for_data_or_takes_a_packaged_dataset(visit: Visit, kind: str) -> None:
    spec = edits.replace_dataset(PRESETS["mlp_784_256_10"].spec, own_dataset(kind)).spec
    app = visit("playground", spec=to_token(without_upload(spec)))
    assert "no data yet" in messages(app)
    app.button(key="own_missing_packaged").click().run()
    assert not app.exception
    taken = spec_of(app)
    assert not taken.data.kind.startswith("own_")
    assert taken.data.encoding.title == spec.data.encoding.title
    assert "error" not in {problem.severity for problem in trace(taken).problems}


def test_missing_uploads_without_a_key_are_not_an_error(visit: Visit) -> None:
    app = visit("playground")
    app.selectbox[0].select("own_table").run()
    assert not app.exception
    assert "no data yet" in messages(app)


def test_only_the_same_file_gives_the_same_data() -> None:
    dataset = own_dataset("own_table")
    assert isinstance(dataset, OwnTable)
    assert keep(match_table(dataset, csv_of_flowers(), "again.csv")).key == dataset.key  # type: ignore[union-attr]
    with pytest.raises(OwnDataError, match="does not match"):
        match_table(dataset, csv_of_flowers(30), "flowers.csv")
    images = own_dataset("own_images")
    assert isinstance(images, OwnImages)
    assert match_images(images, [("animals.zip", zip_of_animals())]).upload.key == images.key
    with pytest.raises(OwnDataError, match="does not match"):
        match_images(images, [("animals.zip", zip_of_animals(4))])
