"""Images and archives as other tools write them, and malformed ones."""

import io
import stat
import struct
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from playground.own import ImageChoices, OwnDataError, Prepared, keep, prepare_images
from playground.own.decoding import decode_image
from tests.own.examples import noise_png, png, saved, zip_of_animals, zipped

GRAY = np.full((8, 8), 100, np.uint8)
TWO = {"cat/a.png": noise_png(0), "dog/a.png": noise_png(1)}


def notes_of(prepared: Prepared) -> str:
    return "\n".join(note.text for note in prepared.notes)


def prepared_of(files: dict[str, bytes], **choices: object) -> Prepared:
    return prepare_images([("animals.zip", zipped(files))], ImageChoices(**choices))  # type: ignore[arg-type]


def refused(content: bytes, words: str, name: str = "animals.zip") -> None:
    with pytest.raises(OwnDataError, match=words):
        prepare_images([(name, content)])


def test_a_folder_a_class() -> None:
    prepared = prepare_images([("animals.zip", zip_of_animals(10))], ImageChoices(side=28))
    assert prepared.counts == {"cat": 10, "dog": 10}
    assert prepared.dataset.called == "animals"
    data = keep(prepared).load()
    assert data.train.inputs.shape == (16, 3, 28, 28)
    for part in (data.train, data.test):
        brightness = part.inputs.mean(axis=(1, 2, 3))
        np.testing.assert_array_equal(part.targets, (brightness < 128).astype(int))


def test_macos() -> None:
    files = {"Tiere/": b"", "Tiere/.DS_Store": b"x"}
    for name, seed in (("Ka\u0308tzchen", 0), ("Hund", 1)):  # macOS takes ä apart
        files |= {f"Tiere/{name}/1.png": noise_png(seed), f"__MACOSX/Tiere/{name}/._1.png": b"\x00\x05\x16\x07"}
    prepared = prepared_of(files)
    assert prepared.counts == {"Hund": 1, "Kätzchen": 1}
    assert "Skipped 3 hidden or system files (.DS_Store, __MACOSX)." in notes_of(prepared)


def test_windows_backslashes_and_thumbs() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for path, content in {"set\\cat\\1.PNG": noise_png(0), "set\\dog\\1.png": noise_png(1), "set\\cat\\Thumbs.db": b"x"}.items():
            info = zipfile.ZipInfo("x")
            info.filename = path
            archive.writestr(info, content)
    assert prepare_images([("set.zip", out.getvalue())]).counts == {"cat": 1, "dog": 1}


def in_old_encoding(name: bytes) -> bytes:
    """A ZIP with this name's bytes in place of xxxx."""
    content = zipped({"xxxx/1.png": noise_png(0), "dog/1.png": noise_png(1)})
    assert len(name) == 4
    return content.replace(b"xxxx/", name + b"/")


def test_names_in_cp437_and_in_undeclared_utf8() -> None:
    assert set(prepare_images([("a.zip", in_old_encoding("Mäus".encode("cp437")))]).counts) == {"Mäus", "dog"}
    assert set(prepare_images([("a.zip", in_old_encoding("Mäu".encode()))]).counts) == {"Mäu", "dog"}


def test_folders_that_name_a_split_are_no_classes() -> None:
    files = {
        f"{part}/{name}/{n}.png": noise_png(n) for n, (part, name) in enumerate([(p, c) for p in ("train", "test") for c in ("cat", "dog")])
    }
    assert prepared_of(files).counts == {"cat": 2, "dog": 2}


def test_images_beside_the_folders_are_left_out() -> None:
    prepared = prepared_of({**TWO, "cover.png": noise_png(3), "read me.txt": b"hello"})
    assert prepared.counts == {"cat": 1, "dog": 1}
    assert "Skipped 1 file, not in a class folder: cover.png" in notes_of(prepared)
    assert "Skipped 1 file, text instead of an image: read me.txt" in notes_of(prepared)


def test_loose_images_by_the_beginning_of_their_names() -> None:
    names = ["cat_1.png", "cat-2.png", "cat (3).png", "cat4.png", "dog.1.png", "7_1.png"]
    prepared = prepare_images([(name, noise_png(n)) for n, name in enumerate(names)])
    assert prepared.counts == {"7": 1, "cat": 4, "dog": 1}


def test_loose_images_by_a_given_label() -> None:
    files = [(f"IMG_{n}.png", noise_png(n)) for n in range(4)]
    labels = {f"IMG_{n}.png": "even" if n % 2 == 0 else "odd" for n in range(4)}
    assert prepare_images(files, ImageChoices(labels=labels)).counts == {"even": 2, "odd": 2}
    refused_one = pytest.raises(OwnDataError, match=r"none of the 4 images has a class; .* without a class in the name: IMG_0.png")
    with refused_one:
        prepare_images(files)


def test_the_order_in_the_archive_does_not_matter() -> None:
    assert prepared_of(TWO).dataset == prepared_of(dict(reversed(TWO.items()))).dataset


@pytest.mark.parametrize("path", ["../evil.png", "cat/../../evil.png", "/etc/evil.png", "C:\\evil.png", "cat\\..\\..\\evil.png"])
def test_path_traversal(path: str) -> None:
    refused(zipped({**TWO, path: noise_png(0)}), "points outside the archive; create the archive again")


def test_links() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        link = zipfile.ZipInfo("cat/link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    refused(out.getvalue(), "'cat/link.png' is a link; add the files themselves")


def test_bombs_are_stopped_while_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    many = {f"cat/{n}.png": bytes(30_000_000) for n in range(2)}
    refused(zipped(many), r"[\d,]+ bytes unpack to more than 50,000,000 bytes, at 'cat/1.png'; the limits are 100 times")
    monkeypatch.setenv("PLAYGROUND_UPLOAD_BYTES", "1000000")
    refused(zipped({**TWO, "cat/b.png": bytes(2_000_000)}), r"'cat/b.png' unpacks to more than 1,000,000 bytes, the limit for a file")


def test_a_bomb_that_lies_about_its_size() -> None:
    content = bytearray(zipped({"cat/b.png": bytes(60_000_000)}))
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = content.index(signature)
        content[place + offset : place + offset + 4] = struct.pack("<I", 1_000)
    refused(bytes(content), "damaged or incomplete at 'cat/b.png'")


@pytest.mark.parametrize("path", ["cat/more.zip", "cat/more.tar.gz", "cat/more.7z"])
def test_archives_in_archives(path: str) -> None:
    refused(zipped({**TWO, path: b"x"}), "is an archive within the archive")


def test_an_archive_named_as_an_image() -> None:
    refused(zipped({**TWO, "cat/z.png": zipped({"a": b"b"})}), "'cat/z.png' is an archive within the archive")


def test_cut_short_and_encrypted() -> None:
    content = zipped(TWO)
    refused(content[: len(content) // 2], "the archive is damaged or incomplete")
    encrypted = bytearray(content)
    for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = encrypted.index(signature)
        encrypted[place + offset] |= 1
    refused(bytes(encrypted), "is encrypted; create the archive again without a password")
    refused(zipped(TWO, zipfile.ZIP_BZIP2), "uses an unsupported compression")
    refused(b"no zip", "damaged or incomplete")
    changed = bytearray(zipped(TWO, zipfile.ZIP_STORED))
    changed[200] ^= 0xFF
    refused(bytes(changed), "damaged or incomplete at 'cat/a.png'")


@pytest.mark.parametrize(
    ("variable", "limit", "words"),
    [
        ("BYTES", "100", "bytes; the limit is 100 "),
        ("FILES", "1", "contains 2 files; the limit is 1 "),
        ("CLASSES", "1", r"2 classes \(cat, dog\); the limit is 1 "),
        ("PIXELS", "100", "cat/a.png: 16 × 16 pixels; the limits are"),
        ("UNPACKED_BYTES", "5000", "2 images of 32×32 pixels take 6,144 bytes; the limit is 5,000"),
    ],
)
def test_limits_are_the_servers(monkeypatch: pytest.MonkeyPatch, variable: str, limit: str, words: str) -> None:
    monkeypatch.setenv(f"PLAYGROUND_UPLOAD_{variable}", limit)
    refused(zipped(TWO), rf"{words}.*PLAYGROUND_UPLOAD_{variable}")


def huge_png(width: int, height: int) -> bytes:
    """The head of an image of this size: what a decoder would allocate."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("size", [(50_000, 50_000), (50_000, 1), (9_000, 9_000)])
def test_huge_images_are_not_decoded(size: tuple[int, int]) -> None:
    refused(zipped({**TWO, "dog/huge.png": huge_png(*size)}), "dog/huge.png: .* pixels; the limits are 20,000 pixels per side")


def test_text_named_like_an_image_is_noted_and_skipped() -> None:
    prepared = prepared_of(
        {**TWO, "cat/b.png": b"just text", "cat/c.png": b"", "dog/d.jpg": noise_png(0)[:60], "dog/e.png": b"\x00\x01\xff"}
    )
    assert prepared.counts == {"cat": 1, "dog": 1}
    for words in (
        "text instead of an image: cat/b.png",
        "empty: cat/c.png",
        "damaged or incomplete: dog/d.jpg",
        "not an image of a supported format: dog/e.png",
    ):
        assert f"Skipped 1 file, {words}." in notes_of(prepared)


def test_no_image_left_says_why() -> None:
    refused(zipped({"cat/b.png": b"text", "dog/c.png": b"text"}), "no image could be read; at least two .* Skipped 2 files, text")
    refused(zipped({}), "no image could be read")


def one(content: bytes, **changes: object) -> tuple[np.ndarray, str]:
    settings: dict[str, object] = {"side": 8, "resize": "stretch", "colour": True, "background": "white", **changes}
    array, told = decode_image(content, "x.png", **settings)  # type: ignore[arg-type]
    return array, "; ".join(told)


def test_an_ordinary_image_stays_as_it_is() -> None:
    values = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    array, treated = one(png(values))
    np.testing.assert_array_equal(array, values.transpose(2, 0, 1))
    assert treated == ""


def test_gray_is_that_of_the_standard() -> None:
    values = np.random.default_rng(0).integers(0, 256, (8, 8, 3), dtype=np.uint8)
    array, _ = one(png(values), colour=False)
    assert array.shape == (1, 8, 8)
    np.testing.assert_allclose(array[0], values @ [0.299, 0.587, 0.114], atol=1)


def test_animations_give_their_first_frame() -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    array, treated = one(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]))
    assert array[:, 0, 0].tolist() == [255, 0, 0]
    assert "animated" in treated


def test_cmyk() -> None:
    array, treated = one(saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "TIFF"))
    assert array[:, 0, 0].tolist() == [255, 0, 0]
    assert "CMYK" in treated


def test_cmyk_of_a_camera() -> None:
    """As a JPEG, in which tools write it upside down and say so (Adobe's marker)."""
    array, treated = one(saved(Image.new("CMYK", (8, 8), (0, 255, 255, 0)), "JPEG", quality=100))
    np.testing.assert_allclose(array[:, 0, 0], [255, 0, 0], atol=6)
    assert "CMYK" in treated


def test_16_bits() -> None:
    values = np.linspace(0, 65_535, 64).astype(np.uint16).reshape(8, 8)
    array, treated = one(png(values), colour=False)
    np.testing.assert_allclose(array[0], values / 257, atol=1)
    assert "more than 8 bits" in treated


def test_floats_go_from_black_to_white() -> None:
    array, _ = one(saved(Image.fromarray(np.linspace(-1, 3, 64, dtype=np.float32).reshape(8, 8)), "TIFF"), colour=False)
    assert (array.min(), array.max()) == (0, 255)


@pytest.mark.parametrize(("form", "kind"), [("PNG", np.uint16), ("TIFF", np.uint16), ("TIFF", np.int32), ("TIFF", np.float32)])
def test_images_with_more_than_8_bits_stay_comparable(form: str, kind: type) -> None:
    """A camera with 12 bits: dark images stay dark beside bright ones, and neither is black."""
    files = {
        f"{name}/{n}.{form.lower()}": saved(Image.fromarray(np.full((8, 8), value, kind)), form)
        for n, (name, value) in enumerate([("dark", 0), ("dark", 1000), ("light", 3000), ("light", 4000)])
    }
    prepared = prepared_of(files, side=28, colour=False)
    np.testing.assert_array_equal(prepared.upload.inputs[:, 0, 0, 0], [0, 64, 191, 255])
    assert "4 images with more than 8 bits: 0 became 0 and 4,000 became 255, the range of all of them" in notes_of(prepared)


def test_margins_of_images_with_more_than_8_bits_are_the_background() -> None:
    wide = saved(Image.fromarray(np.linspace(100, 900, 32).astype(np.uint16).reshape(4, 8)), "PNG")
    for background, value in (("white", 255), ("black", 0)):
        array, _ = one(wide, resize="fit", background=background)
        assert set(array[:, :2].ravel()) == set(array[:, 6:].ravel()) == {value}
        assert array.shape == (3, 8, 8)


@pytest.mark.parametrize(("background", "value"), [("white", 255), ("black", 0)])
def test_alpha_and_palettes(background: str, value: int) -> None:
    clear = Image.new("RGBA", (8, 8), (10, 20, 30, 0))
    for content in (saved(clear, "PNG"), saved(clear, "WEBP", lossless=True), saved(clear.convert("LA"), "PNG")):
        array, treated = one(content, background=background)
        assert set(array.ravel()) == {value}
        assert f"shown on {background}" in treated
    array, treated = one(saved(Image.new("RGB", (8, 8), (10, 20, 30)).convert("P", palette=Image.Palette.ADAPTIVE), "PNG"))
    assert array[:, 0, 0].tolist() == [10, 20, 30]
    assert treated == ""


def test_exif_turns_the_image_upright() -> None:
    values = np.zeros((8, 8, 3), np.uint8)
    values[:, :4] = 255  # white on the left
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter clockwise: white on top
    array, treated = one(png(values, exif=exif))
    assert array[0, 0].min() == 255
    assert array[0, -1].max() == 0
    assert "rotated upright" in treated


def test_what_is_not_square() -> None:
    values = np.zeros((4, 8, 3), np.uint8)
    values[:, 2:6] = 200
    fitted, cropped, stretched = (one(png(values), resize=how)[0][0] for how in ("fit", "crop", "stretch"))
    assert set(fitted[:2].ravel()) == set(fitted[6:].ravel()) == {255}
    np.testing.assert_array_equal(fitted[2:6], values[..., 0])
    assert set(cropped.ravel()) == {200}
    np.testing.assert_array_equal(stretched, np.repeat(values[..., 0], 2, axis=0))


def test_one_pixel_and_a_line() -> None:
    for shape in ((1, 1), (1, 3000), (3000, 1)):
        assert one(png(np.full(shape, 7, np.uint8)), resize="fit")[0].shape == (3, 8, 8)


@pytest.mark.parametrize("side", [28, 32, 48, 64])
@pytest.mark.parametrize("colour", [True, False])
def test_sizes(side: int, colour: bool) -> None:
    dataset = prepared_of(TWO, side=side, colour=colour).dataset
    assert dataset.shape == (3 if colour else 1, side, side)


def test_other_sizes_are_refused() -> None:
    with pytest.raises(OwnDataError, match="the side must be 28, 32, 48 or 64 pixels, got 30"):
        prepared_of(TWO, side=30)
    with pytest.raises(OwnDataError, match="no files"):
        prepare_images([])


def test_hostile_class_names_fit_the_spec() -> None:
    names = ["<script>alert(1)", "\u202eabc", "x" * 10_000, "x" * 10_000 + "y", "🦄" * 3, "שלום"]
    labels = prepared_of({f"{name}/{n}.png": noise_png(n) for n, name in enumerate(names)}).dataset.classes
    assert len(set(labels)) == 6
    assert all(label.isprintable() and len(label) <= 40 for label in labels)


def test_progress_is_reported() -> None:
    heard: list[tuple[int, int]] = []
    prepare_images(
        [("a.zip", zip_of_animals(30))], ImageChoices(side=28), progress=lambda done, all_of_them: heard.append((done, all_of_them))
    )
    assert heard == [(50, 60), (60, 60)]


def test_an_entry_without_a_name_is_no_image() -> None:
    content = zipped({**TWO, "xxxxx": b""})
    place = content.rindex(b"PK\x01\x02")
    nameless = bytearray(content[: place + 46] + content[place + 51 :])
    nameless[place + 28] = 0
    end = nameless.rindex(b"PK\x05\x06")
    nameless[end + 12 : end + 16] = struct.pack("<I", struct.unpack("<I", nameless[end + 12 : end + 16])[0] - 5)
    assert prepare_images([("a.zip", bytes(nameless))]).counts == {"cat": 1, "dog": 1}
