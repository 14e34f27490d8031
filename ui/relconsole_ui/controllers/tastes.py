"""A person's taste as several controllers change it, each change kept at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from relconsole_ui.presenters.taste import Taste, ThemeWish


class Tastes:
    """The taste as it is remembered now, whoever changed it last, and what keeps a change."""

    def __init__(self, read: Callable[[], Taste], keep: Callable[[Taste], None]) -> None:
        """Take what reads it, and what keeps it."""
        self._read = read
        self._keep = keep

    @property
    def known(self) -> Taste:
        """Give the taste as it is."""
        return self._read()

    def change(
        self,
        *,
        theme: ThemeWish | None = None,
        scale: float | None = None,
        reduced_motion: bool | None = None,
        letters: bool | None = None,
        zone: str | None = None,
    ) -> None:
        """Change what is given, and keep it."""
        known = self.known
        changed = replace(
            known,
            theme=known.theme if theme is None else theme,
            scale=known.scale if scale is None else scale,
            reduced_motion=known.reduced_motion if reduced_motion is None else reduced_motion,
            letters=known.letters if letters is None else letters,
            zone=known.zone if zone is None else zone,
        )
        self._keep(changed)
