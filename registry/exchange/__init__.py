"""Records in files: out of a registry and into one, as JSON Lines or CSV."""
