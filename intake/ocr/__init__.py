"""Pixels: where a page lies, what ink stands where, what the strokes say. Knows no meaning of any form."""
