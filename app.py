"""The server: `streamlit run app.py` finds `app`."""

import streamlit as st
from starlette.middleware import Middleware

from playground.settings import settings
from playground.web.closing import Ending
from playground.web.failures import explain
from playground.web.front_end import FrontEnd
from playground.web.logs import write_json_logs
from playground.web.measuring import Measured
from playground.web.routes import mounted
from playground.web.script_loops import close_loops_of_idle_sessions
from playground.web.security.bodies import BoundedBodies
from playground.web.security.headers import SecurityHeaders
from playground.web.security.origins import OwnPages
from playground.web.security.owner import OwnerCookie
from playground.web.security.rates import Rates
from playground.web.server import lifespan
from playground.web.starting import CannotStartError, check_start, warn
from playground.web.unwatched import watch_no_files
from playground.web.upload_limit import apply_upload_limit
from playground.web.upload_memory import BoundedUploads
from playground.web.whole_callbacks import finish_callbacks

st.secrets.load_if_toml_exists()  # its values become environment variables, by which Community Cloud gives settings
try:
    check_start()
except CannotStartError as error:
    raise SystemExit(f"The app cannot start: {error}") from None
if settings().log == "json":
    write_json_logs()
warn()

watch_no_files()
close_loops_of_idle_sessions()
finish_callbacks()
apply_upload_limit()
prefix = st.get_option("server.baseUrlPath")
routes = mounted(prefix)
app = st.App(
    "playground/web/main.py",
    routes=routes,
    lifespan=lifespan,
    on_script_error=explain,
    middleware=[
        Middleware(Measured, routes=routes, prefix=prefix),
        *(Middleware(each) for each in (Ending, SecurityHeaders, OwnPages, Rates, BoundedBodies, OwnerCookie, BoundedUploads)),
        Middleware(FrontEnd, prefix=prefix),
    ],
)
