"""The application: composes consoles with the window, one after the other.

Qt's binding puts a hook of its own before every import, which reads the source of each module to
see whether it asks for names in another style. Nobody here does, and it doubles what an import
takes; so the plain import is put back before the rest of the window is brought in, and what was
read is let go.
"""

import builtins
import linecache

builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
linecache.clearcache()
