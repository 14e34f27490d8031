"""Where answers come from before a screen: from the acts of people, at any time."""

from __future__ import annotations

from relconsole.ports.questions import Answered, Question


class ScreenAsker:
    """Never answers by itself; whoever sits before the screen still may."""

    def answer(self, question: Question) -> Answered | None:
        """Give no answer."""
        del question
        return None

    def may_still_answer(self, question: Question) -> bool:
        """Tell that an answer may still come."""
        del question
        return True
