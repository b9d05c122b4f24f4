"""All files of an experiment, as one ZIP archive."""

import io
import zipfile
from collections.abc import Sequence

from playground.catalog.datasets.examples import DataError
from playground.export.markdown import text
from playground.export.own_data import data_file
from playground.spec import ExperimentSpec

_STAMP = (1980, 1, 1, 0, 0, 0)
"""A fixed time, so that the same experiment gives the same bytes."""
_USE = "To use the trained network in Python, from this folder (needs the packages of the script, and `pip install safetensors`)"

Content = tuple[str, str, bytes]
"""Name in the archive, description, and content."""


def to_zip(spec: ExperimentSpec, contents: Sequence[Content], missing: Sequence[tuple[str, str]] = ()) -> bytes:
    """The contents, the uploaded data if there are any, and a README that describes each file.

    missing: what could not be exported, and why."""
    parts, absent = list(contents), list(missing)
    try:
        uploaded = data_file(spec.data)
    except DataError as error:
        uploaded = None
        absent.append(("Your data", str(error)))
    if uploaded is not None:
        parts.append((uploaded[0], "Your uploaded data, which the script and the notebook read from their own folder", uploaded[1]))
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, _, content in [("README.md", "", _readme(spec, parts, absent).encode()), *parts]:
            entry = zipfile.ZipInfo(name, _STAMP)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, content)
    return file.getvalue()


def _readme(spec: ExperimentSpec, parts: Sequence[Content], missing: Sequence[tuple[str, str]]) -> str:
    called = getattr(spec.data, "called", "")
    name = f"“{called}”" if called else spec.data.title
    lines = [f"# Neural network for {text(name)}", "", "Created with the Neural Network Playground. This archive contains:", ""]
    lines += [f"- `{file}`: {what}" for file, what, _ in parts]
    if missing:
        lines += ["", "Missing:", "", *(f"- {text(what)}: {text(why)}" for what, why in missing)]
    files = {file.rsplit(".", 1)[-1]: file for file, _, _ in parts}
    if "py" in files:
        lines += ["", "To train the network again, with identical results on the same kind of processor:", "", f"    python {files['py']}"]
    if "py" in files and "safetensors" in files:
        lines += ["", f"{_USE}:", ""]
        lines += [f"    {line}" if line else "" for line in _loading(files["py"], files["safetensors"])]
    if "svg" in files:
        lines += ["", f"![Diagram of the network]({files['svg']})"]
    return "\n".join(lines) + "\n"


def _loading(script: str, weights: str) -> list[str]:
    """Code that loads the weights into the network of the script."""
    return [
        "from safetensors.torch import load_file",
        f"from {script.removesuffix('.py')} import DEVICE, build_model, load_data",
        "",
        "model = build_model().to(DEVICE)",
        f'model.load_state_dict(load_file("{weights}"))',
        "model.eval()  # turns dropout off",
        "inputs, targets = load_data()[1]  # the test set, as tensors",
        "outputs = model(inputs)",
    ]
