"""Agreement: how far coders decide alike. Arithmetic only."""
