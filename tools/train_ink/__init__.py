"""Training of the two small nets that give a second opinion on tick boxes and signature zones."""
