"""Journal and cache on SQLite, by SQLAlchemy Core; the only place that knows SQL.

The public face is ``opening`` (open a journal, to write or to read), ``journal`` (what is given),
``cache`` and ``projection``. No rule of the trade lives here.
"""
