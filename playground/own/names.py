"""Names from uploads (of files, columns and classes), made displayable and distinct."""

import unicodedata
from collections.abc import Iterable, Sequence
from pathlib import PurePosixPath


def shown(text: str, most: int = 40) -> str:
    """The text on one line, with at most `most` characters, without invisible characters and changes of the writing direction. Markup is
    not escaped; that is up to whoever displays it."""
    composed = unicodedata.normalize("NFC", text[: 20 * most])  # macOS separates letters and their accents
    kept = "".join(each if each.isprintable() else " " for each in composed if unicodedata.category(each) not in ("Cf", "Cs"))
    line = " ".join(kept.split())
    return line if len(line) <= most and len(text) <= 20 * most else line[: most - 1].rstrip() + "…"


def distinct(names: Iterable[str], most: int = 40) -> tuple[str, ...]:
    """Each name as `shown`; names that would look the same are numbered: a, a (2), a (3); "?" if nothing is left."""
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
    """The name of a file without folders and extension: data/Flowers.csv → Flowers."""
    base = file_name.replace("\\", "/").rsplit("/", 1)[-1]
    return shown(PurePosixPath(base).stem, 60) or "my data"


def shared_depth(folders: Sequence[tuple[str, ...]]) -> int:
    """How many leading folders all of these have in common."""
    if not folders:
        return 0
    shortest, longest = min(folders), max(folders)
    count = 0
    while count < len(shortest) and shortest[count] == longest[count]:
        count += 1
    return count


def listed(items: Iterable[object], most: int = 5) -> str:
    """a, b, c, and 7 more."""
    texts = [str(item) for item in items]
    rest = len(texts) - most
    return ", ".join(texts[:most]) + (f", and {rest:,} more" if rest > 0 else "")
