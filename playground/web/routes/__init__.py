"""The app's own routes: live runs, rooms, predictions, network previews and the files of the components."""

from starlette.routing import BaseRoute, Mount, Route, WebSocketRoute

from playground.web.routes import (
    attention,
    catalog,
    curves,
    device,
    files,
    generate,
    health,
    live,
    predict,
    preview,
    rewind,
    room,
    standings,
)


def mounted(prefix: str) -> list[BaseRoute]:
    """All routes, under the path at which the app is served ("" or "/" for the root): Streamlit moves only its own."""
    prefix = prefix.strip("/")
    every = (
        *files.routes,
        *live.routes,
        *curves.routes,
        *rewind.routes,
        *predict.routes,
        *attention.routes,
        *generate.routes,
        *preview.routes,
        *catalog.routes,
        *health.routes,
        *standings.routes,
        *device.routes,
        *room.routes,
    )
    return [_moved(route, f"/{prefix}" if prefix else "") for route in every]


def _moved(route: BaseRoute, prefix: str) -> BaseRoute:
    match route:
        case Route():
            return Route(prefix + route.path, route.endpoint, methods=list(route.methods or ()))
        case WebSocketRoute():
            return WebSocketRoute(prefix + route.path, route.endpoint)
        case Mount():
            return Mount(prefix + route.path, route.app)
    raise TypeError(f"a route of an unknown kind: {route!r}")
