"""Colors by meaning, as in the light theme of the app."""

from playground.export.diagram.marks import Ink, Tone

INKS: dict[Ink, tuple[str, str]] = {
    "learns": ("#e4e0fa", "#5546c0"),
    "plain": ("#f4f4f2", "#9a9a95"),
    "tensor": ("#dcecf7", "#3f7fa8"),
    "frame": ("#fbfbfa", "#b9b9b4"),
    "join": ("#ffffff", "#5c5c58"),
    "missing": ("#fdeeee", "#b3261e"),
    "paper": ("#ffffff", "#ffffff"),
}
"""Fill and outline."""
DASHED: frozenset[Ink] = frozenset({"frame", "missing"})
TONES: dict[Tone, str] = {"strong": "#1c1c1a", "soft": "#5c5c58", "learned": "#4536a8", "wrong": "#a01f18"}
WIRE = "#6d6d68"
