"""Streamlit's own protocol, spoken as a browser speaks it: protobuf messages over the WebSocket `/_stcore/stream`.

Like a browser, a tab requests the page first and keeps its cookies, sends the value of every widget with each message, and names the
messages it has cached, so that the server need not send them again."""

import asyncio
import json
import urllib.request
from collections.abc import Callable
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Self

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.Delta_pb2 import Delta
from streamlit.proto.Element_pb2 import Element
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.NumberInput_pb2 import NumberInput
from streamlit.proto.Slider_pb2 import Slider
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

LARGEST_MESSAGE = 50_000_000
OPEN_SECONDS = 120
"""How long a visitor waits for a connection or a page before it counts as failed."""
_PLACEHOLDER = "PLACEHOLDER_AUTH_TOKEN"
"""What browsers send in the place of a token, if they have none."""


class PageError(Exception):
    """The server did not deliver a page; the message says what came instead."""


class Tab:
    """One browser tab on a page of the app, as an asynchronous context.

    url: of the app, such as "http://127.0.0.1:8501". page: its name, such as "playground". query: without "?".
    session: id of a lost session to continue. on_query: called with a new query as soon as the page sets it.

    cookies: what the server has set, sent with all requests."""

    def __init__(
        self, url: str, page: str, query: str = "", *, session: str = "", on_query: Callable[[str], None] = lambda query: None
    ) -> None:
        self.url, self.page, self.query = url, page, query
        self.session, self.on_query = session, on_query
        self.cookies: dict[str, str] = {}
        self.elements: dict[tuple[int, ...], Element] = {}
        self.errors: list[str] = []
        self._values: dict[str, WidgetState] = {}
        self._cached: dict[str, Delta] = {}
        self._page_hash = ""

    async def __aenter__(self) -> Self:
        await self.fetch(f"/{self.page}?{self.query}")
        self._socket = await self.socket("/_stcore/stream", ("streamlit", _PLACEHOLDER, *filter(None, [self.session])))
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        await self._socket.close()

    async def fetch(self, path: str) -> bytes:
        """The body of a GET request. Raises: OSError."""
        return await asyncio.to_thread(self._fetch, path)

    def _fetch(self, path: str) -> bytes:
        request = urllib.request.Request(self.url + path, headers=dict(self._headers()))
        with urllib.request.urlopen(request, timeout=OPEN_SECONDS) as response:
            for line in response.headers.get_all("set-cookie") or ():
                self.cookies.update({name: cookie.value for name, cookie in SimpleCookie(line).items()})
            body: bytes = response.read()
            return body

    async def socket(self, path: str, protocols: tuple[str, ...] = ()) -> ClientConnection:
        """A WebSocket of the same visitor to any route of the app."""
        return await connect(
            self.url.replace("http", "ws", 1) + path,
            subprotocols=[Subprotocol(name) for name in protocols] or None,
            additional_headers=self._headers(),
            origin=None,
            max_size=LARGEST_MESSAGE,
            open_timeout=OPEN_SECONDS,
            ping_interval=None,
            compression=None,
        )

    def _headers(self) -> list[tuple[str, str]]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return [("Cookie", cookies)] if cookies else []

    async def open(self) -> None:
        """Runs the page's script for the first time, and waits for all of the page. Raises: PageError."""
        await self._run()

    async def press(self, key: str) -> None:
        """Presses the button with this key, and waits for the page that answers. Raises: PageError."""
        await self._run(WidgetState(id=self.widget(key), trigger_value=True))

    async def press_amid_others(self, key: str) -> None:
        """Presses the button with this key while a component of the page reports something, which runs the script as well. Raises:
        PageError."""
        await self._send(WidgetState(id=self.widget(key), trigger_value=True))
        await self._run()

    async def set(self, key: str, number: float) -> None:
        """Changes the number field with this key, and waits for the page that answers. Raises: PageError."""
        name = self.widget(key)
        self._values[name] = WidgetState(id=name, double_value=number)
        await self._run()

    async def report(self, key: str, name: str, value: object) -> None:
        """Sets a value of the component with this key, and waits for the page that answers. Raises: PageError."""
        component = self.widget(key)
        self._values[component] = WidgetState(id=component, json_value=json.dumps({name: value}))
        await self._run()

    def widget(self, key: str) -> str:
        """The id of the widget with this key. A revision may precede it, as in "3.training.epochs". Raises: PageError."""
        for element in self.elements.values():
            name = _id(element)
            found = name.split("-", 2)[-1]
            if found == key or (found.partition(".")[0].isdigit() and found.partition(".")[2] == key):
                return name
        raise PageError(f"the page has no widget {key!r}")

    async def _run(self, *triggers: WidgetState) -> None:
        await self._send(*triggers)
        async with asyncio.timeout(OPEN_SECONDS):
            while not self._receive(ForwardMsg.FromString(_binary(await self._socket.recv()))):
                pass
        self._keep_values()

    async def _send(self, *triggers: WidgetState) -> None:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name, state.page_script_hash = self.query, self.page, self._page_hash
        state.widget_states.widgets.extend([*self._values.values(), *triggers])
        state.cached_message_hashes.extend(self._cached)
        state.context_info.url = f"{self.url}/{self.page}"
        await self._socket.send(message.SerializeToString())

    def _receive(self, message: ForwardMsg) -> bool:
        """Whether this message ends the page."""
        match message.WhichOneof("type"):
            case "new_session":
                self.session = message.new_session.initialize.session_id or self.session
                if not message.metadata.run.fragment_ids:
                    self.elements = {}
            case "delta":
                if message.metadata.cacheable:
                    self._cached[message.hash] = message.delta
                self._draw(message, message.delta)
            case "ref_hash":
                self._draw(message, self._cached[message.ref_hash])
            case "navigation":
                self._page_hash = message.navigation.page_script_hash
            case "page_info_changed":
                self.query = message.page_info_changed.query_string
                self.on_query(self.query)
            case "script_finished":
                if message.script_finished == ForwardMsg.FINISHED_WITH_COMPILE_ERROR:
                    raise PageError("the page's script cannot be compiled")
                return message.script_finished == ForwardMsg.FINISHED_SUCCESSFULLY
        return False

    def _draw(self, message: ForwardMsg, delta: Delta) -> None:
        if delta.WhichOneof("type") == "new_element":
            self.elements[tuple(message.metadata.delta_path)] = delta.new_element
            if delta.new_element.WhichOneof("type") == "exception":
                self.errors.append(delta.new_element.exception.message or "an exception on the page")

    def _keep_values(self) -> None:
        """New widgets have their defaults, and those no longer on the page are forgotten, as a browser does."""
        shown = {name: element for element in self.elements.values() if (name := _id(element))}
        self._values = {name: value for name, value in self._values.items() if name in shown}
        for name, element in shown.items():
            if name not in self._values and (value := _default(name, element)) is not None:
                self._values[name] = value


def _binary(data: str | bytes) -> bytes:
    if isinstance(data, str):
        raise PageError(f"expected a binary message, got {data[:80]!r}")
    return data


def _id(element: Element) -> str:
    """The id of a widget; "" for other elements."""
    return str(getattr(getattr(element, element.WhichOneof("type") or "", None), "id", ""))


def _default(name: str, element: Element) -> WidgetState | None:
    """The value that a browser sends for a widget that nobody has touched; None for buttons, components and empty fields."""
    match element.WhichOneof("type"):
        case "number_input" if element.number_input.HasField("default"):
            number: NumberInput = element.number_input
            return WidgetState(id=name, double_value=number.default)
        case "selectbox" if element.selectbox.options:
            return WidgetState(id=name, string_value=element.selectbox.options[element.selectbox.default])
        case "checkbox":
            return WidgetState(id=name, bool_value=element.checkbox.default)
        case "text_input":
            return WidgetState(id=name, string_value=element.text_input.default)
        case "slider" if element.slider.type == Slider.SELECT_SLIDER:
            state = WidgetState(id=name)
            state.string_array_value.data.extend(element.slider.options[int(index)] for index in element.slider.default)
            return state
        case "slider":
            state = WidgetState(id=name)
            state.double_array_value.data.extend(element.slider.default)
            return state
    return None
