"""The sheet of a workbook that says what the release is."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from relconsole.domain.console.taking_in.heading import (
    Heading,
    heading_of,
    missing_of,
    say_of_release,
)
from relconsole.domain.console.taking_in.release_sheet import (
    ReleaseSheet,
    Surroundings,
    keys_of,
    read_release,
    with_states,
    zone_of,
)
from relconsole.domain.console.taking_in.table import Margin
from relconsole.domain.estate.catalogue import Environment
from relconsole.domain.estate.connections import System
from relconsole.domain.kernel.ids import EnvironmentId, PersonId, ReleaseId, SystemId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.release.release import (
    Bridge,
    ChangeReference,
    ChangeStates,
    DialIn,
    Release,
    ReleaseType,
)
from tests.unit.domain.plan.taking_in.sheets import BOOK, answers, clock, grid, offered, wall

PROD = Environment(id=EnvironmentId("prod"), name="Production")
ITSM = System(id=SystemId("itsm"), plugin="files")
AROUND = Surroundings(book=BOOK, environments={PROD.id: PROD}, systems={ITSM.id: ITSM})
START = datetime(2026, 4, 20, 23, 30, tzinfo=UTC)
END = datetime(2026, 4, 21, 3, tzinfo=UTC)


def read(
    *rows: Sequence[object],
    zone: str | None = "Europe/Berlin",
    given: Mapping[str, tuple[str, str]] | None = None,
    around: Surroundings = AROUND,
) -> tuple[ReleaseSheet, Margin]:
    margin = Margin()
    keys = keys_of(grid(*rows, name="Release"), answers(given or {}, "Release"), margin)
    return read_release(keys, zone, around), margin


def test_that_a_sheet_of_keys_makes_a_heading() -> None:
    found, margin = read(
        ["Title:", "Payments Core 2026.4"],
        ["Type", "Emergency"],
        ["Environment", "production"],
        ["Zone", "Europe/Berlin"],
        ["Window start", wall(2026, 4, 21, 1, 30)],
        ["Window end", clock(5)],
        ["Commander", "Mara Okafor"],
        ["Requester", "omar"],
        ["Authors", "omar, Nils Brandt"],
        ["Scribe", "asha"],
        ["Change", "CHG-48213"],
        ["Change system", "itsm"],
        ["Dial-in", "de: +49 30 9999; +1 212"],
        ["Bridge link", "https://bridge.example.org"],
        ["Bridge back-up", "by phone"],
    )
    assert margin.problems == []
    assert found.environment is None
    assert found.heading == Heading(
        id=ReleaseId("payments-core-2026.4"),
        title="Payments Core 2026.4",
        type=ReleaseType.EMERGENCY,
        environment=PROD.id,
        zone="Europe/Berlin",
        window_start=START,
        window_end=END,
        commander=PersonId("mara"),
        requester=PersonId("omar"),
        authors=(PersonId("omar"), PersonId("nils")),
        scribe=PersonId("asha"),
        change=ChangeReference(system=SystemId("itsm"), id="CHG-48213"),
        bridge=Bridge(
            dial_in=(
                DialIn(country="de", number="+49 30 9999"),
                DialIn(country="any", number="+1 212"),
            ),
            link="https://bridge.example.org",
            backup="by phone",
        ),
    )
    assert missing_of(found.heading) == ()


def test_that_a_workbook_without_such_a_sheet_says_nothing() -> None:
    assert keys_of(None, answers({}), Margin()) == {}
    found, _ = read([], zone=None)
    assert found.heading == Heading()
    assert [it.key for it in missing_of(Heading())] == [
        "release.title",
        "release.environment",
        "release.zone",
        "release.window_start",
        "release.window_end",
        "release.commander",
        "release.requester",
    ]


def test_that_unknown_keys_are_remarked_and_the_first_of_two_counts() -> None:
    found, margin = read(["Budget", "12"], ["Id", "a-1"], ["id", "b-2"], ["Title"], [None, "x"])
    assert found.heading.id == "a-1"
    assert [it.place for it in margin.remarks] == ["Release!B1"]


def test_that_a_new_environment_is_founded_where_there_is_none() -> None:
    none = replace(AROUND, environments={})
    found, margin = read(["Environment", "Test Lab"], around=none)
    assert found.environment == Environment(id=EnvironmentId("test-lab"), name="Test Lab")
    assert [it.says for it in margin.remarks] == ["a new environment, test-lab"]


def test_that_an_unknown_environment_is_asked_about() -> None:
    row = ["Environment", "Prodction"]
    found, margin = read(row)
    assert found.heading.environment is None
    assert offered(margin.problems[0]) == ["prod", "new"]
    known, _ = read(row, given={"B1": ("Prodction", "prod")})
    assert known.heading.environment == "prod"
    new, _ = read(row, given={"B1": ("Prodction", "new")})
    assert new.environment is not None
    assert new.environment.name == "Prodction"


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (wall(2026, 4, 21, 1, 30), clock(5), END),
        (wall(2026, 4, 21, 1, 30), clock(1), datetime(2026, 4, 21, 23, tzinfo=UTC)),
        ("2026-04-21 01:30", "5:00", END),
        ("2026-04-20T23:30Z", "21.4.2026 5:00", END),
        (wall(2026, 4, 21, 1, 30), clock(29), datetime(2026, 4, 22, 3, tzinfo=UTC)),
    ],
)
def test_that_a_window_is_read_in_several_forms(
    start: object, end: object, expected: datetime
) -> None:
    found, margin = read(["Start", start], ["End", end])
    assert margin.problems == []
    assert found.heading.window_start == START
    assert found.heading.window_end == expected


def test_that_a_window_that_is_no_time_is_asked_about() -> None:
    _, margin = read(["Start", clock(1)], ["End", "late"])
    assert [it.field for it in margin.problems] == ["release.window_start", "release.window_end"]
    _, twice = read(["Start", wall(2026, 10, 25, 2, 30)])
    assert "exists twice" in twice.problems[0].question


def test_that_times_wait_for_the_zone() -> None:
    found, margin = read(["Start", wall(2026, 4, 21, 1, 30)], zone=None)
    assert found.heading.window_start is None
    assert margin.problems == []


def test_that_a_zone_is_one_of_this_world() -> None:
    margin = Margin()
    keys = keys_of(grid(["Zone", "UTC"], name="Release"), answers({}), margin)
    assert zone_of(keys) == "UTC"
    assert zone_of({}) is None
    odd = keys_of(grid(["Zone", "Berlin"], name="Release"), answers({}), margin)
    assert zone_of(odd) is None
    assert [it.field for it in margin.problems] == ["release.zone"]


def test_that_people_are_matched_or_asked_about() -> None:
    found, margin = read(["Commander", "Okafor"], ["Requester", "Aysha Nair"], ["Scribe", "Zed"])
    assert found.heading.commander == "mara"
    assert [it.says for it in margin.remarks] == [
        "“Okafor” read as Mara Okafor, by a part of the name"
    ]
    assert [(it.field, it.proposal) for it in margin.problems] == [
        ("release.requester", "asha"),
        ("release.scribe", ""),
    ]
    answered, margin = read(["Commander", "the boss"], given={"B1": ("the boss", "Okafor")})
    assert answered.heading.commander == "mara"
    assert margin.remarks == []
    some, _ = read(["Authors", "mara, zed"])
    assert some.heading.authors == ("mara",)


def test_that_an_unknown_type_is_asked_about() -> None:
    _, margin = read(["Type", "odd"])
    assert offered(margin.problems[0]) == ["standard", "normal", "emergency"]


def test_that_a_change_without_a_connected_system_is_remarked() -> None:
    for rows in ([["Change", "C1"]], [["Change", "C1"], ["Change system", "other"]]):
        found, margin = read(*rows)
        assert found.heading.change is None
        assert len(margin.remarks) == 1


def test_that_a_heading_is_completed_by_another() -> None:
    said = Heading(title="New").over(Heading(title="Old", zone="UTC"))
    assert (said.title, said.zone) == ("New", "UTC")


def test_that_a_window_frames_times_when_it_is_whole() -> None:
    whole = Heading(window_start=START, window_end=END, zone="UTC")
    frame = whole.frame
    assert frame is not None
    assert frame.window.start == START
    assert replace(whole, zone=None).frame is None
    back = replace(whole, window_end=START)
    assert back.frame is None
    assert [it.question for it in missing_of(back)][-1].startswith("The window ends before")


def test_that_a_change_keeps_its_states_while_it_is_the_same() -> None:
    states = ChangeStates(running="implement")
    standing = ChangeReference(system=SystemId("itsm"), id="C1", states=states)
    same = Heading(change=ChangeReference(system=SystemId("itsm"), id="C1"))
    assert with_states(same, standing).change == standing
    other = Heading(change=ChangeReference(system=SystemId("itsm"), id="C2"))
    assert with_states(other, standing) == other
    assert with_states(same, None) == same
    assert with_states(Heading(), standing) == Heading()


def test_that_a_standing_release_gives_its_heading() -> None:
    release = Release(
        id=ReleaseId("a"),
        title="A",
        environment=PROD.id,
        window=Interval(start=START, end=END),
        zone="UTC",
        commander=PersonId("mara"),
        requester=PersonId("omar"),
    )
    assert missing_of(heading_of(release)) == ()
    assert heading_of(release).authors == ()


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("title", " Core 4 ", Heading(title="Core 4", id=ReleaseId("core-4"))),
        ("environment", "Test Lab", Heading(environment=EnvironmentId("test-lab"))),
        ("zone", "Europe/Rome", Heading(zone="Europe/Rome")),
        ("window_start", "2026-04-21 01:30", Heading(window_start=START)),
        ("window_end", "2026-04-21T05:00+02:00", Heading(window_end=END)),
        ("commander", "Okafor", Heading(commander=PersonId("mara"))),
        ("requester", "omar", Heading(requester=PersonId("omar"))),
    ],
)
def test_that_a_person_says_what_the_workbook_does_not(name: str, text: str, said: Heading) -> None:
    assert say_of_release(Heading(), name, text, BOOK, "Europe/Berlin") == said


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("title", " "),
        ("environment", ""),
        ("zone", "Berlin"),
        ("window_start", "soon"),
        ("window_start", "2026-10-25 02:30"),
        ("commander", "Zed"),
        ("budget", "12"),
    ],
)
def test_that_what_is_not_understood_is_not_said(name: str, text: str) -> None:
    assert say_of_release(Heading(), name, text, BOOK, "Europe/Berlin") is None


def test_that_a_window_is_said_once_its_zone_is_known() -> None:
    assert say_of_release(Heading(), "window_start", "2026-04-21 01:30", BOOK, None) is None


def test_that_a_known_id_stays_when_a_title_is_said() -> None:
    said = say_of_release(Heading(id=ReleaseId("a")), "title", "B", BOOK, None)
    assert said == Heading(id=ReleaseId("a"), title="B")
