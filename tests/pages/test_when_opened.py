"""What popovers and expanders contain is drawn once they have been opened."""

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from playground.web import when_opened

Visit = Callable[..., AppTest]

_CONTENTS = {
    "advanced": "training.clip_norm",
    "stop_conditions": "training.stop.patience",
    "presets": "preset.small_cnn",
    "augmentations": "augmentations.add.rotation",
    "difficulty": "data.train_size",
}
"""By the name of what is opened, the key of a widget in it."""


def drawn(app: AppTest) -> set[str]:
    """The names of what is drawn."""
    keys = [str(widget.key) for kind in (app.button, app.number_input, app.slider, app.select_slider) for widget in kind]
    return {name for name, end in _CONTENTS.items() if any(key.endswith(end) for key in keys)}


@pytest.mark.parametrize(
    "opened", [(), ("advanced",), ("presets", "difficulty"), tuple(_CONTENTS)], ids=lambda names: "+".join(names) or "-"
)
def test_only_what_has_been_opened_is_drawn(visit: Visit, monkeypatch: pytest.MonkeyPatch, opened: tuple[str, ...]) -> None:
    monkeypatch.setattr(when_opened, "is_opened", lambda name: name in opened)
    assert drawn(visit("playground")) == set(opened)
