"""The text section: a trained network continues a prompt, symbol by symbol."""

from playground.catalog.sequences.vocabulary import UNKNOWN
from playground.export.code.collector import Collector
from playground.export.code.plan import Plan

_SAMPLING = "playground.catalog.sequences.sampling"
_VOCABULARY = "playground.catalog.sequences.vocabulary"
_LINE = 60
"""Characters of a line that lists single characters."""


def write_text(collector: Collector, plan: Plan) -> str:
    """`generate(model, prompt, …)`; "" if the network does not predict the next symbol."""
    if plan.data.task.name() != "next_symbol":
        return ""
    encoding = plan.data.encoding
    symbols = [str(symbol) for symbol in encoding.preprocessing["symbols"]]  # type: ignore[attr-defined]
    unit = encoding.preprocessing.get("unit")
    continued = collector.project(_SAMPLING, "continued")
    collector.external("itertools", "islice")
    split = f"{collector.project(_VOCABULARY, str(unit))}(prompt)" if unit else _split(symbols)
    if UNKNOWN in symbols:
        read = f"[numbers.get(token, {symbols.index(UNKNOWN) + 1}) for token in {split}]"
    else:
        read = f"[numbers[token] for token in {split} if token in numbers]"
    return "\n".join(
        [
            f"SYMBOLS = {_listed(symbols)}",
            "",
            "",
            "def generate(model, prompt, length=200, temperature=1.0, top_k=None, seed=0):",
            '    """Return the text that follows a prompt. The same seed gives the same text."""',
            "    numbers = {symbol: number for number, symbol in enumerate(SYMBOLS, start=1)}",
            f"    symbols = {read} or [{encoding.start}]",
            f"    drawn = {continued}(model.eval(), symbols, {plan.data.tensor.size('length')}, seed, temperature, top_k)",
            f'    return "{"" if unit == "characters" else " "}".join(SYMBOLS[symbol - 1] for symbol in islice(drawn, length))',
        ]
    )


def _split(symbols: list[str]) -> str:
    return "prompt.replace(' ', '')" if all(len(symbol) == 1 for symbol in symbols) else "prompt.split()"


def _listed(symbols: list[str]) -> str:
    """A list of symbols; of single characters in fewer lines."""
    if any(len(symbol) != 1 for symbol in symbols):
        return repr(symbols)
    text = "".join(symbols)
    return "list(\n" + "\n".join(repr(text[start : start + _LINE]) for start in range(0, len(text), _LINE)) + "\n)"
