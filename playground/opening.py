"""A spec from a file, a share link, its token, or the name of a preset."""

import difflib
import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from playground.export.link import from_token
from playground.parsing import parse_spec
from playground.presets import PRESETS
from playground.spec import MAX_SPEC_BYTES, ExperimentSpec, SpecError

_TOKEN = re.compile(r"[A-Za-z0-9_-]{24,}={0,2}")


def load_spec(source: str | Path) -> ExperimentSpec:
    """The spec that `source` names.

    Raises: SpecError if there is no such file, preset or link, or it does not contain a valid spec."""
    text = str(source).strip()
    if text not in PRESETS and not _is_link(text) and _exists(Path(text)):
        return _from_file(Path(text))
    return spec_of_text(text)


def spec_of_text(text: str) -> ExperimentSpec:
    """The spec in pasted text: a share link, its token, the name of a preset, or settings as JSON. Opens no file.

    Raises: SpecError if it is none of these, or does not contain a valid spec."""
    if len(text) > MAX_SPEC_BYTES:
        raise SpecError(f"spec: must be at most {MAX_SPEC_BYTES // 1000} kB of text, got {len(text) // 1000:,} kB")
    text = text.strip()
    if text in PRESETS:
        return PRESETS[text].spec
    if text.startswith("{"):
        return parse_spec(text)
    if _is_link(text):
        return _from_link(text)
    if _TOKEN.fullmatch("".join(line.strip() for line in text.split("\n"))):
        return from_token(text)
    near = difflib.get_close_matches(text[:80], PRESETS, n=1)
    hint = f"did you mean {near[0]!r}?" if near else f"presets: {', '.join(PRESETS)}"
    raise SpecError(f"{text[:80]}: no such file, share link or preset; {hint}")


def _is_link(text: str) -> bool:
    return "://" in text[:20] or text.startswith("?") or re.search(r"[?&]spec=", text[:500]) is not None


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # too long for a path, or with a NUL in it
        return False


def _from_link(link: str) -> ExperimentSpec:
    try:
        tokens = parse_qs(urlsplit(re.sub(r"\s", "", link)).query).get("spec", [])
    except ValueError:
        tokens = []
    if not tokens:
        raise SpecError(f"{link[:80]}: a share link contains ?spec=…, this one does not; copy the whole link again")
    if len(set(tokens)) > 1:
        raise SpecError(f"{link[:80]}: contains {len(set(tokens))} experiments, as if two links had been joined; copy one of them again")
    return from_token(tokens[0])


def _from_file(path: Path) -> ExperimentSpec:
    try:
        if path.is_dir():
            path = path / "spec.json"  # a run directory
        with path.open("rb") as file:
            content = file.read(MAX_SPEC_BYTES + 1)
    except OSError as error:
        raise SpecError(f"{path}: cannot be read: {error.strerror}") from None
    try:
        return parse_spec(content)
    except SpecError as error:
        raise SpecError(*(f"{path}: {problem}" for problem in error.problems)) from None
