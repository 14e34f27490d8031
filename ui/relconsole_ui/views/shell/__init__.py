"""Views that are there whatever page is open."""
