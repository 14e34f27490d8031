"""Keys of people on the page: compared, confirmed here or by another process, revoked."""

from typing import cast

import pytest
from PySide6.QtCore import Qt

from relconsole.ports.credentials import Secret
from relconsole_ui.design.look import Look
from relconsole_ui.views.settings.people import PeopleView
from tests.gui.bot import Bot
from tests.gui.settings.kit import MARKS, Kit, run
from tests.helpers.fakes.signing import passphrase_of
from tests.unit.presenters import scenes
from tests.unit.presenters.night_plan import ASHA, JO, MARA


class Page:
    """The section, shown, with whoever opened a key."""

    def __init__(self, kit: Kit, bot: Bot) -> None:
        self.kit = kit
        self.bot = bot
        self.view = cast("PeopleView", kit.parts.page.view("people"))
        bot.show(kit.parts.page, 1500, 860)
        for person in (JO, ASHA, MARA):
            run(kit.parts.key._keeper.open(person, Secret(passphrase_of(person))))
        kit.parts.open("people")
        kit.room.show()

    def choose(self, person: str) -> None:
        mark = next(mark for owner, mark in MARKS.items() if owner == person)
        self.view.rows.setCurrentIndex(
            self.view.rows.model().index([row.key for row in self.view.rows.rows].index(mark), 0)
        )

    def compare(self, person: str, means: str = "read out on the phone") -> None:
        self.choose(person)
        self.bot.click(self.view.key.confirm)
        self.view.form.means.setText(means)

    @property
    def counting(self) -> set[str]:
        return set(self.kit.stage.state.keys.effective)


@pytest.fixture
def page(dressed: Look, bot: Bot) -> Page:
    return Page(Kit(dressed, bot, scenes.before()), bot)


def test_that_the_first_two_people_confirm_each_other_and_both_count(page: Page) -> None:
    page.compare(JO)
    page.bot.click(page.view.form.confirm)
    assert "Now Jo Reyes confirms the key that is open here" in page.view.form.notice.text()
    assert page.counting == set()
    page.bot.click(page.view.form.leave)
    page.compare(MARA)
    form = page.view.form
    assert (form.confirm.isEnabled(), form.why.text()) == (False, "Nobody confirms their own key.")
    form.second.setCurrentIndex(form.second.findData(JO))
    form.passphrase.setText(passphrase_of(JO))
    page.bot.click(form.sign)
    assert page.counting == {MARA, JO}
    assert page.kit.stage.desk.person == MARA
    assert form.passphrase.text() == ""
    assert not form.isVisible()


def founded(page: Page) -> None:
    test_that_the_first_two_people_confirm_each_other_and_both_count(page)


def test_that_two_fingerprints_are_shown_to_be_compared(page: Page) -> None:
    page.choose(JO)
    bot, view = page.bot, page.view
    bot.click(view.key.confirm)
    assert [line.text() for line in view.form.other.lines] != [
        line.text() for line in view.form.own.lines
    ]
    assert "Jo Reyes" in view.form.other.accessibleName()
    assert (view.form.confirm.isEnabled(), view.form.confirm.why) == (
        False,
        "it is not said how it was compared",
    )


def test_that_a_wrong_passphrase_of_the_second_confirms_nothing(page: Page) -> None:
    founded(page)
    page.compare(ASHA)
    form = page.view.form
    form.passphrase.setText("guess")
    page.bot.key(form.passphrase, Qt.Key.Key_Return)
    assert "does not open the key" in form.notice.text()
    assert form.passphrase.text() == ""
    assert page.counting == {MARA, JO}


def test_that_a_request_file_is_laid_down_and_its_answer_taken(page: Page) -> None:
    founded(page)
    page.compare(ASHA)
    form = page.view.form
    page.bot.click(form.file)
    assert form.place.text().endswith(".request.json")
    page.bot.click(form.copy)
    assert page.kit.told[-1] == f"copied {form.place.text()}"
    page.kit.requests.signs(JO)
    answer = run(page.kit.requests.answer_to(list(page.kit.requests.requests)[-1]))
    asked = page.kit.parts.people._asked
    assert asked is not None
    page.kit.parts.people._take(asked, answer)
    assert page.counting == {MARA, JO, ASHA}


def test_that_a_broken_answer_is_told_and_waited_on(page: Page) -> None:
    founded(page)
    page.compare(ASHA)
    page.bot.click(page.view.form.file)
    page.kit.requests.broken = "The answer cannot be read."

    async def look_once() -> None:
        import asyncio

        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.05):
                await page.kit.tasks.polls[-1]()

    run(look_once())
    assert page.view.form.notice.text() == "The answer cannot be read."


def test_that_a_key_is_revoked_with_a_reason(page: Page) -> None:
    founded(page)
    page.choose(JO)
    page.bot.click(page.view.key.revoke)
    page.view.key.reason.field.setText("left the team")
    page.bot.key(page.view.key.reason.field, Qt.Key.Key_Return)
    assert page.counting == {MARA}
    assert "Revoked by Mara Okafor" in page.view.key.history.text()
    assert page.view.key.note.text() == "revoked"


def test_that_the_history_of_a_key_is_told_from_the_record(page: Page) -> None:
    founded(page)
    page.choose(JO)
    told = page.view.key.history.text().splitlines()
    assert [line.split()[0] for line in told] == ["Registered", "Confirmed"]


def test_that_a_refusal_stands_where_it_was_wanted(page: Page) -> None:
    page.choose(JO)
    page.kit.stage.desk.sign_as(None)
    page.view.key.revoked.emit(MARKS[JO], "x")
    assert page.view.key.notice.text()


def test_that_every_row_is_spoken_as_a_sentence(page: Page) -> None:
    spoken = [row.sentence for row in page.view.rows.rows]
    assert spoken[0].startswith("Key of Asha Nair, not confirmed")
