"""The house's rules: pure, synchronous, standard library only."""
