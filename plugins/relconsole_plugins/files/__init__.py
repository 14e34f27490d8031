"""Change records kept as YAML files in a folder, one file a record."""
