"""The window around the views: rail, bars, the one action table, palette, layouts."""
