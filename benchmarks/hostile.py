"""Links and requests made to slow down the server, sent to a real one: processor time until the network is shown or rejected, how long
another visitor waits meanwhile, and how much the server's memory grows.

Links are opened in a real Chromium; those too long for an address are sent as preview requests. The other visitor keeps requesting a
preview of a small network."""

import json
import tempfile
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import psutil
from playwright.sync_api import Page

from benchmarks.figures import Figure, report
from playground.export.link import to_token
from playground.presets import PRESETS
from tests.browser.chromium import chromium, new_context
from tests.browser.server import App, running_app
from tests.hostile.attacks import BUSY_NETWORKS, REFUSED_LINKS, REFUSED_SETTINGS, REFUSED_TEXTS, packed

CPU_SECONDS, WAIT_SECONDS, MEMORY_MB = 0.5, 0.3, 100
LONGEST_ADDRESS = 60_000
"""Characters; servers reject longer addresses."""
PAUSE_SECONDS = 0.02
SETTLE_SECONDS = 1.5
OTHER_REQUEST = json.dumps({"base": to_token(PRESETS["lenet5"].spec), "edits": []}).encode()
"""The request of the other visitor."""


@dataclass(frozen=True)
class Cost:
    """cpu_seconds: of the server's process. wait_seconds: longest wait of the other visitor. memory_mb: growth of the server's memory."""

    name: str
    cpu_seconds: float
    wait_seconds: float
    memory_mb: float

    def __str__(self) -> str:
        return f"  {self.name:46} {self.cpu_seconds:8.2f} s {self.wait_seconds:8.3f} s {self.memory_mb:8.1f} MB"


class OtherVisitor(threading.Thread):
    """Requests small previews until it is stopped. waits: seconds of each."""

    def __init__(self, app: App) -> None:
        super().__init__(daemon=True)
        self._app, self._stopped = app, threading.Event()
        self.waits: list[float] = []

    def run(self) -> None:
        while not self._stopped.wait(PAUSE_SECONDS):
            started = time.monotonic()
            preview(self._app, OTHER_REQUEST)
            self.waits.append(time.monotonic() - started)

    def stop(self) -> None:
        self._stopped.set()
        self.join()


def preview(app: App, body: bytes) -> int:
    """The status of the response."""
    request = urllib.request.Request(f"{app.url}/network/preview", body, method="POST")
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            response.read()
            return int(response.status)
    except urllib.error.HTTPError as error:
        return error.code


def peak_kilobytes(status: Path) -> int:
    """The most memory of a process, as Linux counts it."""
    return int(next(line.split()[1] for line in status.read_text().splitlines() if line.startswith("VmHWM:")))


def cost(name: str, app: App, act: Callable[[], object], request_seconds: float = 0.0) -> Cost:
    """The cost of an action. request_seconds: processor time of one request of the other visitor, which is subtracted."""
    process = psutil.Process(app.process_id)
    status = Path(f"/proc/{app.process_id}/status")
    Path(f"/proc/{app.process_id}/clear_refs").write_text("5")  # the peak begins at what the process has now
    other = OtherVisitor(app)
    memory, before = peak_kilobytes(status), process.cpu_times()
    other.start()
    act()
    time.sleep(2 * PAUSE_SECONDS)  # the other visitor asks at least once
    other.stop()
    after = process.cpu_times()
    cpu = after.user + after.system - before.user - before.system - request_seconds * len(other.waits)
    return Cost(name, max(0.0, cpu), max(other.waits, default=0.0), (peak_kilobytes(status) - memory) / 1e3)


def alone(app: App, requests: int = 100) -> float:
    """Processor seconds of one request of the other visitor."""
    process = psutil.Process(app.process_id)
    before = process.cpu_times()
    for _ in range(requests):
        preview(app, OTHER_REQUEST)
    after = process.cpu_times()
    return float(after.user + after.system - before.user - before.system) / requests


def opened(page: Page, app: App, token: str) -> None:
    """Opens the link in the browser and waits until the editor shows its network, or another one with a message."""
    page.goto(f"{app.url}/playground?spec={token}")
    page.wait_for_selector(".pg-editor .pg-card", timeout=60_000)


def edit(operation: str, text: str) -> bytes:
    base = to_token(PRESETS["lenet5"].spec)
    return json.dumps({"base": base, "edits": [{"op": operation, "path": "network[0]", "text": text}]}).encode()


def main() -> None:
    links = {name: packed(plain) for name, plain in BUSY_NETWORKS.items()} | REFUSED_LINKS
    links |= {name: packed(text.encode()) for name, text in REFUSED_SETTINGS.items()}
    costs: list[Cost] = []
    with chromium() as browser, tempfile.TemporaryDirectory() as folder, running_app(Path(folder)) as app:
        context = new_context(browser)
        for _ in range(3):
            opened(context.new_page(), app, to_token(PRESETS["lenet5"].spec))
        request_seconds = alone(app)

        def visit(name: str, token: str) -> Cost:
            page = context.new_page()
            time.sleep(SETTLE_SECONDS)
            measured = cost(name, app, lambda: opened(page, app, token), request_seconds)
            page.close()
            return measured

        print(f"  {'':46} {'CPU':>10} {'others wait':>10} {'memory':>11}")
        print(visit("an ordinary link", to_token(PRESETS["inception_block"].spec)))
        for name, token in links.items():
            if len(token) <= LONGEST_ADDRESS:
                costs.append(visit(name, token))
            else:
                body = json.dumps({"base": token, "edits": []}).encode()
                costs.append(cost(f"{name} (preview)", app, lambda body=body: preview(app, body), request_seconds))  # type: ignore[misc]
            print(costs[-1], flush=True)
        for name, text in REFUSED_TEXTS.items():
            for operation in ("paste", "text"):
                body = edit(operation, text)
                costs.append(cost(f"{name} ({operation})", app, lambda body=body: preview(app, body), request_seconds))  # type: ignore[misc]
                print(costs[-1], flush=True)
    report(
        [
            Figure("processor time until a network is shown or rejected", max(row.cpu_seconds for row in costs), "s", CPU_SECONDS, "lower"),
            Figure("wait of another visitor", max(row.wait_seconds for row in costs), "s", WAIT_SECONDS, "lower"),
            Figure("memory", max(row.memory_mb for row in costs), "MB", MEMORY_MB, "lower"),
        ]
    )


if __name__ == "__main__":
    main()
