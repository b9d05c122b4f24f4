"""Text from trained networks, compared with sampling by hand and with networks whose next symbol is known."""

from itertools import islice
from pathlib import Path

import pytest
import torch
from torch import nn

import playground
from playground.catalog.datasets import Dataset, Parity, PythonDocs, Rearranging
from playground.catalog.layers import LAYERS, Output
from playground.catalog.losses import CrossEntropy
from playground.catalog.sequences.vocabulary import UNKNOWN
from playground.network import build_model
from playground.runs.directory import LoadedRun, RunDirectory
from playground.runs.generation import GenerationError, Sampling, continuation, generate, next_symbol, read_prompt
from playground.spec import ExperimentSpec

DOCS = PythonDocs(window=16)
AFTER = Rearranging(answers="after", length=4, shortest=2)


def run_of(data: Dataset, model: nn.Module | None = None) -> LoadedRun:
    network = (LAYERS["embedding"](width=16), LAYERS["lstm"](units=16, returns="all"), Output())
    spec = ExperimentSpec(data=data, network=network, loss=CrossEntropy())
    return LoadedRun(Path("none"), spec, (model or build_model(spec)).eval(), 0)


class NextInLine(nn.Module):
    """After symbol s always predicts symbol s + 1, and after the last one the first, whatever it has seen before."""

    def __init__(self, symbols: int) -> None:
        super().__init__()
        self.scores = nn.Parameter(9.0 * torch.eye(symbols).roll(1, dims=1))
        self.longest = 0

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.longest = max(self.longest, x.shape[1])
        return self.scores[x - 1]


def test_a_text_goes_on_from_its_prompt_within_the_context() -> None:
    run = run_of(DOCS, NextInLine(len(DOCS.classes)))
    assert generate(run, "ab", 5, temperature=0) == "cdefg"
    assert generate(run, "0123456789 and a long prompt, of which only the end is seen: x", 30, temperature=0) == "yz{|}~" + generate(
        run, "~", 24, temperature=0
    )
    assert run.model.longest == 16
    assert isinstance(run.model, nn.Module)
    assert playground.generate is generate


def test_each_symbol_is_drawn_from_the_network_s_own_probabilities() -> None:
    run = run_of(DOCS)
    prompt = read_prompt(DOCS, "def f")
    generator, symbols = torch.Generator().manual_seed(7), list(prompt.symbols)
    for _ in range(40):
        with torch.no_grad():
            outputs = run.model(torch.tensor([symbols[-16:]]))[0, -1]
        top = outputs.topk(5)
        likely = torch.zeros_like(outputs).scatter(0, top.indices, torch.softmax(top.values / 0.7, dim=0))
        symbols.append(int(torch.multinomial(likely, 1, generator=generator)) + 1)
    assert list(islice(continuation(run, prompt, Sampling(0.7, 5, 7)), 40)) == symbols[5:]
    assert generate(run, "def f", 40, temperature=0.7, top_k=5, seed=7) == DOCS.encoding.written(symbols[5:])
    assert generate(run, "def f", 40, seed=8) != generate(run, "def f", 40, seed=9)


def test_the_probabilities_of_the_next_symbol_are_those_of_torch() -> None:
    run = run_of(DOCS)
    with torch.no_grad():
        expected = torch.softmax(run.model(torch.tensor([read_prompt(DOCS, "The ").symbols]))[0, -1], dim=0)
    torch.testing.assert_close(next_symbol(run, read_prompt(DOCS, "The "), Sampling()), expected)


@pytest.mark.parametrize(
    ("data", "text", "read", "note"),
    [
        (DOCS, "The end", "The end", ""),
        (DOCS, "", "\n", "begins after “⏎”"),
        (DOCS, "naïve 東京", f"na{UNKNOWN}ve {UNKNOWN}{UNKNOWN}", f"read as {UNKNOWN}: ï 東 京"),
        (DOCS, "only the last sixteen", "the last sixteen", "Only the last 16 characters"),
        (DOCS, "a\r\nb\x00", f"a\nb{UNKNOWN}", "\\x00"),
        (DOCS, "مرحبا 🙂", f"{UNKNOWN * 5} {UNKNOWN}", "م"),
        (AFTER, "31=", "3 1 =", ""),
        (AFTER, "3 1 x =", "3 1 =", "left out: x"),
        (AFTER, "", "=", "begins after “=”"),
    ],
)
def test_what_is_read_of_a_prompt_is_said(data: Dataset, text: str, read: str, note: str) -> None:
    prompt = read_prompt(data, text)
    assert data.encoding.written(prompt.symbols) == read
    assert note in " ".join(prompt.notes)
    assert bool(prompt.notes) == bool(note)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"temperature": -1.0}, "temperature"),
        ({"temperature": float("nan")}, "temperature"),
        ({"top_k": 0}, "top_k"),
        ({"seed": -1}, "seed"),
        ({"length": 0}, "length"),
        ({"length": 10**9}, "length"),
    ],
)
def test_settings_out_of_range_are_named(settings: dict[str, float], message: str) -> None:
    with pytest.raises(GenerationError, match=message):
        generate(run_of(DOCS), "a", **{"length": 3, **settings})  # type: ignore[arg-type]


def test_networks_that_cannot_write_say_why() -> None:
    with pytest.raises(GenerationError, match="Parity"):
        read_prompt(Parity(), "0110")
    broken = run_of(DOCS)
    for parameter in broken.model.parameters():
        nn.init.constant_(parameter, float("nan"))
    with pytest.raises(GenerationError, match="diverged"):
        generate(broken, "a", 3, temperature=0)


def test_a_stored_run_writes_what_its_network_writes(tmp_path: Path) -> None:
    run = run_of(DOCS)
    directory = RunDirectory(tmp_path)
    directory.write_spec(run.spec)
    directory.write_weights(run.model.state_dict(), 3)
    assert generate(playground.load_run(tmp_path), "import ", 50, seed=2) == generate(run, "import ", 50, seed=2)
