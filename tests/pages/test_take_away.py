"""The dialog of what there is to take away, without a browser."""

import dataclasses
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest
from streamlit.testing.v1 import AppTest

from playground.export.failure import ExportError
from playground.export.formats import FORMATS, Luggage
from playground.export.link import to_token
from playground.presets import PRESETS
from playground.web import edits
from playground.web.parcels import Parcel, once
from playground.web.server import runs
from tests.export.examples import BROKEN

Visit = Callable[..., AppTest]
TINY = edits.set_field(edits.set_field(PRESETS["playground_2d"].spec, "training.epochs", 2), "data.samples", 60)


def opened(visit: Visit, **address: object) -> AppTest:
    app = visit("playground", **address)
    return app.button(key="take_away").click().run()


def buttons(app: AppTest) -> dict[str, bool]:
    """File and whether it can be had."""
    return {
        each.proto.label: not each.proto.disabled
        for each in app.get("download_button")
        if each.proto.label != "Save settings to a file"
    }


def words(app: AppTest) -> str:
    return "\n".join(str(each.value) for each in app.caption)


def trained(spec: object) -> str:
    """The control address of a run of it that has ended."""
    address = runs().submit(spec)  # type: ignore[arg-type]
    run_id = runs().resolve(address).run_id
    end = time.monotonic() + 60
    while not runs().info(run_id).state.ended:
        assert time.monotonic() < end
        time.sleep(0.05)
    return address


def test_nothing_is_offered_until_somebody_asks(visit: Visit) -> None:
    assert not buttons(visit("playground", spec=to_token(TINY)))


def test_before_a_run_all_but_the_weights_can_be_had(visit: Visit) -> None:
    app = opened(visit, spec=to_token(TINY))
    assert buttons(app) == {each.file: name != "weights" for name, each in FORMATS.items()}
    assert "There are no weights yet: train the network first" in words(app)
    assert "with its first weights" in words(app)


def test_after_a_run_all_can_be_had_and_it_says_how_far_it_came(visit: Visit) -> None:
    app = opened(visit, run=trained(TINY))
    assert all(buttons(app).values())
    assert "From the run on the screen, after epoch 2 of 2" in words(app)


def test_settings_that_have_moved_on_can_be_chosen_instead(visit: Visit) -> None:
    changed = edits.set_field(TINY, "data.noise", 0.4)
    app = opened(visit, run=trained(TINY), spec=to_token(changed))
    assert all(buttons(app).values())
    app.segmented_control(key="take_away.source").set_value("The settings on the screen").run()
    assert "These settings are not those of the run" in words(app)
    assert not buttons(app)["model.safetensors"]


def test_a_broken_network_disables_what_needs_one(visit: Visit) -> None:
    app = opened(visit, spec=to_token(BROKEN))
    assert buttons(app) == {each.file: not each.needs_network for each in FORMATS.values()}
    assert "The network does not work yet: Dense needs a vector" in words(app)


def test_what_could_not_be_made_is_told_with_place_and_reason(visit: Visit, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(luggage: Luggage) -> bytes:
        raise ExportError("network[1] (Layer <b>): ONNX has no form for this layer")

    app = opened(visit, spec=to_token(TINY))
    asked = Parcel("onnx", TINY, None, "", app.session_state["visit"])
    with monkeypatch.context() as patch:
        patch.setitem(FORMATS, "onnx", dataclasses.replace(FORMATS["onnx"], pack=refuse))
        with pytest.raises(ExportError):
            asked.content()
    (error,) = app.run().error
    assert error.value.startswith("ONNX model could not be made. network\\[1\\] (Layer \\<b\\>)")
    assert not visit("playground", spec=to_token(TINY)).error  # of somebody else
    assert asked.content()
    assert not app.run().error


def test_a_file_is_made_once_for_all_who_ask_meanwhile() -> None:
    go, calls = Event(), []

    def make() -> bytes:
        calls.append(1)
        go.wait(10)
        return b"content"

    with ThreadPoolExecutor(4) as pool:
        asked = [pool.submit(once, "a key of this test", make) for _ in range(4)]
        go.set()
        assert {each.result(10) for each in asked} == {b"content"}
    assert once("a key of this test", make) == b"content"
    assert calls == [1]


def test_what_failed_is_tried_again() -> None:
    def fail() -> bytes:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        once("another key of this test", fail)
    assert once("another key of this test", lambda: b"now") == b"now"
