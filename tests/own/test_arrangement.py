"""Which class and which part of a split each image has, for layouts as people and tools make them."""

import io
import json
import time

import numpy as np
import pytest
from PIL import Image

from playground.own import ImageChoices, OwnDataError, Prepared, keep, prepare_images
from playground.own.arrangement import Arrangement, arrangements
from playground.own.file_names import class_of, classes_of_archives, part_of
from playground.own.matching import match_images
from tests.own.examples import noise_png, saved, zipped

PICTURE = noise_png(0)


def archive(*paths: str, **texts: str) -> bytes:
    """A ZIP with a different image under each path, and texts by name: labels_csv → labels.csv."""
    files = {path: noise_png(number) for number, path in enumerate(paths)}
    return zipped({**files, **{".".join(name.rsplit("_", 1)): text.encode() for name, text in texts.items()}})


def best(*files: tuple[str, bytes]) -> Arrangement:
    return arrangements(files)[0]


def titles(*files: tuple[str, bytes]) -> list[str]:
    return [reading.title for reading in arrangements(files)]


def notes_of(prepared: Prepared) -> str:
    return "\n".join(note.text for note in prepared.notes)


def series(*names: str, each: int = 3, form: str = "{name}/{n}.png") -> list[str]:
    return [form.format(name=name, n=n) for name in names for n in range(each)]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("american_bulldog_12.jpg", "american_bulldog"),
        ("cat.0.jpg", "cat"),
        ("cat.0", "cat"),
        ("dog (3).png", "dog"),
        ("dog_1 (3).png", "dog"),
        ("IMG-cat-001.png", "IMG-cat"),
        ("cat4.png", "cat"),
        ("7_12.png", "7"),
        ("Großer Hund 2.webp", "Großer Hund"),
        ("heron", "heron"),
        ("IMG_1234.JPG", None),
        ("DSC0001.jpg", None),
        ("_MG_0815.jpg", None),
        ("PXL_20240101_101112.jpg", None),
        ("Screenshot 2024-01-01 at 10.00.00.png", None),
        ("0.jpg", None),
        ("20240101_101112.jpg", None),
    ],
)
def test_the_class_in_a_file_name(name: str, label: str | None) -> None:
    assert class_of(name) == label


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("train", "train"), ("Training", "train"), ("train1", "train"), ("training_set", "train"), ("seg_train", "train"),
        ("val", "validation"), ("valid", "validation"), ("validation", "validation"), ("val2017", "validation"),
        ("test", "test"), ("testing", "test"), ("test1", "test"), ("test_images", "test"),
        ("contest", ""), ("latest", ""), ("train-cats", ""), ("pregnancy test", ""), ("cat", ""),
    ],
)  # fmt: skip
def test_folders_that_name_a_part_of_a_split(name: str, part: str) -> None:
    assert part_of(name) == part


def test_names_of_archives() -> None:
    assert classes_of_archives(["apples-samples.zip", "pears-samples (1).zip"]) == {
        "apples-samples.zip": "apples", "pears-samples (1).zip": "pears",
    }  # fmt: skip
    assert list(classes_of_archives(["v2_cat.zip", "v2_dog.zip"]).values()) == ["cat", "dog"]
    assert list(classes_of_archives(["Class 1-samples.zip", "Class 2-samples.zip"]).values()) == ["Class 1", "Class 2"]
    assert list(classes_of_archives(["red-fox.zip", "red-panda.zip"]).values()) == ["red-fox", "red-panda"]
    assert list(classes_of_archives(["samples.zip"]).values()) == ["samples"]


def test_a_zip_without_folders_is_a_class() -> None:
    cups, mugs = ("cups-samples.zip", archive("0.jpg", "1.jpg")), ("mugs-samples.zip", archive("0.jpg", "1.jpg", "2.jpg"))
    reading = best(cups, mugs)
    assert (reading.title, reading.counts) == ("the name of the ZIP", {"cups": 2, "mugs": 3})
    assert prepare_images([cups, mugs]).counts == {"cups": 2, "mugs": 3}
    with pytest.raises(OwnDataError, match=r"all 2 images are in one class, “cups”, from the name of the ZIP; .* a ZIP for each class"):
        prepare_images([cups])


def test_a_single_zip_without_folders_is_read_by_names_that_carry_classes() -> None:
    assert best(("pets.zip", archive("cat_1.png", "dog_1.png"))).counts == {"cat": 1, "dog": 1}
    words = archive("beach.png", "tree.png", "house.png")
    assert best(("holiday.zip", words)).counts == {"holiday": 3}


def test_zips_with_folders_merge_and_those_without_add_a_class() -> None:
    first, second = archive("data/cat/0.png", "data/dog/0.png"), archive("cat/1.png", "dog/1.png", "dog/2.png")
    assert best(("a.zip", first), ("b.zip", second)).counts == {"cat": 2, "dog": 3}
    more = ("birds.zip", archive("0.png", "1.png"))
    reading = best(("a.zip", first), more)
    assert (reading.title, reading.counts) == ("the folder under the root, or the name of the ZIP", {"birds": 2, "cat": 1, "dog": 1})
    assert best(("Archive.zip", archive("cat/0.png")), ("Archive 2.zip", archive("dog/0.png"))).counts == {"cat": 1, "dog": 1}


def test_the_folder_under_the_root_not_the_deepest() -> None:
    files = ("pets.zip", archive(*series("pets/cat/a", "pets/cat/b", "pets/dog/a")))
    assert best(files).counts == {"cat": 6, "dog": 3}
    assert titles(files) == ["the folder under the root", "the innermost folder"]
    by_innermost = prepare_images([files], ImageChoices(arrangement="the innermost folder"))
    assert by_innermost.counts == {"a": 6, "b": 3}
    faces = ("faces.zip", archive(*series("s1/happy", "s1/sad", "s2/happy", "s2/sad")))
    assert [reading.counts for reading in arrangements([faces])] == [{"s1": 6, "s2": 6}, {"happy": 6, "sad": 6}]


def test_one_reading_is_no_question() -> None:
    assert titles(("pets.zip", archive(*series("cat", "dog", form="{name}/{name}_{n}.png")))) == ["the folder under the root"]


def test_names_that_divide_differently_from_the_folders_are_a_question() -> None:
    files = ("pets.zip", archive(*[f"batch{n % 2}/{name}_{n}.png" for n in range(4) for name in ("cat", "dog")]))
    assert [reading.counts for reading in arrangements([files])] == [{"batch0": 4, "batch1": 4}, {"cat": 4, "dog": 4}]


@pytest.mark.parametrize(
    "form",
    [
        "{part}/{label}/{n}.png",
        "set/{part}/{label}/{n}.png",
        "{label}/{part}/{n}.png",
        "{part}/{part}/{label}/{n}.png",
        "{part}/{label}.{n}.png",
    ],
)
def test_a_given_split(form: str) -> None:
    paths = [
        form.format(part=part, label=label, n=f"{n}")
        for part, count in (("train", 4), ("valid", 1), ("testing", 2))
        for label in ("cat", "dog")
        for n in range(count)
    ]
    files = ("pets.zip", archive(*paths))
    reading = best(files)
    assert reading.counts == {"cat": 7, "dog": 7}
    assert reading.split == {"train": 8, "validation": 2, "test": 4}
    prepared = prepare_images([files], ImageChoices(side=28))
    data = keep(prepared).load()
    assert (len(data.train), len(data.test)) == (10, 4)
    for index, path in enumerate(paths):
        image = np.asarray(Image.open(io.BytesIO(noise_png(index))).resize((28, 28), Image.Resampling.BILINEAR)).transpose(2, 0, 1)
        part = data.test if "testing" in path else data.train
        (place,) = np.flatnonzero((part.inputs == image).all(axis=(1, 2, 3)))
        assert part.targets[place] == ("dog" in path)
    assert "the test images for testing, the training and validation images for training" in notes_of(prepared)
    at_random = prepare_images([files], ImageChoices(side=28, split="random"))
    assert (len(at_random.data.train), len(at_random.data.test)) == (11, 3)


def test_without_a_test_set_the_validation_set_is_held_out() -> None:
    files = [("pets.zip", archive(*series("train/cat", "train/dog", "val/cat", "val/dog"), *series("test", form="{name}/{n}.png")))]
    prepared = prepare_images(files)
    assert (len(prepared.data.train), len(prepared.data.test)) == (6, 6)
    assert "Skipped 3 files, in “test”, which has no classes: test/0.png" in notes_of(prepared)


def test_an_unlabeled_test_folder_is_left_out() -> None:
    named = ("pets.zip", archive(*series("cat", "dog", form="train/{name}.{n}.png"), "test1/0.png", "test1/1.png"))
    prepared = prepare_images([named])
    assert prepared.counts == {"cat": 3, "dog": 3}
    assert prepared.dataset.split == "random"  # type: ignore[union-attr]
    assert "Skipped 2 files, in “test1”, which has no classes" in notes_of(prepared)
    archives = [("train.zip", archive(*series("cat", "dog"))), ("test.zip", archive("0.png", "1.png"))]
    assert best(*archives).counts == {"cat": 3, "dog": 3}
    named_archives = [("train.zip", archive(*series("cat", "dog", form="{name}.{n}.png"))), ("test1.zip", archive("0.png", "1.png"))]
    reading = best(*named_archives)
    assert (reading.title, reading.counts) == ("the start of the file name", {"cat": 3, "dog": 3})
    assert reading.reasons[-1] == "in “test1.zip”, which has no classes"


def test_the_same_images_give_a_given_split_again() -> None:
    files = [("pets.zip", archive(*series("train/cat", "train/dog", "test/cat", "test/dog")))]
    for split in ("given", "random"):
        dataset = keep(prepare_images(files, ImageChoices(side=28, resize="crop", split=split)))  # type: ignore[arg-type]
        assert match_images(dataset, files).upload.key == dataset.key  # type: ignore[arg-type]


def test_the_same_images_give_every_reading_again() -> None:
    files = [("pets.zip", archive(*series("cat/am", "cat/pm", "dog/am")))]
    for reading in arrangements(files):
        dataset = keep(prepare_images(files, ImageChoices(side=28, arrangement=reading.title, background="black")))
        assert match_images(dataset, files).dataset.classes == tuple(reading.counts)  # type: ignore[arg-type]


def test_hidden_and_tools_folders_are_no_classes() -> None:
    hidden = [
        "cat/.ipynb_checkpoints/0.png",
        ".ipynb_checkpoints/x.png",
        "dog/@eaDir/0.png/THUMB.jpg",
        "__MACOSX/cat/._0.png",
        "cat/._1.png",
    ]
    prepared = prepare_images([("pets.zip", archive(*series("cat", "dog"), *hidden, "cat/Thumbs.db", "dog/.DS_Store"))])
    assert prepared.counts == {"cat": 3, "dog": 3}
    assert "Skipped 7 hidden or system files (.ipynb_checkpoints, @eaDir, __MACOSX, ._1.png, Thumbs.db" in notes_of(prepared)


def test_images_are_known_by_their_content() -> None:
    image = Image.fromarray(np.random.default_rng(0).integers(0, 255, (16, 16, 3), dtype=np.uint8))
    forms = {
        "a.jfif": "JPEG",
        "b": "PNG",
        "c.avif": "AVIF",
        "d.png": "JPEG",
        "e.txt": "WEBP",
        "f.dat": "BMP",
        "g.x": "PPM",
        "h": "GIF",
        "i": "TIFF",
    }
    files = {f"cat/{name}": saved(image, form) for name, form in forms.items()}
    assert prepare_images([("pets.zip", zipped({**files, "dog/0.png": PICTURE}))]).counts == {"cat": 9, "dog": 1}
    assert prepare_images([("cat_1", PICTURE), ("dog_1.dat", noise_png(1))]).counts == {"cat": 1, "dog": 1}
    assert prepare_images([("cat_1.zip", PICTURE), ("dog_1.png", noise_png(1))]).counts == {"cat": 1, "dog": 1}


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"<!DOCTYPE html><html>404</html>", "a web page"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "a HEIC photo"),
        (b"%PDF-1.7", "a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "an SVG drawing"),
        (b"\0\0\0\x18ftypmp42", "a video"),
        (b"version https://git-lfs.github.com/spec/v1", "a reference to a file in Git LFS"),
    ],
)
def test_files_that_lie_about_their_type_are_named(content: bytes, kind: str) -> None:
    prepared = prepare_images(
        [("pets.zip", zipped({"cat/0.png": PICTURE, "dog/0.png": noise_png(1), "dog/1.jpg": content, "dog/x.bin": content}))]
    )
    assert prepared.counts == {"cat": 1, "dog": 1}
    assert f"{kind} instead of an image: dog/1.jpg" in notes_of(prepared)
    assert f"{kind} instead of an image: dog/x.bin" in notes_of(prepared)


def test_other_archives_are_refused_in_words() -> None:
    with pytest.raises(OwnDataError, match=r"pets.rar is an archive that is not a ZIP, which cannot be opened here; create a ZIP"):
        prepare_images([("pets.rar", b"Rar!\x1a\x07\x00")])


NUMBERED = [f"images/{n:03}.png" for n in range(6)]
CLASSES = ["dog", "cat", "dog", "cat", "dog", "cat"]


@pytest.mark.parametrize(
    "texts",
    [
        {"labels_csv": "id,breed\n" + "".join(f"{n:03},{c}\n" for n, c in enumerate(CLASSES))},
        {"labels_csv": "".join(f"{n:03}.png,{c}\n" for n, c in enumerate(CLASSES))},
        {"labels_csv": "class;file\n" + "".join(f"{c};images/{n:03}.PNG\n" for n, c in enumerate(CLASSES))},
        {"labels_tsv": "file\tclass\n" + "".join(f"./images/{n:03}.jpg\t{c}\n" for n, c in enumerate(CLASSES))},
        {"list_txt": "".join(f"/home/me/images/{n:03}.png {c}\n" for n, c in enumerate(CLASSES))},
        {"list_txt": "".join(f"images\\{n:03}.png   {c}\n" for n, c in enumerate(CLASSES))},
        {"labels_csv": "image,cat,dog\n" + "".join(f"{n:03},{c == 'cat':d},{c == 'dog':d}\n" for n, c in enumerate(CLASSES))},
        {"labels_csv": "id,cat,dog\n" + "".join(f"{n},{float(c == 'cat')},{float(c == 'dog')}\n" for n, c in enumerate(CLASSES))},
        {"meta_jsonl": "".join(json.dumps({"file_name": f"{n:03}.png", "label": c}) + "\n" for n, c in enumerate(CLASSES))},
        {"meta_json": json.dumps({f"{n:03}.png": c for n, c in enumerate(CLASSES)})},
        {"meta_json": json.dumps([{"image": f"{n:03}", "width": 640 + n, "label": c} for n, c in enumerate(CLASSES)])},
        {"meta_json": json.dumps({c: [f"{n:03}.png" for n in range(6) if CLASSES[n] == c] for c in ("cat", "dog")})},
        {"labels_csv": "file,x,y,label\n" + "".join(f"{n:03}.png,{10 + n},{20 - n},{c}\n" for n, c in enumerate(CLASSES))},
    ],
)  # fmt: skip
def test_a_list_of_classes_is_read(texts: dict[str, str]) -> None:
    files = ("pets.zip", archive(*NUMBERED, **texts))
    reading = best(files)
    assert dict(zip([file.path for file in reading.files], reading.classes, strict=True)) == dict(zip(NUMBERED, CLASSES, strict=True))
    assert prepare_images([files]).counts == {"cat": 3, "dog": 3}


def test_a_list_beside_the_archive() -> None:
    text = "".join(f"{n:03}.png,{c}\n" for n, c in enumerate(CLASSES)).encode()
    assert best(("images.zip", archive(*NUMBERED)), ("classes.csv", text)).title == "classes.csv"


def test_unknown_missing_and_contradicting_images_are_named_and_counted() -> None:
    text = "file,class\n" + "".join(f"{n:03}.png,{c}\n" for n, c in enumerate(CLASSES[:5])) + "900.png,cat\nxyz.png,dog\n000.png,cat\n"
    prepared = prepare_images([("pets.zip", archive(*NUMBERED, labels_csv=text))])
    assert prepared.counts == {"cat": 2, "dog": 2}
    for words in (
        "labels.csv: 2 rows name no image among the files: 900.png, xyz.png.",
        "Skipped 1 file, not in labels.csv: images/005.png.",
        "Skipped 1 file, with several classes in labels.csv: images/000.png.",
    ):
        assert words in notes_of(prepared)


def test_a_list_with_a_split() -> None:
    parts = ["train", "train", "test", "train", "train", "test"]
    text = "file,set,class\n" + "".join(f"{n:03}.png,{p},{c}\n" for n, (p, c) in enumerate(zip(parts, CLASSES, strict=True)))
    prepared = prepare_images([("pets.zip", archive(*NUMBERED, labels_csv=text))])
    assert (len(prepared.data.train), len(prepared.data.test)) == (4, 2)


def test_two_columns_that_can_be_the_class_are_a_question() -> None:
    text = "file,animal,color\n" + "".join(f"{n:03}.png,{c},{('red', 'blue')[n // 3]}\n" for n, c in enumerate(CLASSES))
    files = ("pets.zip", archive(*NUMBERED, labels_csv=text))
    assert set(titles(files)) == {"labels.csv, column “animal”", "labels.csv, column “color”"}


def test_a_table_that_is_no_list_of_classes_is_only_named() -> None:
    prepared = prepare_images([("pets.zip", archive(*series("cat", "dog"), readme_txt="Photos of pets", prices_csv="a,b\n1,2\n"))])
    assert prepared.counts == {"cat": 3, "dog": 3}
    assert "Skipped 2 files, text instead of an image: readme.txt, prices.csv." in notes_of(prepared)


def test_many_classes_are_refused_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLAYGROUND_UPLOAD_CLASSES", "5")
    with pytest.raises(OwnDataError, match=r"9 classes \(c0, c1, .* the limit is 5 .* they come from the folder under the root"):
        prepare_images([("many.zip", archive(*series(*(f"c{n}" for n in range(9)), each=1)))])


@pytest.mark.parametrize(
    ("lists", "cell"),
    [
        (("train.csv", "test.csv"), "{n}.png"),
        (("train_labels.csv", "test_labels.csv"), "{part}/{n}.png"),
        (("train/labels.csv", "test/labels.csv"), "{n}.png"),
    ],
)
def test_a_list_for_each_part_of_a_split(lists: tuple[str, str], cell: str) -> None:
    files = {f"{part}/{n}.png": noise_png(n + 10 * (part == "test")) for part in ("train", "test") for n in range(4)}
    for part, name in zip(("train", "test"), lists, strict=True):
        rows = [f"{cell.format(part=part, n=n)},{('cat', 'dog')[n % 2]}" for n in range(4)]
        files[name] = "\n".join(["image,label", *rows]).encode()
    reading = best(("pets.zip", zipped(files)))
    assert (reading.counts, reading.split) == ({"cat": 4, "dog": 4}, {"train": 4, "test": 4})


def test_lists_of_images_in_one_folder_name_the_split() -> None:
    files: dict[str, bytes] = {f"images/p{n}x.png": noise_png(n) for n in range(6)}
    for part, numbers in (("train", range(4)), ("test", range(4, 6))):
        files[f"{part}.csv"] = "\n".join(["image,label", *(f"p{n}x.png,{('cat', 'dog')[n % 2]}" for n in numbers)]).encode()
    assert best(("pets.zip", zipped(files))).split == {"train": 4, "test": 2}


def test_numbers_about_images_are_no_classes_where_folders_are() -> None:
    sizes = "file,width,height\n" + "".join(f"{n}.png,16,{n // 2}\n" for n in range(6))
    files = ("pets.zip", archive(*(f"{('cat', 'dog')[n % 2]}/{n}.png" for n in range(6)), sizes_csv=sizes))
    assert [reading.counts for reading in arrangements([files])] == [{"cat": 3, "dog": 3}]


def test_single_files_of_dragged_folders_are_explained() -> None:
    with pytest.raises(OwnDataError, match=r"2 of them are named 0.png: dragged folders lose their names, so put them into a ZIP"):
        prepare_images([("0.png", noise_png(0)), ("1.png", noise_png(1)), ("0.png", noise_png(2))])
    assert best(("pets/cat/0.png", noise_png(0)), ("pets/dog/0.png", noise_png(1))).counts == {"cat": 1, "dog": 1}


def test_names_that_differ_in_case_only_are_pointed_out() -> None:
    prepared = prepare_images([("pets.zip", archive("Cat/0.png", "cat/1.png", "dog/2.png"))])
    assert "Classes whose names differ only in upper and lower case: Cat, cat." in notes_of(prepared)


@pytest.mark.parametrize(
    ("paths", "text"),
    [
        ([f"d{n}/0.png" for n in range(3000)], "".join("x/y/0.png,a\n" for _ in range(50_000))),
        ([f"{n}.png" for n in range(300)], json.dumps([{f"k{n}_{k}": 1 for k in range(20)} | {"f": f"{n}.png"} for n in range(3000)])),
        ([f"{' ' * 60_000}{n}a.png" for n in range(20)], ""),
        ([f"{n}.png" for n in range(300)], "," * 2_000_000 + "\n1.png,a"),
    ],
    ids=["one name", "many keys", "long names", "wide"],
)
def test_hostile_names_and_lists_take_bounded_time(paths: list[str], text: str) -> None:
    content = zipped({**dict.fromkeys(paths, PICTURE), "list.csv": text.encode()})
    start = time.process_time()
    arrangements([("a.zip", content)])
    assert time.process_time() - start < 10
