"""Benches of the reviewing desk: many reviewers at once, and a long queue with a long past."""
