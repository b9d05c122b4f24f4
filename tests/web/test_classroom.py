"""What a link can hide and lock: one registry, read from an address and written into it."""

from operator import attrgetter

import pytest

from playground.catalog.datasets import Circle
from playground.paths import item
from playground.presets import PRESETS
from playground.spec import Change, ExperimentSpec, TrainingSettings
from playground.web import edits
from playground.web.classroom import PARTS, Limits, lockable

MLP = PRESETS["mlp_784_256_10"].spec


def locking(*names: str) -> Limits:
    return Limits(locked=frozenset(names))


def test_what_is_written_into_an_address_is_read_from_it() -> None:
    for limits in (Limits(), locking("data", "loss"), Limits(frozenset(PARTS), frozenset(lockable()))):
        address = limits.address()
        assert Limits.read(address["hide"], address["lock"]) == (limits, [])
    assert Limits().address() == {"hide": None, "lock": None}
    assert Limits(frozenset(["share", "data"]), frozenset(["network"])).address() == {"hide": "data,share", "lock": "network"}


@pytest.mark.parametrize(
    ("hide", "lock", "hidden", "locked", "unknown"),
    [
        (" Data , loss,", "NETWORK", {"data", "loss"}, {"network"}, []),
        ("colour,data", "output,loss", {"data"}, {"loss"}, ["colour", "output"]),
        ("", None, set(), set(), []),
        (",,,", "<b>", set(), set(), ["<b>"]),
    ],
)
def test_names_are_read_with_patience(hide: str, lock: str | None, hidden: set[str], locked: set[str], unknown: list[str]) -> None:
    assert Limits.read(hide, lock) == (Limits(frozenset(hidden), frozenset(locked)), unknown)


def test_a_huge_address_stays_small() -> None:
    limits, unknown = Limits.read("x," * 500_000, "y" * 1_000_000)
    assert limits == Limits()
    assert len(unknown) <= 51
    assert all(len(name) <= 40 for name in unknown)


def test_every_setting_belongs_to_one_part_that_can_be_locked() -> None:
    paths = [name for name in ExperimentSpec.model_fields if name not in ("version", "training", "changes")]
    paths += [f"training.{name}" for name in TrainingSettings.model_fields]
    paths += [
        "data.augmentations[0].degrees",
        "data.label_noise",
        "network[3].branch[0][1].units",
        "optimizer.lr",
        "training.stop.patience",
    ]
    for path in paths:
        owners = [name for name in lockable() if locking(name).locks(path)]
        assert len(owners) == 1, (path, owners)


def test_what_changes_while_a_run_trains_is_locked_with_its_setting() -> None:
    changed = MLP.with_change(Change(step=5, path="optimizer.lr", value=0.1))
    assert locking("optimizer").kept(MLP, changed) == ["Optimizer and learning rate"]
    assert locking("network", "data").kept(MLP, changed) == []


def test_paths_exist_in_a_spec() -> None:
    for part in PARTS.values():
        for path in (*part.paths, *part.but):
            assert item(MLP, path) == attrgetter(path)(MLP)


CHANGES = {
    "data": edits.set_field(MLP, "data.label_noise", 0.25),
    "augmentation": edits.add_augmentation(MLP, "rotation"),
    "batches": edits.set_field(MLP, "training.seed", 7),
    "network": edits.set_field(MLP, "network[1].units", 7),
    "loss": edits.replace_part(MLP, "loss", "hinge"),
    "optimizer": edits.set_field(MLP, "optimizer.lr", 0.5),
    "schedule": edits.replace_part(MLP, "schedule", "one_cycle"),
    "training": edits.set_field(MLP, "training.stop.patience", 7),
}


@pytest.mark.parametrize("name", lockable())
def test_a_change_touches_only_its_own_part(name: str) -> None:
    changed = CHANGES[name]
    assert changed != MLP
    assert [locking(each).kept(MLP, changed) for each in lockable() if each != name] == [[]] * (len(lockable()) - 1)
    assert locking(name).kept(MLP, changed) == [PARTS[name].title]
    assert locking(name).kept(MLP, MLP) == []


def test_data_without_augmentations_are_as_good_as_none() -> None:
    plane = MLP.model_copy(update={"data": Circle()})
    assert locking("augmentation").kept(MLP, plane) == []
    assert locking("augmentation", "data").kept(edits.add_augmentation(MLP, "rotation"), plane) == ["Data", "Augmentation"]
