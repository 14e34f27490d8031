"""The application: composes consoles with the window, one after the other."""
