"""A17: each state looks as it is kept in both themes; `make screenshots` renews what is kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from relconsole_ui.design.look import Look
from relconsole_ui.design.tokens import ThemeName
from tests.gui.screens.pictures import KEPT, difference, load, picture_of, save
from tests.gui.screens.states import STATES

TOLERANCE = 0.005


@pytest.mark.parametrize("name", list(STATES))
def test_that_a17_a_state_looks_as_it_is_kept(name: str, dressed: Look, tmp_path: Path) -> None:
    dressed.change(reduced_motion=True)
    console = STATES[name].make(dressed)
    try:
        for theme in (ThemeName.DARK, ThemeName.LIGHT):
            dressed.change(theme=theme)
            console.show(*STATES[name].size)
            seen = picture_of(console)
            kept = KEPT / f"{name}-{theme.value}.png"
            differs = difference(seen, load(kept))
            if differs > TOLERANCE:
                save(seen, tmp_path / kept.name)
            assert differs <= TOLERANCE, f"{kept.name}: {differs:.2%}, now in {tmp_path}"
    finally:
        console.close()


def test_that_a17_every_kept_picture_is_of_a_state_and_small() -> None:
    names = {f"{name}-{theme}.png" for name in STATES for theme in ("dark", "light")}
    kept = list(KEPT.glob("*.png"))
    assert {path.name for path in kept} == names
    assert [path.name for path in kept if path.stat().st_size > 160_000] == []


def test_that_a17_a_panel_that_is_missing_is_told_apart(dressed: Look) -> None:
    console = STATES["bridge-calm"].make(dressed)
    try:
        console.show()
        whole = picture_of(console)
        console.bridge.panels.card.hide()
        console.settle()
        assert difference(whole, picture_of(console)) > TOLERANCE
        assert difference(whole, whole[:-1]) == 1.0
    finally:
        console.close()
