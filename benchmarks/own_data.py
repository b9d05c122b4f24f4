"""From the bytes of a large CSV and of a large ZIP of images to a preview: time, peak memory, and time through the page.

`python -m benchmarks.own_data` prints a table, and the same as JSON."""

import io
import json
import resource
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
from PIL import Image

from benchmarks.figures import Figure, median, report

ROUNDS = 5
PAGE_ROUNDS = 3
PAGE_TITLES = {"table": "Table", "images": "Images"}
PAGE_SUFFIX = {"table": ".csv", "images": ".zip"}


def table(rows: int = 100_000) -> bytes:
    """20 columns as pandas writes them: 14 of numbers (one with gaps), 4 of categories, a date and a class."""
    rng = np.random.default_rng(0)
    numbers = rng.normal(0, 100, (rows, 14))
    categories = np.array(["north", "south", "east", "west", "middle"])[rng.integers(0, 5, (rows, 4))]
    classes = np.array(["no", "yes"])[rng.integers(0, 2, rows)]
    header = [f"x{index}" for index in range(14)] + [f"c{index}" for index in range(4)] + ["day", "answer"]
    lines = [",".join(header)]
    for row in range(rows):
        cells = [f"{value:.4f}" for value in numbers[row]]
        if row % 10 == 0:
            cells[3] = ""
        lines.append(",".join([*cells, *categories[row], f"2024-{row % 12 + 1:02}-{row % 28 + 1:02}", classes[row]]))
    return "\n".join(lines).encode()


def archive(images: int = 2_000) -> bytes:
    """Color PNGs of 64×64 in ten folders."""
    rng = np.random.default_rng(0)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for index in range(images):
            png = io.BytesIO()
            coarse = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
            coarse.resize((64, 64), Image.Resampling.BICUBIC).save(png, "PNG")
            file.writestr(f"animals/class {index % 10}/{index:05}.png", png.getvalue())
    return out.getvalue()


def _preview_table(content: bytes) -> None:
    from playground.own import guess, prepare_table, read_table

    draft = read_table(content, "table.csv")
    assert draft.rows == 100_000
    draft.first_rows()
    for column in draft.columns:
        column.histogram()
    prepared = prepare_table(draft, guess(draft))
    assert prepared.counts


def _preview_images(content: bytes) -> None:
    from playground.own import ImageChoices, prepare_images

    prepared = prepare_images([("animals.zip", content)], ImageChoices(side=64))
    assert sum(prepared.counts.values()) == 2_000
    assert len(prepared.data.train) == 1_600


def _measure(preview: Callable[[bytes], None], content: bytes) -> dict[str, float]:
    import playground.own  # noqa: F401 (the server has already imported it)

    started, used = time.perf_counter(), time.process_time()
    preview(content)
    seconds, processor = time.perf_counter() - started, time.process_time() - used
    return {"seconds": seconds, "processor": processor, "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000}


WHAT = {"table": (table, _preview_table), "images": (archive, _preview_images)}


def _in_a_process(what: str, content: bytes) -> dict[str, float]:
    """Runs in a fresh process, so that the peak memory is that of the whole process, including Python and PyTorch."""
    command = [sys.executable, "-m", "benchmarks.own_data", what]
    measured: dict[str, float] = json.loads(subprocess.run(command, input=content, stdout=subprocess.PIPE, check=True).stdout)
    return measured


def _through_the_page(files: dict[str, bytes]) -> dict[str, float]:
    """Seconds from selecting the file in the browser to its preview on the screen: median of rounds, each with a new visitor and different
    bytes, so that nothing is cached."""
    from tests.browser.chromium import chromium, new_context, settled, show
    from tests.browser.server import running_app

    times: dict[str, list[float]] = {what: [] for what in files}
    with tempfile.TemporaryDirectory() as folder, chromium() as browser, running_app(Path(folder)) as app:
        for number in range(PAGE_ROUNDS):
            for what, content in files.items():
                page = new_context(browser).new_page()
                show(page, f"{app.url}/data")
                page.get_by_role("radio", name="Your data").click()
                settled(page)
                page.locator(".st-key-pg-own-ways").get_by_role("radio", name=PAGE_TITLES[what]).click()
                settled(page)
                path = Path(folder) / f"{what}{PAGE_SUFFIX[what]}"
                path.write_bytes(content + b"\n" * number if what == "table" else archive(2_000 - number))
                started = time.perf_counter()
                page.locator("input[type=file]").first.set_input_files(path)
                page.wait_for_selector(f".st-key-train_{what} button")
                times[what].append(time.perf_counter() - started)
                page.context.close()
    return {what: median(seconds) for what, seconds in times.items()}


def main() -> None:
    if len(sys.argv) > 1:
        print(json.dumps(_measure(WHAT[sys.argv[1]][1], sys.stdin.buffer.read())))
        return
    figures, contents = [], {what: make() for what, (make, _) in WHAT.items()}
    for what, title, seconds in (("table", "CSV of 100,000 × 20", 3), ("images", "ZIP of 2,000 images of 64×64", 5)):
        content = contents[what]
        rounds = [_in_a_process(what, content) for _ in range(ROUNDS)]
        figures += [
            Figure(f"{title} ({len(content) / 1e6:.0f} MB) → preview", median([row["seconds"] for row in rounds]), "s", seconds, "lower"),
            Figure(f"{title}, processor time", median([row["processor"] for row in rounds]), "s", seconds, "lower"),
            Figure(f"{title}, peak memory of the whole process", max(row["megabytes"] for row in rounds), "MB", 500, "lower"),
        ]
    for what, seconds in _through_the_page(contents).items():
        figures.append(Figure(f"the same through the page, {what}", seconds, "s", {"table": 3, "images": 5}[what], "lower"))
    report(figures)


if __name__ == "__main__":
    main()
