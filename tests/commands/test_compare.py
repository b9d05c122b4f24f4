"""`compare`: what differs, and what it exits with."""

from playground.export.link import to_token
from playground.opening import load_spec
from tests.commands.calling import refused, run, spec_file


def test_every_difference_is_a_line(tmp_path):
    network = [{"kind": "flatten"}, {"kind": "dense", "units": 32}, {"kind": "relu"}, {"kind": "dropout"}, {"kind": "output"}]
    result = run("compare", spec_file(tmp_path / "one.json"), spec_file(tmp_path / "two.json", network=network, training={"epochs": 4}))
    assert result.exit_code == 1
    assert result.stdout.splitlines() == [
        "network[1].units: 16 → 32",
        "network[3]: dropout 0.2 added",
        "training.epochs: 3 → 4",
        "training.device: cpu → auto",
    ]


def test_a_preset_and_its_link_are_the_same():
    link = f"https://example.org/playground?spec={to_token(load_spec('lenet5'))}&hide=data"
    result = run("compare", "lenet5", link)
    assert (result.exit_code, result.output) == (0, "")


def test_an_unknown_preset_is_an_error(tmp_path):
    refused(run("compare", "lenet5", "lenet6"), "lenet6", "did you mean 'lenet5'?")
