"""Names that users bring (of files, columns and classes), so that they can be shown, and told apart."""

import unicodedata
from collections.abc import Iterable
from pathlib import PurePosixPath


def shown(text: str, most: int = 40) -> str:
    """On one line, at most so many characters, without what does not show or turns the direction of writing. Markup stays as it was
    written: whoever shows it escapes it."""
    composed = unicodedata.normalize("NFC", text[: 20 * most])  # macOS takes letters and their accents apart
    kept = "".join(each if each.isprintable() else " " for each in composed if unicodedata.category(each) not in ("Cf", "Cs"))
    line = " ".join(kept.split())
    return line if len(line) <= most and len(text) <= 20 * most else line[: most - 1].rstrip() + "…"


def distinct(names: Iterable[str], most: int = 40) -> tuple[str, ...]:
    """Each as `shown`, those that would look alike numbered: a, a (2), a (3); "?" where nothing shows."""
    taken: set[str] = set()
    result = []
    for name in names:
        plain = shown(name, most) or "?"
        candidate, number = plain, 2
        while candidate in taken:
            ending = f" ({number})"
            candidate, number = plain[: most - len(ending)] + ending, number + 1
        taken.add(candidate)
        result.append(candidate)
    return tuple(result)


def short_name(file_name: str) -> str:
    """Of a file, without its folders and ending: data/Flowers.csv → Flowers."""
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    return shown(PurePosixPath(base).stem, 60) or "my data"


def listed(items: Iterable[object], most: int = 5) -> str:
    """a, b, c, and 7 more."""
    texts = [str(item) for item in items]
    rest = len(texts) - most
    return ", ".join(texts[:most]) + (f", and {rest:,} more" if rest > 0 else "")
