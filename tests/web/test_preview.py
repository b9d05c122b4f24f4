"""What a network becomes by edits, asked beside the page: as the page itself would say, and nothing for what it cannot."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from starlette.testclient import TestClient

from playground.artifacts.uploads import Upload, store_upload
from playground.catalog.datasets import OwnTable
from playground.export.link import from_token, to_token
from playground.network import trace
from playground.presets import PRESETS
from playground.runs import Runs
from playground.spec import MAX_SPEC_BYTES
from playground.web import edits
from playground.web.network_state import network_state
from playground.web.routes import preview
from playground.web.security.owner import cookie_name, new_owner
from playground.web.security.signing import keys, sign

SPEC = PRESETS["inception_block"].spec
SET = {"nonce": "1", "op": "set", "path": "network[0]", "field": "filters", "value": 20}
ADD = {"nonce": "2", "op": "add", "path": "network[3].branch[1][1]", "kind": "batch_norm"}


def asked(client: TestClient, *operations: Any, base: Any = None) -> Any:
    answer = client.post("/network/preview", json={"base": to_token(SPEC) if base is None else base, "edits": list(operations)})
    assert answer.status_code == 200, answer.text
    return answer.json()["state"]


def test_the_answer_is_what_the_page_will_draw(client: TestClient) -> None:
    first = edits.apply(SPEC, SET)
    spec = edits.apply(first, ADD)
    assert asked(client, SET, ADD) == {
        **json.loads(json.dumps(network_state(spec, trace(spec)))),
        "token": to_token(spec),
        "path": [to_token(first), to_token(spec)],
    }


def test_a_text_is_an_edit_too_and_problems_come_along(client: TestClient) -> None:
    state = asked(client, {"nonce": "1", "op": "text", "text": "conv 8 3 | dense 4 | output"})
    assert [layer["kind"] for layer in state["layers"]] == ["conv2d", "dense", "output"]
    assert state["layers"][0]["row"]["tensor_out"]["axes"] == [["channels", 8], ["height", 28], ["width", 28]]
    assert "needs a vector" in state["layers"][1]["problems"][0]["message"]


def test_a_step_back_is_the_network_before_and_needs_no_edit(client: TestClient) -> None:
    assert asked(client)["token"] == to_token(SPEC)


def test_a_fix_is_an_edit_too(client: TestClient) -> None:
    mlp = PRESETS["mlp_784_256_10"].spec
    broken = mlp.model_copy(update={"network": mlp.network[1:]})
    fix = {"nonce": "1", "op": "fix", "path": "network[0]", "title": "Insert a flatten layer before it"}
    assert asked(client, fix, base=to_token(broken))["token"] == to_token(mlp)


@pytest.mark.parametrize(
    "operation",
    [
        {"op": "undo"},
        {"op": "fix", "path": "network[0]", "title": "x"},
        {**SET, "value": -1},
        {**SET, "path": "network[99]"},
        {"op": "text", "text": "convv"},
        {"op": "text"},
        {},
        5,
        None,
    ],
)
def test_what_cannot_be_done_here_is_left_to_the_page(client: TestClient, operation: Any) -> None:
    assert asked(client, SET, operation) is None


def test_a_broken_base_is_left_to_the_page(client: TestClient) -> None:
    assert asked(client, SET, base="no token") is None


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"5", b'{"base": 1, "edits": [{}]}', b'{"base": "", "edits": {}}', b'{"base": ""}', b"[" * 100_000]
)
def test_what_is_no_question_is_refused(client: TestClient, body: bytes) -> None:
    assert client.post("/network/preview", content=body).status_code == 400


def test_so_is_what_is_too_long(client: TestClient) -> None:
    assert client.post("/network/preview", content=b" " * (MAX_SPEC_BYTES + 1)).status_code == 413
    assert client.post("/network/preview", json={"base": "", "edits": [{}] * 51}).status_code == 400


def test_nothing_else_than_a_question_is_heard(client: TestClient) -> None:
    assert client.get("/network/preview").status_code == 405


def test_only_its_owner_learns_anything_about_uploaded_data(client: TestClient, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """There is a fix for values of a million, so whether it can be applied says something about the data."""
    monkeypatch.setenv("PLAYGROUND_DATA", str(tmp_path))
    runs = Runs(tmp_path, parallel=1)
    monkeypatch.setattr(preview, "runs", lambda: runs)
    rows = np.linspace(0, 1e6, 40, dtype=np.float32).reshape(20, 2)
    table = {"family": "table", "labels": ["no", "yes"], "features": ["a", "b"], "target": "Target"}
    key = store_upload(Upload(rows, np.arange(20) % 2, table))
    data = OwnTable(key=key, called="mine", features=2, labels=("no", "yes"), standardise=False)
    base = to_token(PRESETS["playground_2d"].spec.model_copy(update={"data": data}))
    owner = new_owner()
    runs.access.claim(key, owner)
    client.cookies.set(cookie_name(keys()[0]), sign(owner, "owner", keys()[0]))
    fix = {"nonce": "1", "op": "fix", "path": "data", "title": "Standardize the data"}
    mine = asked(client, fix, base=base)
    client.cookies.clear()
    theirs = asked(client, fix, base=base), asked(client, base=base)
    runs.close()
    assert from_token(mine["token"]).data == data.model_copy(update={"standardise": True})
    assert theirs[0] is None
    assert from_token(theirs[1]["token"]).data == data  # the page decides what the visit keeps
