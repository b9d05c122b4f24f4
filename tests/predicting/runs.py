"""Small trained runs on tables and images."""

import numpy as np
import torch

from playground.catalog.datasets import Dataset
from playground.catalog.layers import Flatten, Output
from playground.catalog.losses import MSE, CrossEntropy
from playground.network import build_model
from playground.own import TableChoices, keep, prepare_table, read_table
from playground.own.table_format import MISSING
from playground.runs.directory import LoadedRun, RunDirectory, load_run
from playground.spec import ExperimentSpec


def csv_of_houses(rows: int = 60) -> str:
    """A price that follows exactly from size and district."""
    lines = ["id,size,district,price"]
    for row in range(rows):
        size, district = 40 + 2 * row, ("north", "south", "east")[row % 3]
        lines.append(f"h{row},{size},{district},{1000 * size + 50_000 * (row % 3)}")
    return "\n".join(lines) + "\n"


def houses(text: str = "", codes: tuple[str, ...] = (), **choices: object) -> Dataset:
    """codes: texts that mean a missing value, besides the usual ones."""
    draft = read_table((text or csv_of_houses()).encode(), "houses.csv", missing=(*MISSING, *codes))
    return keep(prepare_table(draft, TableChoices(**{"target": 3, "task": "value", "dropped": frozenset({0}), **choices})))  # type: ignore[arg-type]


def fitted_run(directory, data: Dataset) -> LoadedRun:
    """A linear network with the weights of least squares, for values; of classes, with weights that are the same each time."""
    loss = CrossEntropy() if data.classes else MSE()
    network = (Flatten(), Output()) if data.tensor.has("height") else (Output(),)
    spec = ExperimentSpec(data=data, network=network, loss=loss)
    model = build_model(spec)
    if not data.classes:
        train = data.load().train
        rows = data.encode(train.inputs).numpy()
        solution = np.linalg.lstsq(np.column_stack([rows, np.ones(len(rows))]), train.targets, rcond=None)[0]
        with torch.no_grad():
            model[0].weight.copy_(torch.from_numpy(solution[:-1].T))
            model[0].bias.copy_(torch.from_numpy(solution[-1]))
    written = RunDirectory(directory)
    written.write_spec(spec)
    written.write_columns(data)
    written.write_weights(model.state_dict(), 1)
    return load_run(directory)
