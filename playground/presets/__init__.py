"""Experiments to start from, ready to train, grouped by subject: one file per subject."""

from playground.paths import layer_count
from playground.presets import images, points, puzzles, signals, text
from playground.presets.base import Preset
from playground.spec import ExperimentSpec

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


def name_of(spec: ExperimentSpec) -> str:
    """A short name for an experiment: the title of its preset, or its number of layers and dataset."""
    for preset in PRESETS.values():
        if preset.spec.network == spec.network and preset.spec.data.kind == spec.data.kind:
            return preset.title
    count = layer_count(spec)
    return f"{count} layer{'s' if count != 1 else ''} on {spec.data.title}"


__all__ = ["PRESETS", "SUBJECTS", "Preset", "name_of", "search"]
