"""Links and assets as a server may give them: paged, hidden, too many, or in no form at all."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from relconsole.domain.kernel.json import Json
from relconsole.plugin_api.cmdb import ConfigurationItem
from relconsole.plugin_api.errors import BadAnswer, NotSupported, QuestionRefused
from relconsole.plugin_api.http import Answer
from relconsole.plugin_api.itsm import ChangeLink, LinkKind
from relconsole.plugin_process.guarded_http import GuardedHttp
from relconsole_plugins.request_tracker import assets
from relconsole_plugins.request_tracker.plugin import Plugin
from tests.plugins.request_tracker.servers import Tracker
from tests.plugins.request_tracker.test_faults import plugin_for
from tests.plugins.serving import Answering, Asked, Said, as_json, serving

Given = TypeVar("Given")
RT = "https://rt.example.org"


def _asked(
    answer: Answering, call: Callable[[Plugin], Awaitable[Given]], **settings: Json
) -> tuple[Given, list[Asked]]:
    """What a call gives, and what it asked for."""
    seen: list[Asked] = []

    def watched(asked: Asked) -> Said:
        seen.append(asked)
        return answer(asked)

    async def play() -> Given:
        with serving(watched) as url:
            http = GuardedHttp(url)
            try:
                return await call(plugin_for(http, **settings))
            finally:
                await http.close()

    return asyncio.run(play()), seen


def _links(tracker: Tracker) -> tuple[tuple[ChangeLink, ...], list[str]]:
    """The links of the first ticket, and the paths that were asked for."""
    record, seen = _asked(tracker.answer, lambda it: it.read_change("1"))
    assert record is not None
    return record.links, [asked.path.removeprefix("/REST/2.0") for asked in seen]


def _items(answer: Answering, **settings: Json) -> tuple[ConfigurationItem, ...]:
    return _asked(answer, lambda it: it.configuration_items(), **settings)[0]


@pytest.fixture
def tracker() -> Tracker:
    tracker = Tracker()
    tracker.add()
    return tracker


def _replacing(tracker: Tracker, path: str, said: Said) -> Answering:
    """A server that answers so to one path."""
    return lambda asked: said if asked.path.endswith(path) else tracker.answer(asked)


def test_that_each_kind_of_link_is_told_in_its_order(tracker: Tracker) -> None:
    other = tracker.add("open")
    for ref in ("child", "refers-to", "depended-on-by", "parent", "referred-to-by", "depends-on"):
        tracker.link(1, ref, type="ticket", id=str(other))
    links, _ = _links(tracker)
    assert [link.kind for link in links] == list(LinkKind)
    page = f"{RT}/Ticket/Display.html?id={other}"
    assert {(link.id, link.title, link.state, link.url) for link in links} == {
        ("2", "Cutover", "open", page)
    }


def test_that_approvals_are_no_links_and_a_change_without_links_asks_nothing_more(
    tracker: Tracker,
) -> None:
    approval = tracker.add("open")
    tracker.tickets[approval] |= {"Type": "approval", "Queue": {"id": "2"}}
    tracker.link(1, "depends-on", type="ticket", id=str(approval))
    links, paths = _links(tracker)
    assert links == ()
    assert not {"/tickets", "/assets"} & set(paths)


@pytest.mark.parametrize(("hidden", "approver"), [([], "ilka"), (["99"], None)])
def test_that_a_hidden_dependency_beside_a_resolved_approval_leaves_no_approver(
    tracker: Tracker, hidden: list[str], approver: str | None
) -> None:
    approval = tracker.add("resolved")
    tracker.tickets[approval] |= {"Type": "approval", "Queue": {"id": "2"}}
    moved = {"Field": "Status", "OldValue": "open", "NewValue": "resolved"}
    tracker.happened(approval, "Status", "ilka", **moved)
    for number in (str(approval), *hidden):
        tracker.link(1, "depends-on", type="ticket", id=number)
    record, _ = _asked(tracker.answer, lambda it: it.read_change("1"))
    assert record is not None
    assert record.approver == approver
    assert [link.id for link in record.links] == hidden


def test_that_what_is_at_the_other_end_is_asked_for_at_once(tracker: Tracker) -> None:
    database = tracker.add_asset("ledger-db", "14")
    api = tracker.add_asset("payments-api", "2.31", database, status="recycled")
    for number in (tracker.add(), tracker.add(), 99):
        tracker.link(1, "refers-to", type="ticket", id=str(number))
    for number in (api, database):
        tracker.link(1, "refers-to", type="asset", id=str(number))
    links, paths = _links(tracker)
    assert (paths.count("/tickets"), paths.count("/assets")) == (1, 1)
    assert [(link.id, link.title, link.state) for link in links] == [
        ("asset:1", "ledger-db", "in-use"),
        ("asset:2", "payments-api", "recycled"),
        ("2", "Cutover", "new"),
        ("3", "Cutover", "new"),
        ("99", "", ""),
    ]


def test_that_a_link_to_what_the_account_may_not_see_stays_a_link(tracker: Tracker) -> None:
    tracker.link(1, "depends-on", type="ticket", id="99")
    links, _ = _links(tracker)
    page = f"{RT}/Ticket/Display.html?id=99"
    assert links == (ChangeLink(kind=LinkKind.DEPENDS_ON, id="99", url=page),)


@pytest.mark.parametrize(
    ("other", "id_of", "url"),
    [
        (
            {"type": "external", "_url": "https://wiki.example.org/a?b=1"},
            "https://wiki.example.org/a?b=1",
            "https://wiki.example.org/a?b=1",
        ),
        ({"type": "external", "_url": "javascript:alert(1)"}, "javascript:alert(1)", ""),
        ({"type": "external", "_url": None}, "", ""),
        ({}, "", ""),
        ({"type": "user", "id": "tomas"}, "user:tomas", ""),
        ({"type": "article", "id": 3}, "article:3", f"{RT}/Articles/Article/Display.html?id=3"),
    ],
)
def test_that_a_link_to_anything_else_is_named_as_it_stands(
    tracker: Tracker, other: dict[str, object], id_of: str, url: str
) -> None:
    tracker.link(1, "refers-to", **other)
    links, _ = _links(tracker)
    assert links == (ChangeLink(kind=LinkKind.REFERS_TO, id=id_of, url=url),)


def test_that_a_hundred_links_are_looked_up_and_every_one_is_told(tracker: Tracker) -> None:
    for _ in range(120):
        tracker.link(1, "refers-to", type="ticket", id=str(tracker.add()))
    record, seen = _asked(tracker.answer, lambda it: it.read_change("1"))
    assert record is not None
    assert [bool(link.title) for link in record.links] == [True] * 100 + [False] * 20
    (query,) = (asked.query["query"] for asked in seen if asked.path.endswith("/tickets"))
    assert query.count("id = ") == 100


@pytest.mark.parametrize(
    "said",
    [
        as_json({"items": None}),
        as_json([]),
        as_json({"items": [{"id": "2"}]}),
        as_json({"items": [{"id": "x", "Status": "new"}]}),
        as_json({"items": [{"id": "7", "Status": "new", "Subject": "another"}]}),
        Said(status=200, body=b"<!DOCTYPE html><title>Login</title>"),
        Said(status=500),
    ],
)
def test_that_a_change_whose_links_cannot_be_looked_up_is_not_read(
    tracker: Tracker, said: Said
) -> None:
    tracker.link(1, "refers-to", type="ticket", id=str(tracker.add()))
    with pytest.raises(BadAnswer):
        _asked(_replacing(tracker, "/tickets", said), lambda it: it.read_change("1"))


def test_that_assets_are_read_to_the_last_page(tracker: Tracker) -> None:
    for number in range(250):
        tracker.add_asset(f"service-{number}", "1.0", *([1] if number == 249 else []))
    items, seen = _asked(tracker.answer, lambda it: it.configuration_items())
    queries = [asked.query["query"] for asked in seen if asked.path.endswith("/assets")]
    assert queries == [f"Catalog = 'Services' AND id > {number}" for number in (0, 100, 200, 250)]
    assert [item.id for item in items] == [str(number) for number in range(1, 251)]
    assert (items[-1].service, items[-1].depends_on) == ("service-249", ("1",))


def test_that_an_asset_is_told_with_its_fields(tracker: Tracker) -> None:
    number = tracker.add_asset("ledger-db", "14", status="recycled")
    asset = tracker.assets[number]
    asset["Owner"] = {"id": "ilka"}
    asset["CustomFields"] += [
        {"id": "8", "name": "Racks", "values": [" r1 ", "r2", None, ""]},
        {"id": "9", "name": "Plan", "values": [{"filename": "plan.pdf", "_url": "x"}]},
    ]
    (item,) = _items(tracker.answer)
    assert item == ConfigurationItem(
        id="1",
        name="ledger-db",
        kind="Services",
        status="recycled",
        owner="ilka",
        service="ledger-db",
        version="14",
        in_use=False,
        fields={"Service": "ledger-db", "Version": "14", "Racks": "r1, r2", "Plan": "plan.pdf"},
    )


def test_that_without_fields_the_name_is_the_service_and_no_version_is_known(
    tracker: Tracker,
) -> None:
    tracker.add_asset("ledger-db", "14")
    (item,) = _items(tracker.answer, service_field="", version_field="")
    assert (item.service, item.version, item.in_use, item.owner) == ("ledger-db", None, True, "")


def test_that_an_empty_field_names_no_service_and_no_version(tracker: Tracker) -> None:
    tracker.add_asset("", "")
    (item,) = _items(tracker.answer)
    assert (item.service, item.version) == ("", None)


def test_that_a_catalog_that_is_not_named_is_no_cmdb_and_nothing_is_asked(tracker: Tracker) -> None:
    asked: list[Asked] = []

    def answer(one: Asked) -> Said:
        asked.append(one)
        return tracker.answer(one)

    with pytest.raises(NotSupported, match="setting catalog"):
        _items(answer, catalog="")
    assert asked == []


@pytest.mark.parametrize("call", ["check", "configuration_items"])
def test_that_a_catalog_that_is_not_there_is_named(tracker: Tracker, call: str) -> None:
    with pytest.raises(QuestionRefused, match="no catalog Hosts"):
        _asked(tracker.answer, lambda it: getattr(it, call)(), catalog="Hosts")


def test_that_the_catalog_is_named_beside_the_queue(tracker: Tracker) -> None:
    said, _ = _asked(tracker.answer, lambda it: it.check())
    assert said == "Request Tracker 5.0.3, queue Changes, lifecycle change, catalog Services"


def test_that_a_field_that_no_asset_has_is_a_persons_move(tracker: Tracker) -> None:
    tracker.add_asset("ledger-db", "14")
    with pytest.raises(QuestionRefused, match="no custom field Release"):
        _items(tracker.answer, version_field="Release")


def test_that_a_field_of_two_values_names_no_version(tracker: Tracker) -> None:
    number = tracker.add_asset("ledger-db", "14")
    tracker.assets[number]["CustomFields"][1]["values"].append("15")
    with pytest.raises(BadAnswer, match="more than one value"):
        _items(tracker.answer)


def test_that_more_assets_than_anybody_waits_for_are_refused() -> None:
    """A server that never comes to an end is asked for no more than the limit and one page."""
    pages = 0

    def answer(asked: Asked) -> Said:
        nonlocal pages
        if not asked.path.endswith("/assets"):
            return Tracker().answer(asked)
        pages += 1
        first = int(asked.query["query"].rpartition(" ")[2]) + 1
        asset: dict[str, object] = {"Status": "in-use", "Name": "x", "_hyperlinks": []}
        return as_json({"items": [{**asset, "id": first + at} for at in range(100)]})

    with pytest.raises(QuestionRefused, match="more than 5000 assets"):
        _items(answer, service_field="", version_field="")
    assert pages == assets.MOST // 100 + 1


def _page(**wrong: object) -> Said:
    """A page with one asset, of which something is wrong."""
    right: dict[str, object] = {"id": "1", "Name": "a", "Status": "in-use", "_hyperlinks": []}
    return as_json({"items": [{**right, **wrong}]})


@pytest.mark.parametrize(
    "said",
    [
        as_json({"items": None}),
        as_json({}),
        as_json({"items": [{"id": "1", "Status": "in-use"}]}),
        Said(status=200, body=b"<!DOCTYPE html><title>Login</title>"),
        Said(status=404, body=json.dumps({"message": "Not Found"}).encode()),
        _page(id="x"),
        _page(Status=None),
        _page(Owner="ilka"),
        _page(_hyperlinks=None),
        _page(_hyperlinks=[{"ref": "depends-on", "type": "asset", "id": "x"}]),
        _page(CustomFields=[{"id": "3", "name": "Service", "values": "a"}]),
        _page(),  # the same page again and again
    ],
)
def test_that_no_items_are_read_out_of_anything_else(tracker: Tracker, said: Said) -> None:
    with pytest.raises(BadAnswer):
        _items(_replacing(tracker, "/assets", said), service_field="", version_field="")


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"<!DOCTYPE html><title>Login</title>"])
def test_that_no_catalog_is_read_out_of_anything_else(body: bytes) -> None:
    with pytest.raises(BadAnswer):
        assets.read_catalog(Answer(status=200, headers={}, body=body))
