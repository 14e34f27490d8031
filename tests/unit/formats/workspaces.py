"""Workspaces drawn at random, each consistent, with the names and texts that files mistreat."""

from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from relconsole.domain.calendar.entries import (
    Calendar,
    Freeze,
    FreezeException,
    MaintenanceWindow,
    Recurring,
    Reservation,
    Train,
)
from relconsole.domain.console.workspace import Workspace
from relconsole.domain.estate.catalogue import (
    Dependency,
    Environment,
    Estate,
    Service,
    Team,
    VersionSource,
)
from relconsole.domain.estate.connections import System
from relconsole.domain.estate.people import DutyHours, Person, Reach
from relconsole.domain.estate.policy import Authority, Policy, ReliefRule
from relconsole.domain.estate.scope import Scope
from relconsole.domain.kernel.durations import ThreePoint
from relconsole.domain.kernel.ids import (
    EnvironmentId,
    PersonId,
    ReleaseId,
    ServiceId,
    StepId,
    SystemId,
    TeamId,
)
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.kernel.json import Json
from relconsole.domain.kernel.zones import Meant
from relconsole.domain.plan.runbook import (
    Check,
    JobRun,
    Mode,
    Replay,
    Runbook,
    Step,
    StepKind,
    StepSilence,
    Undo,
    UndoKind,
)
from relconsole.domain.release.messages import (
    Channel,
    Language,
    MessageMoment,
    MessagePlan,
    Moment,
)
from relconsole.domain.release.release import (
    Bridge,
    ChangeReference,
    ChangeStates,
    ContractChange,
    ControlTotal,
    DialIn,
    Indicator,
    Item,
    Limit,
    RehearsalPlace,
    Release,
    ReleaseType,
    RestorePoint,
    RollbackEdits,
    Severity,
    UndoEdit,
    VendorContact,
)
from relconsole.domain.rollback.reverse import has_way_back, undo_id

T = TypeVar("T")

ZONES = (
    "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe",
    "Pacific/Apia", "Africa/Casablanca", "America/St_Johns",
)  # fmt: skip
RULES = (
    "", "FREQ=DAILY", "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=WEEKLY;INTERVAL=2;BYDAY=TU,TH",
    "FREQ=YEARLY;COUNT=3", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-3",
    "FREQ=DAILY;UNTIL=20271231T215900Z",
)  # fmt: skip
AWKWARD = (
    "no", "null", "~", "2.30", "0x1f", "1_000", "22:38", "2026-04-21", "a: b", "a #b", "#", "- a",
    "&a", "*a", "!a", "|", ">", "%", "@a", "`a", "'", '"', "{a}", "[a]", "a,b", "?", "=", "<<",
    "é", "🚀", "\u00a0", "trueish", "\\ud83d", "..", "a/b", "window_end", "---", "...",
)  # fmt: skip

names = st.sampled_from([it for it in AWKWARD if it.isprintable()]) | st.text(
    st.characters(codec="utf-8", exclude_categories=["C", "Z"]),
    min_size=1,
    max_size=8,
)  # fmt: skip
LINES = ("two\nlines", "two\nlines\n", " a\n b", "a\n\n\nb", "\t", "")
prose = st.sampled_from([*AWKWARD, *LINES]) | st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], include_characters="\n\t"),
    max_size=12,
)
texts = prose.filter(lambda text: bool(text.strip()))
zones = st.sampled_from(ZONES)
durations = st.timedeltas(timedelta(0), timedelta(days=3_660)) | st.sampled_from(
    [timedelta(0), timedelta(seconds=90), timedelta(hours=1, minutes=30)]
)
lasting = durations.filter(bool)
numbers = st.floats(allow_nan=False, allow_infinity=False)
instants = st.datetimes(
    datetime(1971, 1, 1), datetime(2198, 12, 30), timezones=st.just(UTC)  # noqa: DTZ001
) | st.integers(0, 10_000).map(
    # The hours around the clock changes of one autumn, when a wall time exists twice.
    lambda quarter: datetime(2026, 10, 1, tzinfo=UTC) + quarter * timedelta(minutes=15)
)  # fmt: skip


@st.composite
def estimates(draw: st.DrawFn) -> ThreePoint:
    best, likely, worst = sorted(draw(st.tuples(durations, durations, durations)))
    one = draw(st.booleans())
    return ThreePoint(best=best, likely=best if one else likely, worst=best if one else worst)


def some(of: Sequence[T]) -> st.SearchStrategy[tuple[T, ...]]:
    """Draw some of these, each once."""
    if not of:
        return st.just(())
    return st.lists(st.sampled_from(of), max_size=3, unique=True).map(tuple)


def one_or_none(of: Sequence[T]) -> st.SearchStrategy[T | None]:
    return st.none() | st.sampled_from(of) if of else st.none()


def meant(instant: datetime, zone: str) -> Meant:
    wall = instant.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0)
    return Meant(instant=instant, wall=wall, zone=zone)


@st.composite
def spans(draw: st.DrawFn) -> Recurring:
    zone, start = draw(zones), draw(instants)
    end = start + draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=300)))
    first = meant(start, zone)
    return Recurring(
        start=first,
        end=meant(end, zone),
        rrule=draw(st.sampled_from(RULES)),
        exdates=tuple(
            first.wall + timedelta(days=day)
            for day in draw(st.lists(st.integers(0, 9), max_size=2))
        ),
    )


settings_of_a_system = st.dictionaries(
    names,
    st.recursive(
        prose,
        lambda inner: st.lists(inner, max_size=2) | st.dictionaries(names, inner, max_size=2),
        max_leaves=4,
    ),
    max_size=2,
)


@st.composite
def systems(draw: st.DrawFn, name: str) -> System:
    settings: dict[str, Json] = dict(draw(settings_of_a_system))
    return System(
        id=SystemId(name),
        plugin=draw(names),
        url=draw(st.sampled_from(["", "http://127.0.0.1:9090", "file:///x"])),
        settings=settings,
    )


@st.composite
def estates(draw: st.DrawFn, ids: Sequence[str], connected: Sequence[SystemId]) -> Estate:
    teams = {TeamId(it): Team(id=TeamId(it), name=draw(texts)) for it in ids}
    places = [EnvironmentId(it) for it in ids]
    services = {
        ServiceId(it): Service(
            id=ServiceId(it),
            name=draw(st.just(it) | texts),
            team=draw(st.sampled_from(list(teams))),
            tier=draw(st.integers(0, 5)),
            environments=draw(some(places)),
            channels=tuple(draw(st.lists(texts, max_size=2))),
            version=draw(st.none() | texts),
            observed_by=draw(
                st.none() | st.builds(VersionSource, system=st.sampled_from(connected), query=texts)
            ),
        )
        for it in ids
    }
    people = {
        PersonId(it): Person(
            id=PersonId(it),
            name=draw(st.just(it) | texts),
            team=draw(one_or_none(list(teams))),
            zone=draw(zones),
            aliases=tuple(draw(st.lists(texts, max_size=1))),
            reach=tuple(draw(st.lists(st.builds(Reach, way=names, value=prose), max_size=2))),
            on_duty=draw(st.none() | st.just(DutyHours(start=time(22, 30), end=time(6)))),
        )
        for it in ids
    }
    environments = {
        it: Environment(
            id=it,
            name=it,
            order=draw(st.integers(0, 9)),
            owner=draw(one_or_none(list(teams))),
            concurrency=draw(st.none() | st.integers(1, 9)),
            region=draw(st.none() | texts),
        )
        for it in places
    }
    known = st.sampled_from(list(services))
    needs = st.builds(Dependency, source=known, target=known, requires=st.none() | texts)
    return Estate(
        teams=teams,
        people=people,
        environments=environments,
        services=services,
        dependencies=tuple(draw(st.lists(needs, max_size=2))),
    )


@st.composite
def scopes(draw: st.DrawFn, estate: Estate) -> Scope:
    return Scope(
        services=draw(some(list(estate.services))),
        environments=draw(some(list(estate.environments))),
        regions=tuple(draw(st.lists(texts, max_size=1))),
        teams=draw(some(list(estate.teams))),
    )


@st.composite
def jobs(draw: st.DrawFn, connected: Sequence[SystemId]) -> JobRun:
    return JobRun(
        system=draw(st.sampled_from(connected)),
        job=draw(texts),
        parameters=dict(draw(st.dictionaries(names, prose, max_size=2))),
    )


@st.composite
def undos(draw: st.DrawFn, connected: Sequence[SystemId]) -> Undo:
    kind = draw(st.sampled_from(UndoKind))
    has_way_back = kind in {UndoKind.INVERSE, UndoKind.COMPENSATION}
    return Undo(
        kind=kind,
        duration=draw(estimates()) if has_way_back else None,
        run=draw(st.none() | jobs(connected)) if has_way_back else None,
        title=draw(prose),
    )


@st.composite
def steps(
    draw: st.DrawFn, name: str, before: Sequence[str], estate: Estate,
    connected: Sequence[SystemId], window: Interval,
) -> Step:  # fmt: skip
    kind = draw(st.sampled_from(StepKind))
    duration = draw(estimates())
    changes = kind in {StepKind.MANUAL, StepKind.AUTOMATED}
    services = tuple(estate.services)
    bounds = (None, -1.5), (7.0, None), (7.0, -1.5)
    below, above = draw(st.sampled_from(bounds))
    stations = tuple(draw(st.lists(texts, min_size=1, max_size=3, unique=True)))
    silence = StepSilence(system=connected[0], services=services[:1], lasts=duration.worst)
    offset = draw(st.none() | st.timedeltas(timedelta(0), window.length))
    return Step(
        id=StepId(name),
        title=draw(st.just(name) | texts),
        duration=duration,
        kind=kind,
        mode=draw(st.sampled_from(Mode)),
        stream=draw(st.just("") | texts),
        owner=draw(one_or_none(list(estate.people))),
        after=draw(some([StepId(it) for it in before])),
        run=draw(jobs(connected)) if kind is StepKind.AUTOMATED else None,
        checks=draw(
            st.just(())
            | st.just((Check(id=name, system=connected[0], query="q", below=below, above=above),))
        ),
        undo=draw(undos(connected)) if changes else Undo(kind=UndoKind.NONE),
        not_before=None if offset is None else window.start + offset,
        stations=stations if kind is StepKind.GATE else (),
        quorum=draw(st.none() | st.integers(1, len(stations))) if kind is StepKind.GATE else None,
        services=draw(some(services)),
        silence=draw(st.none() | st.just(silence)) if duration.worst else None,
        changes_data=draw(st.booleans()),
        replays=draw(st.none() | st.builds(Replay, duplicates=prose)) if changes else None,
        note=draw(prose),
    )


@st.composite
def reliefs(
    draw: st.DrawFn, plan: Sequence[Step], estate: Estate, connected: Sequence[SystemId]
) -> tuple[Step, ...]:
    taken = {it.id for it in plan} | {undo_id(it.id) for it in plan} | {StepId("extra")}
    free = names.filter(lambda it: not taken & {it, undo_id(StepId(it))} and "extra" not in it)
    way_back = undos(connected).filter(lambda it: it.kind is not UndoKind.IRREVERSIBLE)
    return tuple(
        Step(
            id=StepId(name),
            title=draw(texts),
            duration=draw(estimates()),
            owner=draw(one_or_none(list(estate.people))),
            kind=StepKind.MANUAL if run is None else StepKind.AUTOMATED,
            run=run,
            undo=draw(way_back),
            note=draw(prose),
        )
        for name in draw(st.lists(free, max_size=1))
        for run in (draw(st.none() | jobs(connected)),)
    )


@st.composite
def rollbacks(
    draw: st.DrawFn, plan: Sequence[Step], estate: Estate, connected: Sequence[SystemId],
    window: Interval,
) -> RollbackEdits:  # fmt: skip
    taken = [it.id for it in plan]
    undone = [undo_id(it.id) for it in plan if has_way_back(it)]
    extra = "extra" if "extra" not in taken else "extra-extra"
    edit = st.builds(
        UndoEdit,
        undo=st.sampled_from(undone or taken),
        title=st.none() | texts,
        owner=one_or_none(list(estate.people)),
        after=st.none() | some(undone),
        duration=st.none() | estimates(),
    )
    point = st.builds(
        RestorePoint,
        id=st.just("p"),
        before=st.sampled_from(taken),
        what=texts,
        where=texts,
        take=st.none() | jobs(connected),
        restore=st.none() | estimates(),
        kept_until=st.none() | instants,
    )
    total = st.builds(
        ControlTotal,
        id=st.just("t"),
        title=texts,
        system=st.sampled_from(connected),
        query=texts,
        tolerance=st.floats(0, 1e9),
    )
    return RollbackEdits(
        edits=tuple(
            draw(st.lists(edit, max_size=2 if undone else 0, unique_by=lambda it: it.undo))
        ),
        extra=tuple(draw(st.lists(steps(extra, undone, estate, connected, window), max_size=1))),
        restore_points=tuple(draw(st.lists(point, max_size=1))),
        control_totals=tuple(draw(st.lists(total, max_size=1))),
    )


def change_states() -> st.SearchStrategy[ChangeStates]:
    """States of a change record, some of which the file leaves out."""
    state = st.just("") | texts
    return st.builds(ChangeStates, approved=state, running=state, finished=state, rolled_back=state)


@st.composite
def releases(
    draw: st.DrawFn, name: str, earlier: Sequence[ReleaseId], estate: Estate,
    connected: Sequence[SystemId], trains: Sequence[str],
) -> Release:  # fmt: skip
    start = draw(instants)
    length = draw(st.timedeltas(timedelta(microseconds=1), timedelta(days=3)))
    window = Interval(start=start, end=start + length)
    step_names = draw(st.lists(names, max_size=3, unique=True))
    plan = tuple(
        draw(steps(it, step_names[:at], estate, connected, window))
        for at, it in enumerate(step_names)
    )
    person = st.sampled_from(list(estate.people))
    service = st.sampled_from(list(estate.services))
    indicator = st.builds(
        Indicator,
        id=st.just("i"),
        title=texts,
        system=st.sampled_from(connected),
        query=texts,
        unit=st.just("") | texts,
        limit=st.none() | st.builds(Limit, above=numbers, lasting=durations, clearing=durations),
        severity=st.sampled_from(Severity),
        time_to_live=st.none() | lasting,
        suppressed_during=some([it.id for it in plan]),
    )
    item = st.builds(
        Item,
        service=service,
        from_version=st.none() | texts,
        to_version=st.none() | texts,
        contract_change=st.sampled_from(ContractChange),
    )
    dial_in = st.builds(DialIn, country=names, number=prose)
    return Release(
        id=ReleaseId(name),
        title=draw(st.just(name) | texts),
        environment=draw(st.sampled_from(list(estate.environments))),
        window=window,
        zone=draw(zones),
        commander=draw(person),
        requester=draw(person),
        type=draw(st.sampled_from(ReleaseType)),
        authors=draw(some(list(estate.people))),
        scribe=draw(st.none() | person),
        change=draw(
            st.none()
            | st.builds(
                ChangeReference, system=st.just(connected[0]), id=texts, states=change_states()
            )
        ),
        bridge=draw(
            st.none()
            | st.builds(
                Bridge,
                dial_in=st.lists(dial_in, max_size=2, unique_by=lambda it: it.country).map(tuple),
                link=st.just("") | texts,
            )
        ),
        vendors=tuple(
            draw(st.lists(st.builds(VendorContact, name=texts, response=durations), max_size=1))
        ),
        train=draw(one_or_none(trains)),
        waits_for=draw(some(earlier)),
        items=tuple(draw(st.lists(item, max_size=2, unique_by=lambda it: it.service))),
        runbook=Runbook(
            steps=plan,
            relief=draw(reliefs(plan, estate, connected)),
            deadline=draw(st.none() | st.just(start + length / 2 + timedelta(seconds=1))),
            decision_time=draw(durations),
            unrehearsed_factor=draw(st.floats(1, 100)),
        ),
        indicators=tuple(draw(st.lists(indicator, max_size=1))),
        rollback=draw(rollbacks(plan, estate, connected, window)) if plan else RollbackEdits(),
        approved_within=draw(st.none() | lasting),
        rehearsal=draw(
            st.none()
            | st.builds(
                RehearsalPlace,
                environment=st.sampled_from(list(estate.environments)),
                parameters=st.dictionaries(names, prose, max_size=1),
            )
        ),
        messages=tuple(draw(st.lists(messages(plan), max_size=2, unique_by=lambda it: it.id))),
    )


@st.composite
def messages(draw: st.DrawFn, plan: tuple[Step, ...]) -> MessagePlan:
    """A message that is due at one moment at least, or every so often."""
    moments = [MessageMoment(moment=each) for each in (Moment.START, Moment.END, Moment.ROLLBACK)]
    gates = [MessageMoment(moment=Moment.GATE, gate=step.id) for step in plan]
    at = tuple(draw(st.lists(st.sampled_from([*moments, *gates]), max_size=2)))
    every = draw(st.none() | lasting) if at else draw(lasting)
    return MessagePlan(
        id=draw(names),
        audience=draw(texts),
        to=tuple(draw(st.lists(texts, max_size=2))),
        channel=draw(st.sampled_from(Channel)),
        language=draw(st.sampled_from(Language)),
        at=at,
        every=every,
        rehearsal_to=tuple(draw(st.lists(texts, max_size=1))),
    )


@st.composite
def calendars(draw: st.DrawFn, estate: Estate) -> Calendar:
    def listed(entry: st.SearchStrategy[T]) -> tuple[T, ...]:
        return tuple(draw(st.lists(entry, max_size=1)))

    span, scope = spans(), scopes(estate)
    return Calendar(
        freezes=listed(st.builds(Freeze, id=names, when=span, reason=texts, scope=scope)),
        maintenance_windows=listed(st.builds(MaintenanceWindow, id=names, when=span, scope=scope)),
        reservations=listed(
            st.builds(
                Reservation,
                id=names,
                environment=st.sampled_from(list(estate.environments)),
                when=span,
                team=one_or_none(list(estate.teams)),
                purpose=prose,
            )
        ),
        trains=listed(
            st.builds(
                Train,
                id=names,
                cadence=st.sampled_from(RULES[1:]),
                start=st.builds(meant, instants, zones),
                duration=lasting,
                scope_freeze_before=durations,
            )
        ),
    )


@st.composite
def exceptions(draw: st.DrawFn, calendar: Calendar, held: Sequence[Release]) -> FreezeException:
    release = draw(st.sampled_from(held))
    return FreezeException(
        id=draw(names),
        freeze=calendar.freezes[0].id,
        release=release.id,
        approver=release.commander,
        reason=draw(texts),
        expires=meant(draw(instants), draw(zones)),
        criteria=draw(prose),
    )


@st.composite
def policies(draw: st.DrawFn, estate: Estate) -> Policy:
    authority = st.builds(Authority, act=texts, role=texts, scope=scopes(estate))
    return Policy(
        authorities=tuple(draw(st.lists(authority, max_size=2))),
        freshness=draw(st.just(Policy().freshness) | lasting),
        rehearsal_age=draw(durations),
        relief=draw(
            st.builds(
                ReliefRule,
                roles=st.lists(texts, max_size=1).map(tuple),
                people=some(list(estate.people)),
                reason=st.booleans(),
            )
        ),
    )


@st.composite
def workspaces(draw: st.DrawFn) -> Workspace:
    ids = draw(st.lists(names, min_size=1, max_size=3, unique=True))
    connected = [SystemId(it) for it in draw(st.lists(names, min_size=1, max_size=2, unique=True))]
    estate = draw(estates(ids, connected))
    calendar = draw(calendars(estate))
    trains = [it.id for it in calendar.trains]
    held: dict[ReleaseId, Release] = {}
    for name in draw(st.lists(names, max_size=2, unique=True)):
        made = draw(releases(name, list(held), estate, connected, trains))
        held[made.id] = made
    return Workspace(
        estate=estate,
        calendar=calendar,
        policy=draw(st.just(Policy()) | policies(estate)),
        systems={it: draw(systems(it)) for it in connected},
        releases=held,
    )
