"""Tokens per second of the small GPT with its page open in Chromium, relative to a bare PyTorch loop of the same network and threads."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks.figures import Figure, median
from benchmarks.live import watched_samples_per_second
from playground.presets import PRESETS
from playground.spec import ExperimentSpec
from tests.browser.chromium import chromium, new_context
from tests.browser.server import running_app

ROUNDS = 3
MOST_SECONDS = 300

BARE = """
import json, sys, time, torch
from torch.nn.functional import cross_entropy
from playground.network import build_model
from playground.parsing import parse_spec

spec = parse_spec(sys.argv[1])
torch.set_num_threads(spec.training.threads)
model = build_model(spec)
data = spec.data.load().train
x, y = torch.as_tensor(data.inputs), torch.as_tensor(data.targets)
optimizer = torch.optim.Adam(model.parameters(), lr=spec.optimizer.lr, fused=True)

start = time.perf_counter()
for _ in range(spec.training.epochs):
    for batch in torch.randperm(len(x)).split(spec.training.batch_size):
        optimizer.zero_grad()
        cross_entropy(model(x[batch]).flatten(0, 1), y[batch].flatten()).backward()
        optimizer.step()
print(json.dumps(spec.training.epochs * len(x) / (time.perf_counter() - start)))
"""


def bare_samples_per_second(spec: ExperimentSpec) -> float:
    """The plain loop anybody would write, in its own process. Its clock, like a run's, starts with the first step, without warm-up."""
    output = subprocess.run([sys.executable, "-c", BARE, spec.to_json()], check=True, capture_output=True, text=True).stdout
    return float(json.loads(output))


def main() -> None:
    preset = PRESETS["char_gpt"].spec
    spec = preset.model_copy(update={"training": preset.training.model_copy(update={"device": "cpu"})})
    context = spec.data.tensor.size("length")
    ratios = []
    with chromium() as browser, tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app:
        page = new_context(browser).new_page()
        for _ in range(ROUNDS):
            page.goto("about:blank")
            bare = bare_samples_per_second(spec)
            watched = watched_samples_per_second(page, app, Path(folder), spec, MOST_SECONDS)
            print(f"  bare loop {context * bare:,.0f} tokens/s, watched run {context * watched:,.0f}", flush=True)
            ratios.append(watched / bare)
    print(Figure("char_gpt with the live page open, relative to a bare loop", median(ratios), "×", 0.95, "higher"))


if __name__ == "__main__":
    main()
