"""A class of sixty behind one address: all join a room by its code and train, while the teacher, who is on another server of the same
database, writes a task now and then."""

import asyncio
import json
import os
import threading
import time

from websockets.asyncio.client import connect

from benchmarks.figures import Figure, median, percentile
from benchmarks.load.crowd import crowd
from benchmarks.load.scenarios import EXPERIMENT, HEAD_START_SECONDS, told, warm_server
from benchmarks.load.visitor import Plan, Visit
from playground.export.link import to_token
from playground.rooms import Rooms, Teaching
from playground.runs import Runs
from playground.web.security.room_tickets import new_ticket
from tests.browser.server import App

STUDENTS = 60
ARRIVAL_SECONDS = 20.0
TASKS = 10
TEACHER = "teacher"


def in_a_room() -> list[Figure]:
    with warm_server() as app:
        folder = app.log.parent
        os.environ["PLAYGROUND_DATA"] = str(folder)  # for the key that signs tickets
        runs = Runs(folder, 1)
        rooms = Rooms(runs)
        room, _ = rooms.open(TEACHER)
        start, token = time.monotonic() + HEAD_START_SECONDS, to_token(EXPERIMENT)
        plans = [
            Plan(app.url, token, start + ARRIVAL_SECONDS * index / STUDENTS, every_seconds=8.0, seed=index, room=room.code)
            for index in range(STUDENTS)
        ]
        delays: list[float] = []
        lesson = threading.Thread(target=lambda: delays.extend(asyncio.run(_lesson(app, rooms, room.code, start + ARRIVAL_SECONDS + 2))))
        lesson.start()
        visits = crowd(plans)
        lesson.join()
        seats, started = rooms.room(room.code, anew=True).members, sum(seat.run is not None for seat in rooms.room(room.code).seats)
        runs.close()
    return _figures(visits, delays, seats, started)


def _figures(visits: list[Visit], delays: list[float], seats: int, started: int) -> list[Figure]:
    told(visits)
    changes = [seconds for visit in visits for _, seconds in visit.changes]
    print(f"  {seats} seats, {started} with a run; {len(delays)} tasks heard, median {median(delays or [float('nan')]):.2f} s")
    return [
        Figure("60 in a room: page, 95th percentile", percentile([visit.page for visit in visits], 0.95), "s", 2, "lower"),
        Figure("60 in a room: change of a setting, 95th percentile", percentile(changes, 0.95) if changes else 0.0, "s", 2, "lower"),
        Figure("60 in a room: until a student hears the teacher, 95th percentile", percentile(delays, 0.95), "s", 3, "lower"),
        Figure("60 in a room: seats with a run", min(seats, started), "seats", STUDENTS, "higher"),
        Figure("60 in a room: failed", sum(bool(visit.failure) for visit in visits), "visits", 0, "lower"),
    ]


async def _lesson(app: App, rooms: Rooms, code: str, begins: float) -> list[float]:
    """How long it took until each student heard each task."""
    await asyncio.sleep(max(0.0, begins - time.monotonic()))
    owners = [seat.owner for seat in rooms.room(code, anew=True).seats]
    said: list[float] = []
    heard: list[float] = []
    listeners = [asyncio.create_task(_listen(app, code, owner, said, heard)) for owner in owners]
    await asyncio.sleep(5)
    for number in range(TASKS):
        said.append(time.monotonic())
        await asyncio.to_thread(Teaching(rooms, code, TEACHER).set_task, f"Task {number}")
        await asyncio.sleep(4)
    for listener in listeners:
        listener.cancel()
    await asyncio.gather(*listeners, return_exceptions=True)
    missing = len(owners) * TASKS - len(heard)
    return heard + [float("inf")] * missing


async def _listen(app: App, code: str, owner: str, said: list[float], heard: list[float]) -> None:
    drawn = ""
    async with connect(f"{app.url.replace('http', 'ws', 1)}/room/{code}?ticket={new_ticket(code, owner)}", max_size=None) as socket:
        async for data in socket:
            message = json.loads(data)
            if message["type"] == "room" and message["drawn"] != drawn:
                if drawn and said:
                    heard.append(time.monotonic() - said[-1])
                drawn = message["drawn"]
