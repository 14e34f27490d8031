"""The states of the window that are pictured, each by a name; the list is there to be added to."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from relconsole.domain.kernel.refusal import Refusal
from relconsole.domain.night.bridge_commands import (
    BeginHold,
    ClearTrigger,
    OpenProblem,
    StandTrigger,
)
from relconsole.domain.night.bridge_facts import HoldCause, TriggerStood
from relconsole.domain.night.step_commands import Said
from relconsole.domain.readiness.poll import StationAnswer
from relconsole.domain.record.file_form import JournalKind
from relconsole.ports.credentials import Secret
from relconsole_ui.controllers.room import NotDone
from relconsole_ui.design.look import Look
from relconsole_ui.views.importing.page import ImportPage
from relconsole_ui.views.start.demo_strip import DemoStrip
from tests.gui.bot import Bot
from tests.gui.screens.console import (
    ConsoleOnStage,
    Observed,
    all_answer,
    edge_is_stale,
    none_answers,
)
from tests.gui.settings.kit import MARKS
from tests.gui.settings.kit import Kit as SettingsKit
from tests.gui.settings.kit import run as run_now
from tests.helpers.fakes.signing import passphrase_of
from tests.unit.presenters.intakes import intake
from tests.unit.presenters.intakes import rows as import_rows
from tests.unit.presenters.night_plan import (
    ASHA,
    HANNA,
    INES,
    JO,
    MARA,
    P95,
    RUN,
    SHIFT,
    at,
)
from tests.unit.presenters.scenes import boxed_problem, drive, end_early
from tests.unit.presenters.scenes import calm as staged_settings
from tests.unit.presenters.whole_night import (
    NightStage,
    before,
    call_missing,
    count_rehearsal,
    night,
)

USUAL: Final = (1600, 1000)
SMALL: Final = (1280, 800)
CUT_AT: Final = at("02:14:52")
Make = Callable[[Look], ConsoleOnStage]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """A state of the window: how it is made, and how large it is pictured."""

    make: Make
    size: tuple[int, int] = USUAL


def _console(look: Look, stage: NightStage, observed: Observed | None = None) -> ConsoleOnStage:
    return ConsoleOnStage(look, stage, observed)


def calm_night() -> NightStage:
    """02:11:42: three steps run, none is late, nothing is open."""
    stage = night()
    stage.stand_at("02:11:42")
    return stage


def alarm_night(*, floods: bool = False) -> NightStage:
    """02:17:42: the shift fails its check and is late, a trigger stands, P1 waits for a choice."""
    stage = night(floods=floods)
    stage.vote("02:15:10", "Ledger DB", ASHA, StationAnswer.GO)
    stage.vote("02:15:40", "Fraud", INES, StationAnswer.GO)
    stage.read("02:16:20", "shift", P95, 1.42)
    stood = TriggerStood(
        run=RUN,
        trigger="p95",
        value=1.42,
        since=at("02:13:20"),
        reasons=("Checkout p95 1.42 s, limit 0.80 s for 3 min",),
    )
    stage.do("02:16:20", StandTrigger(run=RUN, stood=stood), by=None)
    call_missing(stage)
    stage.do("02:16:40", boxed_problem())
    stage.vote("02:16:52", "Payments", HANNA, StationAnswer.NO_GO, "p95 is over its limit")
    count_rehearsal(stage, "02:17:00")
    stage.stand_at("02:17:42")
    return stage


def cut_night() -> NightStage:
    """02:17:42: the line was lost at 02:14:52, so that nobody knows what became of the shift."""
    stage = night()
    stage.do(
        "02:15:05",
        BeginHold(run=RUN, cause=HoldCause.PERSON, thing="bridge", reasons=("the line is lost",)),
    )
    stage.do(
        "02:15:22",
        OpenProblem(
            run=RUN,
            problem="P1",
            what="Production is not visible from here",
            severity="critical",
            owner=JO,
            step=SHIFT,
            question="Hold blind, or wait for the line?",
            options=(
                "Hold: until 02:32, by phone every 5 min",
                "Roll back on site: Jo in the data centre, about 11 min",
            ),
            decides=MARA,
            decide_by=at("02:32"),
        ),
    )
    stage.tell_change("02:15:30")
    stage.stand_at("02:17:42")
    return stage


def calm(look: Look) -> ConsoleOnStage:
    """The calm night."""
    return _console(look, calm_night())


def alarm(look: Look) -> ConsoleOnStage:
    """The night in trouble; the monitoring of the edge has fallen silent beside it."""
    stage = alarm_night()
    return _console(look, stage, edge_is_stale(stage.now))


def armed(look: Look) -> ConsoleOnStage:
    """The rollback armed, its second person asked."""
    console = alarm(look)
    console.bridge.panels.alerts.acknowledge()
    console.show()
    console.bridge.panels.rollback.controller.arm()
    console.pass_time(30)
    return console


def flood(look: Look) -> ConsoleOnStage:
    """Two hundred alerts within a minute, over the one that came first."""
    stage = alarm_night(floods=True)
    console = _console(look, stage, replace(all_answer(stage.now), floods=True))
    console.show()
    console.bridge.panels.alerts.recall()
    return console


def rolled_back(look: Look) -> ConsoleOnStage:
    """The way back fired by two people, run, and observed on the old version."""
    console = armed(look)
    stage, retreat = console.stage, console.room.tools.retreat
    console.requests.signs(ASHA)
    answer = list(console.requests.answers.values())[-1]
    taken = drive(retreat.fire(RUN, answer))
    assert not isinstance(taken, Refusal), taken
    console.call_off("02:18:20", "shift")
    for began, ended, step in (
        ("02:18:30", "02:19:10", "undo-shift"),
        ("02:19:11", "02:22:20", "undo-deploy"),
        ("02:22:21", "02:23:50", "replay"),
    ):
        stage.start(began, step)
        stage.end(ended, step)
    stage.do("02:24:20", ClearTrigger(run=RUN, trigger="p95"), by=None)
    console.runs("2.30")
    stage.stand_at("02:26:00")
    console.observed = all_answer(stage.now)
    ended_so = drive(retreat.end(RUN))
    assert not isinstance(ended_so, Refusal), ended_so
    console.show()
    return console


def cut(look: Look) -> ConsoleOnStage:
    """The network cut: everything outside is unknown."""
    return _console(look, cut_night(), none_answers(CUT_AT))


def empty(look: Look) -> ConsoleOnStage:
    """The evening before the night was opened."""
    return _console(look, before())


def rehearsal(look: Look) -> ConsoleOnStage:
    """A rehearsal, of which nothing counts for production."""
    stage = night(rehearsal=True)
    stage.kind = JournalKind.REHEARSAL
    stage.stand_at("02:11:42")
    return _console(look, stage)


def over(look: Look) -> ConsoleOnStage:
    """The night called off and ended in order."""
    stage = calm_night()
    end_early(stage)
    return _console(look, stage)


def log(look: Look) -> ConsoleOnStage:
    """The bridge log in its dock."""
    console = alarm(look)
    console.show()
    console.bridge.docks.toggle("log")
    return console


def palette(look: Look) -> ConsoleOnStage:
    """The palette with a few letters typed."""
    console = calm(look)
    console.show()
    console.bridge.palette.open()
    console.bridge.palette.line.setText("ro")
    console.bridge.palette.line.textEdited.emit("ro")
    return console


def keys(look: Look) -> ConsoleOnStage:
    """The key sheet."""
    console = calm(look)
    console.show()
    console.bridge.keys.toggle()
    return console


def brief(look: Look) -> ConsoleOnStage:
    """The brief for whoever joins."""
    console = alarm(look)
    console.show()
    console.bridge.panels.brief.open_brief()
    return console


def alerts(look: Look) -> ConsoleOnStage:
    """All alerts, with what each asks for."""
    console = alarm(look)
    console.show()
    console.bridge.panels.alerts.open_alert()
    return console


def draft(look: Look) -> ConsoleOnStage:
    """The draft of the message that is due next."""
    console = alarm(look)
    console.show()
    console.bridge.panels.message.open_draft()
    return console


def table(look: Look) -> ConsoleOnStage:
    """The timeline as a table."""
    console = alarm(look)
    console.show()
    console.bridge.panels.pictures.turn()
    return console


def rollbacks(look: Look) -> ConsoleOnStage:
    """The page of prepared rollbacks."""
    console = calm(look)
    console.show()
    console.window.open_page("rollbacks")
    return console


def start(look: Look) -> ConsoleOnStage:
    """The start, where there is no release yet."""
    console = calm(look)
    console.window.frame(rail=False, bars=False)
    console.bridge.panels.strip.hide()
    console.start.show_choice("")
    console.window.open_page("start")
    return console


def plan(look: Look) -> ConsoleOnStage:
    """The plan table in its dock."""
    console = calm(look)
    console.show()
    console.bridge.docks.show("plan")
    return console


def amendment(look: Look) -> ConsoleOnStage:
    """A change of the plan, with what it does before it is recorded."""
    console = calm(look)
    console.show()
    console.bridge.plans.amend("verify-25")
    return console


def override(look: Look) -> ConsoleOnStage:
    """A failing check overridden by two people."""
    console = alarm(look)
    console.show()
    console.job_is_over("02:17:50", "shift")
    console.reads(p95=1.42, pool=1.0, lag=1.1)
    on_override = console.bridge.panels.steps.on_override
    assert on_override is not None
    step = console.stage.state.runs[RUN].find_step(SHIFT)
    assert step is not None
    on_override(step, Said(note="the limit is that of the old version"), _takes)
    console.pass_time(20)
    return console


def _takes(answer: object) -> None:
    """Fail where an act was refused: then nothing of it would be in the picture."""
    assert not isinstance(answer, Refusal | NotDone), answer


def report(look: Look) -> ConsoleOnStage:
    """The night report, on one page."""
    console = over(look)
    console.show()
    console.window.open_page("reports")
    return console


def importing(look: Look) -> ConsoleOnStage:
    """The mapping of a spreadsheet, with what was not understood."""
    console = calm(look)
    page = ImportPage(look)
    page.show_rows(import_rows(intake()))
    console.window.add_page("import", page)
    console.window.rail.add("import")
    console.show()
    console.window.open_page("import")
    return console


def settings(look: Look) -> ConsoleOnStage:
    """The settings: people and their keys."""
    console = calm(look)
    bot = Bot()
    kit = SettingsKit(look, bot, staged_settings())
    keeper = kit.parts.people._keeper
    for person in (JO, ASHA, MARA):
        run_now(keeper.open(person, Secret(passphrase_of(person))))
    run_now(keeper.confirm(JO, MARKS[JO], "read out on the phone"))
    console.leaves.append(bot.close_all)
    console.window.add_page("settings", kit.parts.page)
    console.window.rail.add("settings")
    console.show()
    console.window.open_page("settings")
    kit.parts.open("people")
    return console


def demo(look: Look) -> ConsoleOnStage:
    """The demo with its strip and hints."""
    console = calm(look)
    strip = DemoStrip(look)
    strip.show_hints(are_shown=True)
    console.window.set_banner(strip)
    return console


STATES: Final[Mapping[str, State]] = {
    "bridge-calm": State(make=calm),
    "bridge-alarm": State(make=alarm),
    "bridge-armed": State(make=armed),
    "bridge-flood": State(make=flood),
    "bridge-rolled-back": State(make=rolled_back),
    "bridge-network-cut": State(make=cut),
    "bridge-empty": State(make=empty),
    "bridge-rehearsal": State(make=rehearsal),
    "bridge-over": State(make=over),
    "bridge-alarm-1280": State(make=alarm, size=SMALL),
    "bridge-calm-1280": State(make=calm, size=SMALL),
    "bridge-armed-1280": State(make=armed, size=SMALL),
    "timeline-table": State(make=table),
    "log": State(make=log),
    "palette": State(make=palette),
    "keys": State(make=keys),
    "brief": State(make=brief),
    "alerts": State(make=alerts),
    "message": State(make=draft),
    "rollbacks": State(make=rollbacks),
    "start": State(make=start),
    "demo": State(make=demo),
    "plan": State(make=plan),
    "amendment": State(make=amendment),
    "override": State(make=override),
    "report": State(make=report),
    "import": State(make=importing),
    "settings": State(make=settings),
}
"""By the name of the picture."""
