"""What is seen before there is a night: loading, and where to begin."""
