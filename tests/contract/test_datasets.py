"""What every dataset keeps to."""

import warnings

import numpy as np
import pytest
import torch

from playground.catalog.datasets import DATASETS, Data, Dataset

KINDS = pytest.mark.parametrize("kind", DATASETS, ids=lambda kind: kind.name())
IMAGES = pytest.mark.parametrize("kind", [kind for kind in DATASETS if kind.family == "images"], ids=lambda kind: kind.name())
POINTS = pytest.mark.parametrize("kind", [kind for kind in DATASETS if kind.family == "points"], ids=lambda kind: kind.name())


def same(first: Data, second: Data) -> bool:
    pairs = [(first.train, second.train), (first.test, second.test)]
    return all(np.array_equal(a.inputs, b.inputs) and np.array_equal(a.targets, b.targets) for a, b in pairs)


@KINDS
def test_examples_have_the_declared_form(kind: type[Dataset]) -> None:
    data = kind().load()
    for split in (data.train, data.test):
        assert len(split) == len(split.inputs) == len(split.targets) > 0
        assert split.inputs.shape[1:] == kind.shape
        assert split.inputs.dtype == (np.uint8 if kind.family == "images" else np.float32)
        if kind.classes:
            assert split.targets.dtype == np.int64
            assert split.targets.shape == (len(split),)
            assert set(split.targets) == set(range(len(kind.classes)))
        else:
            assert split.targets.dtype == np.float32
            assert split.targets.shape == (len(split), 1)


@KINDS
def test_task_and_classes_go_together(kind: type[Dataset]) -> None:
    assert len(set(kind.classes)) == len(kind.classes)
    expected = {0: "regression", 2: "binary"}.get(len(kind.classes), "multiclass")
    assert kind.task.name() == expected


@KINDS
def test_same_settings_same_examples(kind: type[Dataset]) -> None:
    assert same(kind().load(), kind().load())


@KINDS
def test_encode_gives_what_the_network_takes(kind: type[Dataset]) -> None:
    raw = kind().load().test.inputs[:5]
    with warnings.catch_warnings():
        warnings.simplefilter("error")  # torch warns of arrays that it may not write to
        encoded = kind().encode(raw)
    assert encoded.shape == (5, *kind.shape)
    assert encoded.dtype == torch.float32
    torch.testing.assert_close(encoded, kind().encode(torch.from_numpy(raw.copy())))
    with pytest.raises(ValueError, match="expected examples of"):
        kind().encode(np.zeros((5, 3, 7), dtype=np.float32))


@IMAGES
def test_images_become_numbers_from_0_to_1(kind: type[Dataset]) -> None:
    raw = kind().load().test.inputs
    assert raw.min() == 0
    assert raw.max() == 255
    encoded = kind().encode(raw)
    np.testing.assert_allclose(encoded.numpy(), raw / 255, atol=1e-7)
    for form in (raw[:, 0], raw.astype(np.int64), raw[:, 0].tolist()):  # one channel needs no axis, whole numbers are whole numbers
        assert torch.equal(kind().encode(form), encoded)
    assert torch.equal(kind().encode(encoded), encoded)


@IMAGES
def test_what_is_read_is_not_what_the_next_one_reads(kind: type[Dataset]) -> None:
    """The cached file is never written, whatever is done with the array."""
    first = kind().load()
    before = first.train.inputs[0].copy()
    first.train.inputs[0] = 255 - before
    assert np.array_equal(kind().load().train.inputs[0], before)


@IMAGES
def test_augmentations_are_bounded(kind: type[Dataset]) -> None:
    one = {"kind": "rotation", "degrees": 12}
    assert len(kind.model_validate({"augmentations": [one] * 20}).augmentations) == 20  # type: ignore[attr-defined]
    with pytest.raises(ValueError, match="at most 20"):
        kind.model_validate({"augmentations": [one] * 21})


@POINTS
@pytest.mark.parametrize("test_share", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("noise", [0.0, 0.5])
@pytest.mark.parametrize("samples", [10, 11, 257])
def test_points_at_the_ends_of_their_settings(kind: type[Dataset], samples: int, noise: float, test_share: float) -> None:
    dataset = kind.model_validate({"samples": samples, "noise": noise, "test_share": test_share, "seed": 7})
    data = dataset.load()
    assert len(data.train) + len(data.test) == samples
    assert len(data.train) > 0
    assert len(data.test) == round(samples * test_share)
    inputs = np.concatenate([data.train.inputs, data.test.inputs])
    assert np.isfinite(inputs).all()
    assert inputs.min() >= kind.bounds[0]
    assert inputs.max() <= kind.bounds[1]
    assert same(data, dataset.load())
    assert not same(data, dataset.model_copy(update={"seed": 8}).load()) or (kind.name() in ("spiral", "moons") and noise == 0)


@POINTS
def test_noise_changes_the_picture(kind: type[Dataset]) -> None:
    assert not same(kind().load(), kind.model_validate({"noise": 0.3}).load())


@POINTS
@pytest.mark.parametrize(
    "wrong",
    [{"samples": 9}, {"samples": 20_001}, {"noise": 0.6}, {"noise": -0.1}, {"test_share": 0.0}, {"test_share": 1.0}, {"seed": -1}],
    ids=str,
)
def test_settings_out_of_range_are_refused(kind: type[Dataset], wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        kind.model_validate(wrong)


@POINTS
def test_classes_are_balanced_and_split_alike(kind: type[Dataset]) -> None:
    if kind.classes:
        data = kind.model_validate({"samples": 600, "test_share": 0.3}).load()
        train, test = (np.bincount(split.targets, minlength=len(kind.classes)) for split in (data.train, data.test))
        assert np.abs(test - 0.3 * (train + test)).max() <= 1
        assert (train + test).min() > 600 / len(kind.classes) * 0.85  # xor is drawn at random, the others to the point
