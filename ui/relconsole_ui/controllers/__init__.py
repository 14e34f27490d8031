"""One small class a room: listens, presents, feeds its view, submits what a person wants."""
