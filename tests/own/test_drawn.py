"""Drawn points and digits."""

import numpy as np
import pytest

from playground.catalog.datasets import Circle, MnistSample, Plane
from playground.own import OwnDataError, keep, prepare_digits, prepare_points
from tests.own.examples import digit_drawings


def test_points_are_as_they_were_drawn() -> None:
    drawn = [(-6.0, 6.0, 0), (0.5, 0.25, 1), (1.0, 1.0, 1), (2.0, 2.0, 0)]
    prepared = prepare_points(drawn, ("blue", "orange"), called="two <b>clouds</b>", test_share=0.5)
    assert prepared.counts == {"blue": 2, "orange": 2}
    data = keep(prepared).load()
    rows = np.concatenate([np.c_[part.inputs, part.targets] for part in (data.train, data.test)])
    assert sorted(map(tuple, rows.tolist())) == sorted(drawn)
    assert prepared.dataset.called == "two <b>clouds</b>"


def test_points_onto_a_set_keep_its_classes() -> None:
    base = Circle(samples=100)
    prepared = prepare_points([(5.5, 5.5, 2), (5.6, 5.5, 2), (0, 0, 0)], ("", "", "corner"), onto=base)
    assert prepared.dataset.classes == ("ring", "disk", "corner")
    assert prepared.counts == {"ring": 51, "disk": 50, "corner": 2}
    assert prepared.dataset.task.name() == "multiclass"
    assert "Added to the 100 points of “Circle”" in prepared.notes[1].text


def test_classes_without_points_are_left_out() -> None:
    prepared = prepare_points([(0, 0, 0), (1, 1, 3)], ("a", "b", "c", "d"))
    assert prepared.counts == {"a": 1, "d": 1}
    assert "Left out classes without points: b, c" in prepared.notes[-1].text


@pytest.mark.parametrize(
    ("drawn", "words"),
    [
        ([], "no points"),
        ([(0, 0, 0)], "one class"),
        ([(7, 0, 0), (0, 0, 1)], r"point 1: coordinates must be between -6 and 6, got \(7, 0\)"),
        ([(0, 0, 0), (float("nan"), 0, 1)], "point 2"),
        ([(0, 0, 10), (0, 0, 1)], "point 1: the class must be an integer from 0 to 9, got 10"),
        ([(0, 0, -1), (0, 0, 1)], "point 1: the class must be an integer from 0 to 9, got -1"),
        ([(0, 0, n % 2) for n in range(5_001)], "5,001 points; the limit is 5,000"),
    ],
)
def test_points_that_cannot_be(drawn: list[tuple[float, float, int]], words: str) -> None:
    with pytest.raises(OwnDataError, match=words):
        prepare_points(drawn)


def test_heights_take_no_points() -> None:
    with pytest.raises(OwnDataError, match="Plane is not a dataset of points in classes"):
        prepare_points([(0, 0, 0), (1, 1, 1)], onto=Plane())


def test_digits_alone_are_split() -> None:
    drawings = digit_drawings()
    data = keep(prepare_digits(drawings, [place % 10 for place in range(50)])).load()
    assert (len(data.train), len(data.test)) == (40, 10)
    assert sorted(data.test.targets) == list(range(10))
    assert {each.tobytes() for part in (data.train, data.test) for each in part.inputs} == {each.tobytes() for each in drawings}


def test_digits_beside_mnist_leave_its_test_alone() -> None:
    prepared = prepare_digits(digit_drawings(3) / 255.0, [4, 4, 4], beside="mnist_sample")
    data, mnist = keep(prepared).load(), MnistSample().load()
    np.testing.assert_array_equal(data.test.inputs, mnist.test.inputs)
    assert len(data.train) == len(mnist.train) + 3
    np.testing.assert_array_equal(np.sort(data.train.inputs[:3].reshape(3, -1), 0), np.sort(digit_drawings(3).reshape(3, -1), 0))
    assert data.train.targets[:3].tolist() == [4, 4, 4]


@pytest.mark.parametrize(
    ("images", "labels", "words"),
    [
        (np.zeros((0, 28, 28)), [], "no digits"),
        (digit_drawings(2), [1], "2 drawings, but 1 labels"),
        (digit_drawings(2), [1, 1], "all drawings show the digit 1"),
        (digit_drawings(2), [1, 10], "drawing 2: the label must be a digit from 0 to 9, got '10'"),
        (np.ones((2, 27, 28)), [1, 2], "drawings must have 28×28 pixels, got 27×28"),
        (digit_drawings(2) * 0, [1, 2], "drawing 1 is empty"),
        (np.ones((5_001, 28, 28)), [0] * 5_001, "5,001 drawings; the limit is 5,000"),
    ],
)
def test_digits_that_cannot_be(images: np.ndarray, labels: list[int], words: str) -> None:
    with pytest.raises(OwnDataError, match=words):
        prepare_digits(images, labels)
