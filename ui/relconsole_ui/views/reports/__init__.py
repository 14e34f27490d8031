"""The night reports: the list of nights, the page, and what is to be done before it goes out."""
