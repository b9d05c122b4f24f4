"""The state of one visit: the spec being edited with its history, the run on the screen, the drawing. The only package that uses
st.session_state."""

from playground.web.session.address import mirror, spec_in_address
from playground.web.session.choices import (
    begin_with,
    choice,
    choose,
    drawing,
    next_preview,
    pick,
    preview_seed,
    set_drawing,
)
from playground.web.session.editing import (
    allows,
    edit,
    history,
    may_read,
    redo,
    refresh,
    refusal,
    revision,
    spec,
    token,
    turns,
    undo,
)
from playground.web.session.messages import Message, clear_message, edit_error, message, set_edit_error, set_message
from playground.web.session.opening import default_spec, key_of
from playground.web.session.received import component_value, first_time, nonces, widget
from playground.web.session.shown_runs import (
    forget_run,
    leave_deleted_runs,
    pick_network,
    picked_network,
    recall_runs,
    run,
    runs_of_visit,
    set_run,
)
from playground.web.session.values import give_way
from playground.web.session.who import limits, links, owner, visit

__all__ = [
    "Message",
    "allows",
    "begin_with",
    "choice",
    "choose",
    "clear_message",
    "component_value",
    "default_spec",
    "drawing",
    "edit",
    "edit_error",
    "first_time",
    "forget_run",
    "give_way",
    "history",
    "key_of",
    "leave_deleted_runs",
    "limits",
    "links",
    "may_read",
    "message",
    "mirror",
    "next_preview",
    "nonces",
    "owner",
    "pick",
    "pick_network",
    "picked_network",
    "preview_seed",
    "recall_runs",
    "redo",
    "refresh",
    "refusal",
    "revision",
    "run",
    "runs_of_visit",
    "set_drawing",
    "set_edit_error",
    "set_message",
    "set_run",
    "spec",
    "spec_in_address",
    "token",
    "turns",
    "undo",
    "visit",
    "widget",
]
