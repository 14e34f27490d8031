"""The brief, and who may hand the command over."""

from relconsole.domain.night.bridge_commands import OfferHandover
from relconsole_ui.presenters.brief import present_brief
from tests.unit.presenters.night_plan import INES, JO, MARA, RUN
from tests.unit.presenters.scenes import alarm, before, calm, finished


def test_that_before_the_night_there_is_nothing_to_tell() -> None:
    rows = present_brief(before().seen())
    assert (rows.text, rows.digest) == ("The night has not been opened.", None)
    assert not rows.may_offer


def test_that_the_brief_tells_the_night_and_bears_its_digest() -> None:
    rows = present_brief(alarm().seen())
    assert rows.title == "Brief, 02:17"
    assert "Payments Core 2026.4 cutover" in rows.text
    assert rows.digest is not None
    assert rows.text.rstrip().endswith(rows.digest)


def test_that_a_brief_for_somebody_is_another_one() -> None:
    seen = calm().seen()
    rows = present_brief(seen, JO)
    assert rows.title == "Brief for Jo Reyes, 02:11"
    assert rows.digest != present_brief(seen).digest


def test_that_the_commander_offers_and_nobody_else() -> None:
    stage = calm()
    rows = present_brief(stage.seen())
    assert (rows.standing, rows.may_offer, rows.may_accept) == ("Mara Okafor commands", True, False)
    assert MARA not in {each.key for each in rows.people}
    assert rows.people[0].says == "Asha Nair"
    for person in (INES, None):
        other = present_brief(stage.seen(person=person))
        assert (other.may_offer, other.why) == (False, "Mara Okafor hands the command over.")


def test_that_whoever_it_is_offered_to_may_accept() -> None:
    stage = calm()
    digest = present_brief(stage.seen(), INES).digest
    assert digest is not None
    stage.do("02:12", OfferHandover(run=RUN, to=INES, brief=digest))
    rows = present_brief(stage.seen(person=INES))
    assert rows.standing == "Mara Okafor offers the command to Ines Duarte"
    assert (rows.may_offer, rows.may_accept, rows.why) == (False, True, "")


def test_that_after_the_night_nobody_hands_over() -> None:
    rows = present_brief(finished().seen())
    assert (rows.may_offer, rows.why) == (False, "The night is over.")
