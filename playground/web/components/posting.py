"""A button that sends something to one of our routes, for what only a response can do: set a cookie."""

from playground.web.components.loader import component


def posting(label: str, path: str, *, key: str, then: str, body: str = "") -> None:
    """The button. path: of the route, from the app's root; body: what is sent. If the route agrees, the browser opens the page `then` anew,
    otherwise the text of its response is shown. Root: `.pg-posting`."""
    component("posting")(key=key, data={"label": label, "path": path, "body": body, "then": then}, height="content")
