"""Generated points, compared with closed forms, TensorFlow Playground and scikit-learn."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.datasets import make_moons

from playground.catalog.datasets import Circle, Gaussian, Moons, MultiGauss, Plane, Points, Spiral, ThreeBlobs, Xor


def all_of(dataset: Points) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    data = dataset.load()
    return np.concatenate([data.train.inputs, data.test.inputs]), np.concatenate([data.train.targets, data.test.targets])


def test_circle_is_a_disc_in_a_ring() -> None:
    points, classes = all_of(Circle(samples=4000))
    radius = np.hypot(*points.T)
    assert np.array_equal(classes == 1, radius < 2.5)
    assert radius[classes == 0].min() >= 3.5 - 1e-5
    assert radius.max() <= 5 + 1e-5
    assert (classes == 1).sum() == 2000


def test_noise_on_a_circle_changes_sides_only_as_far_as_it_reaches() -> None:
    points, classes = all_of(Circle(samples=4000, noise=0.1))
    radius = np.hypot(*points.T)
    wrong = (classes == 1) != (radius < 2.5)
    assert wrong.any()
    assert np.abs(radius[wrong] - 2.5).max() <= 0.5 * math.sqrt(2)  # noise of up to 0.1 · 5 along each axis


def test_xor_is_the_sign_of_the_product() -> None:
    points, classes = all_of(Xor(samples=2000))
    assert np.array_equal(classes == 1, points[:, 0] * points[:, 1] > 0)
    assert np.abs(points).min() >= 0.3 - 1e-6
    assert np.abs(points).max() <= 5.3 + 1e-6


@pytest.mark.parametrize(("noise", "variance"), [(0.0, 0.5), (0.1, 1.2)])
def test_clouds_have_their_centres_and_variance(noise: float, variance: float) -> None:
    """Variance goes from 0.5 to 4 as noise goes from 0 to 0.5, as in TensorFlow Playground."""
    for dataset in (Gaussian(samples=9000, noise=noise), ThreeBlobs(samples=9000, noise=noise)):
        points, classes = all_of(dataset)
        for index, center in enumerate(dataset.centers):
            cloud = points[classes == index]
            np.testing.assert_allclose(cloud.mean(axis=0), center, atol=0.08)
            np.testing.assert_allclose(cloud.var(axis=0), variance, rtol=0.08)


def test_three_clouds_lie_equally_far_apart() -> None:
    top, left, right = np.array(ThreeBlobs.centers)
    sides = [np.linalg.norm(a - b) for a, b in ((top, left), (left, right), (right, top))]
    np.testing.assert_allclose(sides, 5.2, rtol=0.01)


def test_spiral_arms_obey_their_equation() -> None:
    """r = 5 s and angle 3.5 π s, the second arm turned by π."""
    points, classes = all_of(Spiral(samples=1000))
    radius = np.hypot(*points.T)
    angle = 3.5 * np.pi * radius / 5 + np.where(classes == 1, 0, np.pi)
    expected = radius[:, None] * np.stack([np.sin(angle), np.cos(angle)], axis=1)
    np.testing.assert_allclose(points, expected, atol=1e-4)


def test_spiral_noise_moves_points_by_at_most_its_amount() -> None:
    clean, noisy = Spiral(samples=500), Spiral(samples=500, noise=0.4)
    moved = np.abs(all_of(clean)[0] - all_of(noisy)[0])  # the same order: the split has a stream of its own
    assert 0.38 < moved.max() <= 0.4 + 1e-6


def test_moons_are_scikit_learns() -> None:
    points, classes = all_of(Moons(samples=200))
    expected, expected_classes = make_moons(200, shuffle=False, noise=None)
    found = points / 3.2 + (0.5, 0.25)
    for index in (0, 1):
        np.testing.assert_allclose(_sorted(found[classes == index]), _sorted(expected[expected_classes == index]), atol=1e-5)


def _sorted(points: NDArray[np.float64]) -> NDArray[np.float64]:
    return points[np.lexsort(np.round(points, 4).T)]


def test_plane_is_a_tenth_of_the_sum() -> None:
    points, values = all_of(Plane(samples=1000))
    np.testing.assert_allclose(values[:, 0], points.sum(axis=1) / 10, atol=1e-6)
    noisy_points, noisy = all_of(Plane(samples=1000, noise=0.1))
    assert 0 < np.abs(noisy[:, 0] - noisy_points.sum(axis=1) / 10).max() <= 0.12 + 1e-6


def tensorflow_playground_height(x: float, y: float) -> float:
    """regressGaussian of TensorFlow Playground's dataset.ts, line by line."""
    label = 0.0
    for cx, cy, sign in [(-4, 2.5, 1), (0, 2.5, -1), (4, 2.5, 1), (-4, -2.5, -1), (0, -2.5, 1), (4, -2.5, -1)]:
        new = sign * max(0.0, 1 - min(2.0, math.dist((x, y), (cx, cy))) / 2)
        if abs(new) > abs(label):
            label = new
    return label


def test_hills_are_tensorflow_playgrounds() -> None:
    points, values = all_of(MultiGauss(samples=4000))
    np.testing.assert_allclose(values[:, 0], [tensorflow_playground_height(x, y) for x, y in points], atol=1e-5)
    assert values.max() > 0.9
    assert values.min() < -0.9


@pytest.mark.parametrize("kind", [Circle, Plane, Xor])
def test_moving_the_noise_slider_leaves_the_points_where_they_are(kind: type[Points]) -> None:
    quiet, loud = (np.sort(all_of(kind(noise=noise))[0], axis=0) for noise in (0.0, 0.5))
    assert np.array_equal(quiet, loud)
