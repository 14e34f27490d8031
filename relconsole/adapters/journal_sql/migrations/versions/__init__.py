"""One module a step: ``form_NNNN`` makes form NNNN of the one before it."""
