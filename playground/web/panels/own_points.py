"""Draw your own points in the plane, alone or on top of a dataset."""

from functools import lru_cache

import streamlit as st

from playground.catalog.datasets import DATASETS, DataError, Dataset, Points
from playground.catalog.datasets.own import MAX_LABEL
from playground.own import Prepared, prepare_points
from playground.web import session
from playground.web.components.points import Drawn, points_of
from playground.web.components.points import points as plane
from playground.web.panels.own import preview, refused, remembered, remembering

KEY = "own-points"
_DRAWN = "own.points"
_ALONE = ""
_MOST = 6
_COLORS = {2: ("orange", "blue")}


def points() -> None:
    """The plane with its classes, and the resulting dataset."""
    st.caption("Click, tap or drag to add points. Each color is a class. Your points are kept while you visit other pages.")
    left, right = st.columns([3, 4], gap="large")
    drawn: tuple[Drawn, ...] = session.choice(_DRAWN, ())
    with left:
        onto, labels = _classes(drawn)
        plane(drawn, labels, onto, key=KEY, on_points_change=_keep)
    with right:
        if not drawn:
            st.info("No points yet. Add some in at least two colors.", icon=":material/touch_app:")
            return
        if onto is None and len({int(point[2]) for point in drawn}) < 2:
            st.info("All points are in one class so far. Choose another class above the plane and add some.", icon=":material/palette:")
            return
        share = st.slider("Test share (%)", 5, 90, remembered("own.points.share", 20), **remembering("own.points.share"))
        try:
            prepared = _prepared(drawn, labels, onto, share / 100)
        except DataError as error:
            refused(error)
        else:
            preview(prepared, "train_points")


def _keep() -> None:
    """Stores the points that the plane sends; a plane that has just been added sends nothing yet."""
    sent = session.component_value(KEY, "points")
    if sent is not None:
        session.choose(_DRAWN, points_of(sent))


def _classes(drawn: tuple[Drawn, ...]) -> tuple[Dataset | None, tuple[str, ...]]:
    """The dataset underneath, and the names of the classes."""
    sets = [_ALONE, *(kind.name() for kind in DATASETS if issubclass(kind, Points) and kind().classes)]
    first, second = st.columns([3, 2])
    chosen = first.selectbox(
        "Add to", sets, sets.index(remembered("own.points.onto", _ALONE, sets)), **remembering("own.points.onto"),
        format_func=lambda kind: DATASETS[kind].title if kind else "Empty plane", help="Its points are included in the data",
    )  # fmt: skip
    onto = DATASETS[chosen]() if chosen else None
    fixed = onto.classes if onto else ()
    least = max(2, len(fixed), 1 + max((int(point[2]) for point in drawn), default=0))
    most = max(_MOST, least)
    key = f"own.points.count.{least}"  # a new widget if the range changes: the old one could not show its value
    count = min(most, max(least, remembered("own.points.count", 2)))
    count = second.number_input("Classes", least, most, count, key=key, on_change=_named, args=("own.points.count", key))
    usual = _COLORS.get(count) or tuple(f"class {number + 1}" for number in range(count))
    names = []
    with st.container(horizontal=True, key="pg-own-names"):
        for number in range(count):
            named = f"own.points.name.{number}"
            label = fixed[number] if number < len(fixed) else remembered(named, "")
            typed = st.text_input(
                f"Name of class {number + 1}", label, max_chars=MAX_LABEL, placeholder=usual[number], disabled=number < len(fixed),
                width=130, key=f"{named}.{chosen}", on_change=_named, args=(named, f"{named}.{chosen}"),
            )  # fmt: skip
            names.append(typed.strip() or usual[number])
    return onto, tuple(names)


def _named(name: str, key: str) -> None:
    session.choose(name, session.widget(key))


@lru_cache(maxsize=16)
def _prepared(drawn: tuple[Drawn, ...], labels: tuple[str, ...], onto: Dataset | None, share: float) -> Prepared:
    return prepare_points(drawn, labels, onto, test_share=share)
