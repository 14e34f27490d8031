"""The sheet of an act that two people do."""
