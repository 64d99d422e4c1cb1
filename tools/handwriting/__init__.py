"""Real handwriting for measuring and training: pens, scanned digits, fonts, and who is kept for which part."""
