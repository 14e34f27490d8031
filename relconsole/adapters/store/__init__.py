"""The store's folder: where everything of a console lies, and who may write there now."""
