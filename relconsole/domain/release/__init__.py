"""The release record: what goes where, when, by whom, under which change."""
