"""When work may happen: freezes, maintenance windows, reservations and trains.

A booking is all that this concept knows of a release.
"""
