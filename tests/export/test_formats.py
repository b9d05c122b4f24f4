"""Every format of the registry, and the archive of all formats."""

import io
import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch

from playground.artifacts.uploads import open_upload
from playground.export.formats import FORMATS, ExportSource
from playground.export.own_data import data_file
from playground.network import build_model
from playground.parsing import parse_spec
from playground.spec import ExperimentSpec, SpecError
from tests.export.examples import BRANCHES, BROKEN, SMALL_CNN, hostile_table
from tests.export.running import Elsewhere, briefly

ADDRESS = "https://example.org"
EACH = pytest.mark.parametrize("name", FORMATS)


def source(spec=SMALL_CNN, trained: bool = True) -> ExportSource:
    return ExportSource(spec, build_model(spec).state_dict() if trained else None, ADDRESS, 7 if trained else None)


def unpacked(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@EACH
def test_every_format_describes_itself_and_gives_the_same_file_each_time(name: str) -> None:
    chosen = FORMATS[name]
    assert chosen.title
    assert chosen.help
    assert "/" in chosen.media_type
    assert chosen.file.endswith(chosen.suffix)
    first, second = (chosen.export(source()) for _ in range(2))
    assert first
    assert first == second
    if chosen.is_text:
        assert first.decode()


def test_no_two_have_the_same_file() -> None:
    assert len({each.file for each in FORMATS.values()}) == len(FORMATS)


@EACH
def test_formats_that_need_a_valid_network_reject_a_broken_one(name: str) -> None:
    if FORMATS[name].needs_weights:
        assert FORMATS[name].needs_network
    elif FORMATS[name].needs_network:
        with pytest.raises(SpecError):
            FORMATS[name].export(ExportSource(BROKEN, None, ADDRESS))
    else:
        assert FORMATS[name].export(ExportSource(BROKEN, None, ADDRESS))


def test_the_archive_holds_all_other_formats() -> None:
    files = unpacked(FORMATS["bundle"].export(source()))
    assert set(files) == {"README.md", *(each.file for name, each in FORMATS.items() if name != "bundle")}
    for name, each in FORMATS.items():
        if name != "bundle":
            assert files[each.file] == each.export(source())
            assert f"`{each.file}`" in files["README.md"].decode()
    assert parse_spec(files["experiment.json"]) == SMALL_CNN


@pytest.mark.parametrize("experiment", [lambda: SMALL_CNN, lambda: BRANCHES, hostile_table], ids=["small_cnn", "branches", "own data"])
def test_the_lines_of_the_readme_load_the_weights_into_the_network_of_the_script(
    experiment: Callable[[], ExperimentSpec], elsewhere: Elsewhere, tmp_path: Path
) -> None:
    spec = briefly(experiment(), seed=3)
    model = build_model(spec).eval()
    trained = ExportSource(spec, model.state_dict(), ADDRESS)
    for name, content in unpacked(FORMATS["bundle"].export(trained)).items():
        (tmp_path / name).write_bytes(content)
    lines = (tmp_path / "README.md").read_text(encoding="utf-8").split("from this folder")[1].splitlines()
    code = "\n".join(line.removeprefix("    ") for line in lines if line.startswith("    "))
    keep = 'import numpy; numpy.savez("answers.npz", outputs=outputs.detach().numpy(), targets=targets.numpy())'
    (tmp_path / "reader.py").write_text(f"import sys; sys.path.insert(0, '')\n{code}\n{keep}", encoding="utf-8")
    done = elsewhere.run(["reader.py"], tmp_path)
    assert done.returncode == 0, done.stderr
    test = spec.data.load().test
    with np.load(tmp_path / "answers.npz") as answers, torch.inference_mode():
        np.testing.assert_array_equal(answers["targets"], test.targets)
        np.testing.assert_allclose(answers["outputs"], model(spec.data.encode(test.inputs)), rtol=1e-4, atol=1e-5)


def test_the_archive_of_an_untrained_network_says_what_is_missing() -> None:
    files = unpacked(FORMATS["bundle"].export(source(trained=False)))
    assert "model.safetensors" not in files
    assert "Weights: the network is not trained yet" in files["README.md"].decode()
    assert "load_state_dict" not in files["README.md"].decode()


def test_the_archive_of_a_broken_network_holds_the_formats_that_work() -> None:
    files = unpacked(FORMATS["bundle"].export(ExportSource(BROKEN, None, ADDRESS)))
    assert {"experiment.json", "network.svg", "model-card.md", "link.txt"} <= set(files)
    assert "train.py" not in files
    assert r"network\[1\]" in files["README.md"].decode()


def test_uploaded_data_are_exported_unchanged() -> None:
    spec = hostile_table()
    files = unpacked(FORMATS["bundle"].export(source(spec)))
    name = f"data-{spec.data.key[:12]}.npz"
    upload = open_upload(spec.data.key, "x")
    with np.load(io.BytesIO(files[name]), allow_pickle=False) as arrays:
        np.testing.assert_array_equal(arrays["inputs"], upload.inputs)
        np.testing.assert_array_equal(arrays["targets"], upload.targets)
        assert json.loads(str(arrays["description"])) == dict(upload.description)
    assert name in files["train.py"].decode() or spec.data.key in files["train.py"].decode()
    assert data_file(SMALL_CNN.data) is None


def test_the_readme_says_that_uploaded_data_are_missing() -> None:
    spec = hostile_table()
    gone = spec.model_copy(update={"data": spec.data.model_copy(update={"key": "0" * 64})})
    readme = unpacked(FORMATS["bundle"].export(source(gone, trained=False)))["README.md"].decode()
    assert "Your data: the data" in readme
    assert "not on this server" in readme
