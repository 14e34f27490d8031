"""P10: a clock change, a zone or a jump of the clock never fires early, twice or never.

Pairs of a zone and an instant lie around every clock change of seven years; what they should mean
is found by trying every offset. Then nights run in which a fixed start lies at such an instant, or
the wall clock jumps by up to a year in the middle of the work.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from functools import partial
from typing import Final
from zoneinfo import ZoneInfo

from relconsole.domain.calendar.entries import Recurring
from relconsole.domain.calendar.recurrence import occurrences
from relconsole.domain.kernel.ids import RunId
from relconsole.domain.kernel.instants import Interval
from relconsole.domain.kernel.zones import (
    Doubled,
    Meant,
    Missing,
    OutsideWindow,
    Reading,
    place_bare_wall,
    read_wall,
)
from relconsole.domain.night.effect_facts import OF_THE_CHANGE, Purpose
from relconsole.domain.plan.runbook import Runbook
from relconsole.domain.record.effect import RecognisesRepeat
from relconsole.services.conduct import Conductor
from tests.promises.frame import Counts, Harness, Tally
from tests.promises.sim.chance import SETTLE
from tests.promises.sim.clock import VirtualClock
from tests.promises.sim.judging import judge
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.night import SOUND, Night, Parts
from tests.promises.sim.shapes import PAY, Shape, chain, data, deploy, shape, small
from tests.promises.sim.transitions import Pair, draw, instants_of, wall_of

ENOUGH: Final = 5
LIMIT: Final = 30.0
"""Seconds beyond which a jump freezes automation, as the policy has it where nobody changed it."""

JUMPS: Final = (1, 5, 29, 31, 45, 90, 600, 3_600, 7_200, 86_400, 604_800, 31_536_000)
PROMPT: Final = timedelta(seconds=1)
DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Reckoning:
    """How time is read and measured; a mutant exchanges one of them."""

    read: Callable[[datetime, str], Reading] = read_wall
    length: Callable[[datetime, datetime, str], timedelta] = lambda start, end, _zone: (
        Interval(start=start, end=end).length
    )
    parts: Parts = SOUND


def by_the_wall(start: datetime, end: datetime, zone: str) -> timedelta:
    """Subtract two local times of one zone, as Python does: the wall moves, not the time."""
    return end.astimezone(ZoneInfo(zone)) - start.astimezone(ZoneInfo(zone))


def guessed(wall: datetime, zone: str) -> Reading:
    """Take the first reading of a wall time, whether there is one or two or none."""
    instant = wall.replace(tzinfo=ZoneInfo(zone)).astimezone(ZoneInfo("UTC"))
    return Meant(instant=instant, wall=wall, zone=zone)


class WallOnly(VirtualClock):
    """A clock that shows the wall of a zone whose clocks go back an hour half a second on."""

    def now(self) -> datetime:
        real = super().now()
        begun = real - timedelta(seconds=self.tick() - self.born)
        return real + timedelta(hours=1) if real - begun > PROMPT / 2 else real


class BlindConductor(Conductor):
    """Never looks whether the clock jumped."""

    async def watch_clock(self, run: RunId) -> None:
        """Look away."""


MUTANTS: Final[Mapping[str, Reckoning]] = {
    "subtracts_local_times": Reckoning(length=by_the_wall),
    "guesses_a_wall_time": Reckoning(read=guessed),
    "fires_by_the_wall": Reckoning(parts=replace(SOUND, clock=WallOnly, conductor=BlindConductor)),
    "sees_no_jump": Reckoning(parts=replace(SOUND, conductor=BlindConductor)),
}


def judge_pair(number: int, reckoning: Reckoning, loop: VirtualLoop) -> Iterator[str]:
    """Give what is wrong around one clock change."""
    pair = draw(number)
    chance = random.Random(f"around {number}")
    shift = timedelta(minutes=chance.randrange(-180, 180))
    for wall in (
        wall_of(pair.instant, pair.zone),
        wall_of(pair.change - timedelta(seconds=1), pair.zone) + shift,
    ):
        yield from _reads(wall, pair.zone, reckoning)
    yield from _places(pair, chance)
    yield from _recurs(pair, chance)
    yield from _measures(pair, chance, reckoning)
    yield from _starts_once(pair, number, reckoning, loop)


def _reads(wall: datetime, zone: str, reckoning: Reckoning) -> Iterator[str]:
    """A wall time is read as what it means, and never guessed."""
    reading, true = reckoning.read(wall, zone), instants_of(wall, zone)
    told: list[datetime] = []
    match reading:
        case Meant(instant=instant):
            told = [instant]
        case Doubled(first=first, second=second):
            told = [first, second]
        case Missing():
            pass
    if told != list(true):
        yield f"{wall} in {zone} was read as {told}, it is {true}"


def _places(pair: Pair, chance: random.Random) -> Iterator[str]:
    """A bare time is the first such time of the window, or it is refused."""
    zone = pair.zone
    window = Interval(
        start=pair.instant - timedelta(minutes=chance.randrange(0, 1_380)),
        end=pair.instant + timedelta(minutes=chance.randrange(1, 600)),
    )
    bare = time(chance.randrange(24), chance.choice((0, 15, 30, 45)))
    first = wall_of(window.start, zone).date() - DAY
    inside = [
        each
        for day in range(5)
        for each in instants_of(datetime.combine(first + day * DAY, bare), zone)
        if window.start <= each <= window.end
    ]
    placed = place_bare_wall(bare, window, zone)
    match placed:
        case Meant(instant=instant):
            if inside[:1] != [instant]:
                yield f"{bare} in {zone} from {window.start} was placed at {instant}, not {inside}"
        case OutsideWindow():
            if inside:
                yield f"{bare} in {zone} counts as outside, and comes at {inside}"
        case Doubled() | Missing():
            twice = len(instants_of(placed.wall, zone))
            if twice != (2 if isinstance(placed, Doubled) else 0):
                yield f"{bare} in {zone} was refused, and exists {twice} times"


def _recurs(pair: Pair, chance: random.Random) -> Iterator[str]:
    """A daily freeze begins once a day, at its wall time or as soon as the clock has passed it."""
    zone = pair.zone
    wall = wall_of(pair.instant, zone).replace(second=0)
    begin = wall - 4 * DAY
    while len(instants_of(begin, zone)) != 1:
        begin -= DAY
    length = timedelta(minutes=chance.randrange(10, 600))
    end = begin + length
    ends = instants_of(end, zone) or instants_of(begin + timedelta(hours=12), zone)
    when = Recurring(
        start=Meant(instant=instants_of(begin, zone)[0], wall=begin, zone=zone),
        end=Meant(instant=ends[0], wall=end, zone=zone),
        rrule="FREQ=DAILY",
    )
    within = Interval(start=pair.instant - 2 * DAY, end=pair.instant + 2 * DAY)
    found = {each.wall: each.span.start for each in occurrences(when, within)}
    if len(found) != len(list(occurrences(when, within))):
        yield f"a daily freeze in {zone} began twice on a day around {pair.change}"
    for day in (-1, 0, 1):
        meant = wall + day * DAY
        true = instants_of(meant, zone)
        started = found.get(meant)
        if started is None:
            yield f"the freeze at {meant} in {zone} never began"
        elif true and started != true[0]:
            yield f"the freeze at {meant} in {zone} began at {started}, not {true[0]}"
        elif not true and not (
            wall_of(started - timedelta(seconds=1), zone) < meant < wall_of(started, zone)
        ):
            yield f"the freeze at {meant} in {zone}, which the clock skips, began at {started}"


def _measures(pair: Pair, chance: random.Random, reckoning: Reckoning) -> Iterator[str]:
    """Time that passed is time that passed, whatever the clocks on the wall did meanwhile."""
    end = pair.instant + timedelta(seconds=chance.randrange(1, 40_000))
    true = end.timestamp() - pair.instant.timestamp()
    told = reckoning.length(pair.instant, end, pair.zone).total_seconds()
    if told != true:
        yield f"from {pair.instant} to {end} in {pair.zone} are {true} s, not {told}"


def _starts_once(pair: Pair, number: int, reckoning: Reckoning, loop: VirtualLoop) -> Iterator[str]:
    """A fixed start fires once, not before its instant, and soon after it."""
    fixed = replace(deploy("a", PAY), not_before=pair.instant)
    begun = pair.instant - timedelta(seconds=2)
    made = loop.play(shape("fixed", Runbook(steps=(fixed,)), start=begun))
    night = Night(number, made, loop, reckoning.parts, start=begun)
    night.fate.is_calm, night.will_stop = True, False
    # One that cannot tell a repeat leaves it to a person whether the step is done at all.
    for target in night.world.targets.values():
        target.how = RecognisesRepeat.QUERYABLE
    night.play()
    yield from judge(night)
    fired = [
        begun + timedelta(seconds=job.arrived - night.clock.born)
        for job in night.world.jobs
        if job.step == "a"
    ]
    if len(fired) != 1:
        yield f"the fixed start at {pair.instant} in {pair.zone} fired {len(fired)} times"
    elif fired[0] < pair.instant or (not night.crashes and fired[0] > pair.instant + PROMPT):
        yield f"the fixed start at {pair.instant} fired at {fired[0]}"


def judge_jump(
    number: int, reckoning: Reckoning, loop: VirtualLoop, shapes: tuple[Shape, ...]
) -> Iterator[str]:
    """Give what is wrong of a night in which the wall clock jumps once."""
    chance = random.Random(f"jump {number}")
    seconds = chance.choice((-1, 1)) * JUMPS[number % len(JUMPS)]
    at = chance.random() * 1.5
    chosen = shapes[number % len(shapes)]
    night = Night(number, chosen, loop, reckoning.parts, is_killed=False, jump=(at, seconds))
    night.will_stop = False
    night.play()
    for says in judge(night):
        # The record's own instants jumped with the clock, so only the world's clock counts here.
        if "after it became unknown" not in says:
            yield f"{seconds:+} s: {says}"
    yield from _held_while_frozen(night, seconds)
    yield from _waits_really(night, seconds)


def _held_while_frozen(night: Night, seconds: float) -> Iterator[str]:
    """Beyond the limit automation freezes until the commander says so, below it goes on.

    Frozen means that nothing leaves, no step starts and no work is intended; that a silence shall
    end and a head be anchored may be noted down, and stays here until then.
    """
    if night.jumped_at is None:
        return
    jumped, mended = night.jumped_at * 1000, False
    for envelope in night.stored.envelopes[night.shape.state.size :]:
        if envelope.kind == "clock_jumped" and abs(seconds) <= LIMIT:
            yield f"{seconds:+} s: counted as a jump"
        if envelope.kind == "hold_ended" and envelope.body["cause"] == "clock":
            mended = True
        if (
            abs(seconds) > LIMIT
            and envelope.tick > jumped + 1
            and not mended
            and envelope.kind in {"effect_intended", "effect_sent", "step_started"}
            and envelope.body.get("purpose") not in {Purpose.UNSILENCE, *OF_THE_CHANGE}
        ):
            yield f"{seconds:+} s: {envelope.kind} while the clock was in doubt"


def _waits_really(night: Night, seconds: float) -> Iterator[str]:
    """The settle window passes by the clock that does not jump."""
    last: dict[str, float] = {}
    for call in night.world.calls:
        how = night.world.target(call.system).how
        if call.verb != "perform" or how != "queryable":
            continue
        if call.about in last and call.at - last[call.about] < SETTLE:
            waited = call.at - last[call.about]
            yield f"{seconds:+} s: {call.about} was sent again after {waited:.1f} s"
        last[call.about] = call.at


async def some_shapes() -> tuple[Shape, ...]:
    """Give the plans of the nights in which the clock jumps."""
    return (
        await shape("small", small()),
        await shape("chain", chain(), change=True),
        await shape("data", data()),
    )


def run(counts: Mapping[str, int], mutant: str | None) -> Tally:
    """Judge pairs and jumps, sound or with a mutant."""
    reckoning = MUTANTS[mutant] if mutant else Reckoning()
    loop = VirtualLoop()
    shapes = loop.play(some_shapes())
    judges: Mapping[str, Callable[[int], Iterator[str]]] = {
        "zone and instant pairs": partial(judge_pair, reckoning=reckoning, loop=loop),
        "clock jumps": partial(judge_jump, reckoning=reckoning, loop=loop, shapes=shapes),
    }
    cases, wrong = dict.fromkeys(counts, 0), list[str]()
    for what, judge_one in judges.items():
        for number in range(counts[what]):
            wrong += [f"{what} {number}: {says}" for says in judge_one(number)]
            cases[what] += 1
            if len(wrong) >= ENOUGH or (mutant and wrong):
                loop.close()
                return Tally(cases=cases, violations=tuple(wrong))
    loop.close()
    return Tally(cases=cases, violations=tuple(wrong))


HARNESS = Harness(
    promise="P10",
    title="clock changes and jumps fire nothing early, twice or never",
    counts={
        "zone and instant pairs": Counts(pr=2_000, release=5_000),
        "clock jumps": Counts(pr=50, release=200),
    },
    run=run,
    mutants=tuple(MUTANTS),
    mutant_counts={"zone and instant pairs": 40, "clock jumps": 50},
)
