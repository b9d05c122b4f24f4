"""Diagrams: valid files with all layers, nothing outside the edges, and names as text."""

import io
from xml.etree import ElementTree as ET

import pytest
from PIL import Image

from playground.catalog.datasets import Circle
from playground.catalog.layers import LAYERS, Conv2d, Dense, Flatten, Output, Parallel, ReLU, Residual
from playground.export.diagram import diagram_png, diagram_svg
from playground.export.diagram.layout import diagram
from playground.export.diagram.marks import Box, Dot, Wire, Words, fitted, plain, width_of
from playground.export.diagram.png import MAX_PIXELS
from playground.export.diagram.tensors import tensor
from playground.network import trace
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from tests.export.examples import BRANCHES, BROKEN, LONG, SMALL_CNN, hostile_table, of
from tests.tensors import tensor_of

SVG = "{http://www.w3.org/2000/svg}"
WIDE = of(Parallel(branch=tuple((Parallel(branch=((),) * 8),) for _ in range(8))), Flatten(), Output())
MORE = {"branches": BRANCHES, "broken": BROKEN, "long": LONG, "wide": WIDE, "empty": of()}
SPECS = {**{name: preset.spec for name, preset in PRESETS.items()}, **MORE}
EVERY = pytest.mark.parametrize("name", SPECS)


def texts(svg: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(svg).iter(f"{SVG}text")]


def drawn(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image


@EVERY
def test_both_files_show_the_same_diagram(name: str) -> None:
    root = ET.fromstring(diagram_svg(SPECS[name]))
    width, height = float(root.get("width", 0)), float(root.get("height", 0))
    image = drawn(diagram_png(SPECS[name]))
    assert image.format == "PNG"
    assert image.width * image.height <= MAX_PIXELS * 1.01
    assert image.width / image.height == pytest.approx(width / height, rel=0.01)
    sampled = image.resize((image.width // 4, image.height // 4), Image.Resampling.NEAREST)  # counting all pixels takes long
    assert len(sampled.getcolors(1 << 24) or ()) > 20
    assert image.getpixel((2, 2)) == (255, 255, 255)


@EVERY
def test_nothing_crosses_the_edges(name: str) -> None:
    """Fonts differ, so texts have the width of the widest common font."""
    layout = diagram(SPECS[name])
    for mark in layout.marks:
        match mark:
            case Box():
                corners = [(mark.x, mark.y), (mark.x + mark.width, mark.y + mark.height)]
            case Dot():
                corners = [(mark.x - mark.radius, mark.y - mark.radius), (mark.x + mark.radius, mark.y + mark.radius)]
            case Wire():
                corners = list(mark.points)
            case Words():
                wide = width_of(mark.text, mark.size)
                start = mark.x - wide * {"start": 0, "middle": 0.5, "end": 1}[mark.anchor]
                corners = [(start, mark.y - mark.size / 2), (start + wide, mark.y + mark.size / 2)]
        for x, y in corners:
            assert -0.01 <= x <= layout.width + 0.01, mark
            assert -0.01 <= y <= layout.height + 0.01, mark


@EVERY
def test_every_layer_has_its_card_and_every_block_its_frame(name: str) -> None:
    found = texts(diagram_svg(SPECS[name]))
    titles = [row.title for row in trace(SPECS[name]).in_order()]
    for title in set(titles):
        assert found.count(title) >= titles.count(title), title


@EVERY
def test_cards_do_not_overlap(name: str) -> None:
    cards = [mark for mark in diagram(SPECS[name]).marks if isinstance(mark, Box) and mark.ink in ("learns", "plain", "missing")]
    cards = [card for card in cards if card.width > 100]
    for index, one in enumerate(cards):
        for other in cards[index + 1 :]:
            apart = (
                one.x + one.width <= other.x + 0.01
                or other.x + other.width <= one.x + 0.01
                or one.y + one.height <= other.y + 0.01
                or other.y + other.height <= one.y + 0.01
            )
            assert apart, (one, other)


def test_shapes_and_parameters_are_shown() -> None:
    found = texts(diagram_svg(SMALL_CNN))
    for row in trace(SMALL_CNN).rows:
        if row.tensor_out != row.tensor_in:
            assert str(row.tensor_out) in found
        if row.parameters:
            assert f"{row.parameters:,}" in found
    assert "10 classes: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9" in found
    assert f"{len(SMALL_CNN.network)} layers, {trace(SMALL_CNN).parameters:,} parameters" in found


def test_branches_are_side_by_side_and_shortcuts_are_named() -> None:
    spec = of(
        Parallel(branch=((Conv2d(filters=2),), (Conv2d(filters=3),), ())),
        Residual(layers=(Conv2d(filters=6),)),
        Residual(layers=(Conv2d(filters=9),)),
        Flatten(),
        Residual(layers=(Dense(units=5),)),
        Output(),
    )
    marks = diagram(spec).marks
    first, second = (
        mark for mark in marks if isinstance(mark, Words) and mark.text in ("Filters 2 · Kernel 3 px", "Filters 3 · Kernel 3 px")
    )
    assert first.y == second.y
    assert first.x != second.x
    found = texts(diagram_svg(spec))
    assert found.count("unchanged") == 2  # the empty branch, and the shortcut of the block that keeps the shape
    assert found.count("1×1 convolution") == 1
    assert found.count("dense") == 1
    assert found.count("+") == 3
    assert found.count("join channels") == 1


def test_tensors_are_to_scale() -> None:
    def side(*shape: int) -> float:
        return max(mark.width for mark in tensor(tensor_of(*shape)).marks if isinstance(mark, Box))

    assert side(1, 28, 28) / side(1, 7, 7) == pytest.approx(2)
    assert side(64, 28, 28) == side(1, 28, 28)
    assert side(512) - side(256) == pytest.approx(side(256) - side(128))
    assert len(tensor(tensor_of(64, 8, 8)).marks) > len(tensor(tensor_of(4, 8, 8)).marks)
    assert sum(isinstance(mark, Dot) for mark in tensor(tensor_of(7)).marks) == 7
    wide, high = ((mark.width, mark.height) for mark in tensor(tensor_of(1, 9, 25)).marks if isinstance(mark, Box)).__next__()
    assert wide / high == pytest.approx(5 / 3)


def test_errors_are_shown_at_their_layer() -> None:
    found = texts(diagram_svg(BROKEN))
    assert found.count("has an error") == 1
    assert found.count("not reached") == 2


@pytest.mark.parametrize("kind", LAYERS, ids=lambda kind: kind.name())
def test_every_layer_is_drawn_whatever_comes_before_it(kind) -> None:
    for data in (SMALL_CNN.data, Circle()):
        svg = diagram_svg(ExperimentSpec(data=data, network=(kind(), ReLU()), loss=SMALL_CNN.loss))
        assert kind.title in texts(svg)


def test_hostile_names_are_text() -> None:
    spec = hostile_table()
    svg = diagram_svg(spec)
    names = {child.tag for child in ET.fromstring(svg).iter()}
    assert names <= {f"{SVG}{tag}" for tag in ("svg", "title", "defs", "marker", "path", "rect", "circle", "text")}
    assert not any(name[:2] == "on" for each in ET.fromstring(svg).iter() for name in each.attrib)
    assert any(each.startswith(f"6 classes: {spec.data.classes[0][:12]}") for each in texts(svg))
    assert drawn(diagram_png(spec)).width > 0


@pytest.mark.parametrize("text", ["a\x00b", "\x1b[31m", "\ufffe", "line\nbreak", "\u202eright to left", "\ud800"])
def test_characters_that_xml_forbids_are_removed(text: str) -> None:
    data = SMALL_CNN.data.model_copy()
    object.__setattr__(data, "called", f"<{text}>")
    svg = diagram_svg(SMALL_CNN.model_copy(update={"data": data}))
    assert ET.fromstring(svg.encode()) is not None
    assert plain(text).isprintable()
    assert diagram_png(SMALL_CNN.model_copy(update={"data": data}))


def test_long_names_are_shortened_to_their_width() -> None:
    for text in ("word " * 50, "W" * 300, "日本語" * 60):
        assert width_of(fitted(text, 11, 120), 11) <= 120
        assert fitted(text, 11, 120).endswith("…")
    assert fitted("short", 11, 120) == "short"
