"""Training of the reader of single characters in comb cells."""
