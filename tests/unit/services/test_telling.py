"""What whoever conducts is told that no fact tells: once each, not for every question."""

from relconsole.domain.plan.runbook import Runbook
from relconsole.ports.questions import Word
from relconsole.services.telling import Teller
from tests.promises.sim.loop import VirtualLoop
from tests.promises.sim.shapes import DESK, PAY, deploy, release
from tests.unit.services.bridge import Bridge
from tests.unit.services.test_expiry import DAY, lost
from tests.unit.services.test_turns import ends, quiet, writes


def test_that_a_system_is_told_once_when_it_goes_away_and_once_when_it_is_back(
    loop: VirtualLoop,
) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        teller = Teller(bridge.dispatcher, bridge.clock, bridge.said.append)
        await writes(bridge, "word")
        bridge.systems_down.add(DESK)
        for _ in range(3_600):
            await bridge.deliver(pause=1.0)
            teller.tell()
        (told,) = bridge.said
        assert told.startswith("service-desk does not answer since 2026-08-08T20:00:00Z, asked 2")
        assert told.endswith(": service-desk is down.")
        bridge.systems_down.clear()
        for _ in range(60):
            await bridge.deliver(pause=1.0)
            teller.tell()
        assert len(bridge.said) == 2
        assert bridge.said[1].startswith("service-desk answers again after 1h 00m")

    bridge.play(scene())


def test_that_one_answer_that_was_lost_is_no_absence(loop: VirtualLoop) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        teller = Teller(bridge.dispatcher, bridge.clock, bridge.said.append)
        await writes(bridge, "word")
        bridge.fails("perform")
        for _ in range(60):
            await bridge.deliver(pause=1.0)
            teller.tell()
        assert bridge.said == []

    bridge.play(scene())


def test_that_what_a_run_that_ended_leaves_to_a_person_is_told_once(loop: VirtualLoop) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        effect = await writes(bridge, "word")
        before = await ends(bridge)
        await bridge.clock.sleep(DAY + 1)
        teller = Teller(bridge.dispatcher, bridge.clock, bridge.said.append)
        for _ in range(3):
            await bridge.dispatcher.deliver(before)
            teller.tell()
        (told,) = bridge.said
        assert told.startswith("of a run that has ended: change.comment has waited since")
        assert effect in told

    bridge.play(scene())


def test_that_where_nobody_listens_nothing_is_told(loop: VirtualLoop) -> None:
    bridge = quiet(loop)

    async def scene() -> None:
        await bridge.night()
        await lost(bridge, "word")
        bridge.systems_down.add(DESK)
        await bridge.deliver(times=10, pause=1.0)
        Teller(bridge.dispatcher, bridge.clock, None).tell()
        assert bridge.said == []

    bridge.play(scene())


def test_that_a_night_tells_of_a_system_that_is_away_and_back(loop: VirtualLoop) -> None:
    bridge = Bridge(loop, release(Runbook(steps=(deploy("a", PAY),))), answers={"m": (Word.DONE,)})
    bridge.fails("perform", times=1)
    bridge.fails("find", times=4)
    bridge.play(bridge.conduct())
    away, back = bridge.said
    assert away.startswith("ci does not answer since")
    assert back.startswith("ci answers again after")
