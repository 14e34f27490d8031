"""What is said to somebody who asks for help, of a panel, a page and the program."""

from relconsole_ui.presenters.help import ELSEWHERE, HELP, about, help_for


def test_that_help_is_of_the_panel_before_the_page_and_of_the_console_elsewhere() -> None:
    assert help_for("poll", "bridge").title == "Go or no-go"
    assert help_for("", "settings").title == "Settings"
    assert help_for("", "bridge") is ELSEWHERE


def test_that_every_sentence_stands_alone_and_every_key_says_what_it_does() -> None:
    for words in (*HELP.values(), ELSEWHERE):
        assert words.says
        assert all(sentence.endswith(".") and "!" not in sentence for sentence in words.says)
        assert words.keys
        assert all(key and what and not what.endswith(".") for key, what in words.keys)


def test_that_the_program_says_its_version_and_where_the_record_lies() -> None:
    words = about("1.2", "3.11.7", "6.11.3", "/home/mara/night")
    assert words.says[0] == "Version 1.2, on Python 3.11.7 and Qt 6.11.3."
    assert "/home/mara/night" in words.says[1]
