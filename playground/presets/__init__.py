"""Experiments to start from, ready to train, grouped by subject: one file per subject."""

from playground.presets import images, points, puzzles, signals, text
from playground.presets.base import Preset

SUBJECTS: dict[str, tuple[Preset, ...]] = {
    "Images": images.PRESETS,
    "Points in the plane": points.PRESETS,
    "Text": text.PRESETS,
    "Speech and time series": signals.PRESETS,
    "Puzzles": puzzles.PRESETS,
}

PRESETS: dict[str, Preset] = {preset.name: preset for presets in SUBJECTS.values() for preset in presets}


def search(text: str) -> dict[str, tuple[Preset, ...]]:
    """The presets that match a search, by subject, without subjects that have none; all of them if the search is empty."""
    matching = {subject: tuple(preset for preset in presets if preset.matches(text)) for subject, presets in SUBJECTS.items()}
    return {subject: presets for subject, presets in matching.items() if presets}


__all__ = ["PRESETS", "SUBJECTS", "Preset", "search"]
