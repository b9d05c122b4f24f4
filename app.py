"""The server: `streamlit run app.py` finds `app`."""

import streamlit as st
from starlette.middleware import Middleware

from playground.runs.fork_server import ForkServerError, require_fork
from playground.settings import SettingsError, settings
from playground.web.closing import Ending
from playground.web.routes import mounted
from playground.web.security.owner import OwnerCookie
from playground.web.server import lifespan
from playground.web.upload_limit import apply_upload_limit
from playground.web.upload_memory import BoundedUploads

try:
    require_fork()
    settings()
except (ForkServerError, SettingsError) as error:
    raise SystemExit(f"The app cannot start: {error}.") from None

apply_upload_limit()
app = st.App(
    "playground/web/main.py",
    routes=mounted(st.get_option("server.baseUrlPath")),
    lifespan=lifespan,
    middleware=[Middleware(Ending), Middleware(OwnerCookie), Middleware(BoundedUploads)],
)
