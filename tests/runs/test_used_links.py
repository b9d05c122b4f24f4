"""A link works once, on all servers of a database."""

from playground.runs.store import Store
from playground.runs.used_links import UsedLinks


def test_a_link_works_once_on_all_servers_of_a_database(store: Store, database: str) -> None:
    second = Store(database)
    links, others = UsedLinks(store), UsedLinks(second)
    assert "a" not in links
    assert [links.add("a"), others.add("a"), links.add("a"), others.add("b")] == [True, False, False, True]
    assert "b" in links
    second.close()
