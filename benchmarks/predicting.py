"""From a CSV file of 1,000 rows to their predictions: in Python, on the command line beyond its start, and through the page.

`python -m benchmarks.predicting` prints a table, and the same as JSON."""

import os
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.figures import Figure, median, report
from benchmarks.own_data import table

ROWS = 1_000
ROUNDS = 5
PAGE_ROUNDS = 3
SECONDS = 1.0


def prepared_run(directory: Path) -> None:
    """A network on a table of 20 columns, 18 of them features."""
    from playground.catalog.layers import Dense, Output, ReLU
    from playground.catalog.losses import CrossEntropy
    from playground.network import build_model
    from playground.own import guess, keep, prepare_table, read_table
    from playground.runs.directory import RunDirectory
    from playground.spec import ExperimentSpec

    draft = read_table(table(10_000), "table.csv")
    data = keep(prepare_table(draft, guess(draft)))
    spec = ExperimentSpec(data=data, network=(Dense(units=64), ReLU(), Output()), loss=CrossEntropy())
    written = RunDirectory(directory)
    written.write_spec(spec)
    written.write_columns(data)
    written.write_weights(build_model(spec).state_dict(), 1)


def in_python(directory: Path, content: bytes) -> float:
    """Median of rounds, each with a run that was just loaded."""
    from playground.predicting import predict_table, results_csv
    from playground.runs.directory import load_run

    seconds = []
    for _ in range(ROUNDS):
        run = load_run(directory)
        started = time.perf_counter()
        found = predict_table(run, content)
        results_csv(found.predictions, run.classes)
        seconds.append(time.perf_counter() - started)
        assert len(found.answers) == ROWS
    return median(seconds)


def on_the_command_line(directory: Path, folder: Path, content: bytes) -> float:
    """How much more processor time the command takes for 1,000 rows than for a single one: median of alternating rounds."""
    lines = content.splitlines(keepends=True)
    (folder / "one.csv").write_bytes(b"".join(lines[:2]))
    (folder / "rows.csv").write_bytes(content)
    times: dict[str, list[float]] = {"one.csv": [], "rows.csv": []}
    for _ in range(ROUNDS):
        for name, seconds in times.items():
            before = resource.getrusage(resource.RUSAGE_CHILDREN)
            command = [sys.executable, "-m", "playground", "predict", str(directory), str(folder / name)]
            subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=True)
            after = resource.getrusage(resource.RUSAGE_CHILDREN)
            seconds.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return median(times["rows.csv"]) - median(times["one.csv"])


def through_the_page(folder: Path, content: bytes) -> float:
    """From selecting the file in the browser to the table of answers: median of rounds, each with different bytes, so that nothing is
    cached. The network was trained on the page, on points."""
    from tests.browser.chromium import chromium, new_context, show
    from tests.browser.server import running_app
    from tests.browser.steps import experiment, open_experiment, train_to_the_end

    seconds = []
    with chromium() as browser, running_app(folder / "app") as app:
        page = new_context(browser).new_page()
        open_experiment(page, app, experiment("playground_2d", epochs=1))
        train_to_the_end(page)
        show(page, f"{app.url}/predict?{page.url.split('?')[-1]}")
        for number in range(PAGE_ROUNDS):
            path = folder / f"points {number}.csv"
            path.write_bytes(content + b"\n" * number)
            started = time.perf_counter()
            page.locator("input[type=file]").first.set_input_files(path)
            page.get_by_role("button", name=f"Download {ROWS:,} answers").wait_for()
            seconds.append(time.perf_counter() - started)
            page.get_by_role("button", name=f"Remove {path.name}").click()
            page.get_by_role("button", name="Download a template").wait_for()
    return median(seconds)


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["PLAYGROUND_DATA"] = str(folder / "data")
        prepared_run(folder / "run")
        content = table(ROWS)
        points = ("x1,x2\n" + "".join(f"{row % 97 / 10 - 5},{row % 89 / 10 - 4}\n" for row in range(ROWS))).encode()
        times = {
            "1,000 rows of 20 columns → answers as CSV": in_python(folder / "run", content),
            "the same on the command line, processor time beyond one row": on_the_command_line(folder / "run", folder, content),
            "1,000 points → answers through the page": through_the_page(folder, points),
        }
    report([Figure(title, seconds, "s", SECONDS, "lower") for title, seconds in times.items()])


if __name__ == "__main__":
    main()
