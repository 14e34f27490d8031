"""What the command line says: text from elsewhere moves no cursor and paints no screen."""

import pytest

from relconsole.cli.words import answer, plain

ESCAPE = "Deploy\x1b[2J\u202e\x9b31m"


def test_that_an_answer_holds_nothing_that_a_terminal_obeys(
    capsys: pytest.CaptureFixture[str],
) -> None:
    answer({}, f"step: {ESCAPE}\nnext\tone", as_json=False)
    assert capsys.readouterr().out == "step: Deploy\ufffd[2J\ufffd\ufffd31m\nnext\tone\n"


@pytest.mark.parametrize("text", ["Zażółć", "עולם", "2\u00a0min 3\u202fs", "a\n\tb"])
def test_that_what_only_takes_room_or_is_of_another_script_stays(text: str) -> None:
    assert plain(text) == text
