"""Your own images on the Data page: classes, readings and given splits."""

from playground.catalog.datasets import OwnImages
from playground.export.link import to_token
from tests.own.examples import noise_png, zip_of_animals, zipped
from tests.pages.reading import messages, spec_of
from tests.pages.test_data import Visit, keys, seen, with_upload


def test_a_zip_becomes_a_set_of_images(visit: Visit) -> None:
    app = with_upload(visit, "images", **{"own.images.files": (("animals.zip", zip_of_animals()),), "own.images.side": 28})
    assert "20 images in 2 classes" in seen(app)
    app.button(key="train_images").click().run()
    assert not app.exception
    data = spec_of(app).data
    assert isinstance(data, OwnImages)
    assert (data.shape, data.labels) == ((3, 28, 28), ("cat", "dog"))


def test_loose_images_take_the_classes_that_are_typed(visit: Visit) -> None:
    files = tuple((f"IMG_{place}.png", noise_png(place)) for place in range(4))
    app = with_upload(visit, "images", **{"own.images.files": files})
    assert "None of the 4 images has a class" in messages(app)
    assert spec_of(app).data.kind == "mnist_sample"
    app.text_area[0].input("IMG_0.png = bright\nIMG_1.png = dark\nIMG_2.png=bright\n\nIMG_3.png = dark").run()
    assert "4 images in 2 classes" in seen(app)
    app.text_area[0].input("IMG_0.png is bright").run()
    assert "Line 1 of the classes" in messages(app)


def test_two_plausible_readings_are_a_question_with_a_preview(visit: Visit) -> None:
    files = {f"pets/{name}/{day}/{n}.png": noise_png(n) for name in ("cat", "dog") for day in ("am", "pm") for n in range(2)}
    app = with_upload(visit, "images", **{"own.images.files": (("pets.zip", zipped(files)),), "own.images.side": 28})
    question = app.radio[0]
    assert question.options == ["the folder under the root", "the innermost folder"]
    assert "<td>pets/cat/am/0.png</td><td>cat</td>" in seen(app)
    question.set_value("the innermost folder").run()
    assert "<td>pets/cat/am/0.png</td><td>am</td>" in seen(app)
    app.button(key="train_images").click().run()
    assert spec_of(app).data.classes == ("am", "pm")


def test_a_given_split_is_offered_and_used(visit: Visit) -> None:
    files = {f"{part}/{name}/{n}.png": noise_png(n) for part in ("train", "test") for name in ("cat", "dog") for n in range(3)}
    app = with_upload(visit, "images", **{"own.images.files": (("pets.zip", zipped(files)),), "own.images.side": 28})
    assert "**6** for training · **6** for testing" in seen(app)
    assert "Test share (%)" not in {field.label for field in app.number_input}
    assert "<td>test/cat/0.png</td><td>cat</td><td>test</td>" in seen(app)
    app.button(key="train_images").click().run()
    data = spec_of(app).data
    assert isinstance(data, OwnImages)
    assert data.split == "given"
    app = visit("playground", spec=to_token(spec_of(app)))
    assert not {"Test share", "Split seed"} & {field.label for field in (*app.slider, *app.select_slider, *app.number_input)}


def test_an_invalid_archive_is_reported(visit: Visit) -> None:
    app = with_upload(visit, "images", **{"own.images.files": (("broken.zip", zipped({"a/b.png": noise_png(0)})[:40]),)})
    assert "broken.zip" in messages(app)
    assert "train_images" not in keys(app)
