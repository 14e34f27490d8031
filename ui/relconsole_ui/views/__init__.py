"""One folder a room; a view paints the rows it was given and tells what a person wants."""
