"""The views of the way back: card, armed sheet, progress, status page, prepared rollbacks."""
