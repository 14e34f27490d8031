"""The application: composes consoles with the window, one after the other."""

from relconsole_ui.application.living import live

__all__ = ["live"]
