"""A trained run, images of digits and a server with small datasets."""

import json

import numpy as np
import pytest
from PIL import Image

from playground.catalog.datasets import Kmnist
from playground.opening import load_spec
from tests.catalog.file_server import serving
from tests.catalog.tiny_files import contents, tiny_sets
from tests.commands.calling import run, spec_file


@pytest.fixture(scope="session")
def trained(tmp_path_factory):
    """A run directory written by `train`, and the events it printed."""
    place = tmp_path_factory.mktemp("cli")
    result = run("train", spec_file(place / "tiny.json"), "--out", place / "run", "--json")
    assert result.exit_code == 0, result.output
    return place / "run", [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="session")
def digit_files(tmp_path_factory):
    """A large PNG of the first test digit of each class, black on white."""
    place = tmp_path_factory.mktemp("digits")
    test = load_spec("mlp_784_256_10").data.load().test
    files = []
    for label in range(10):
        index = int(np.flatnonzero(np.asarray(test.targets) == label)[0])
        Image.fromarray(255 - np.asarray(test.inputs[index, 0])).resize((200, 200)).save(place / f"{label}.png")
        files.append(place / f"{label}.png")
    return files


@pytest.fixture
def mirror(tmp_path, monkeypatch):
    """A server with tiny files of the downloaded datasets, and an empty data folder."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path / "data"))
    with tiny_sets(), serving() as files:
        files.put("kmnist", contents(Kmnist))
        monkeypatch.setenv("PLAYGROUND_DOWNLOADS", files.url)
        yield files
