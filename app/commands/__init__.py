"""The subcommands of `remsfax`, one file per thing an operator does.

Each imports what it needs inside its functions: `remsfax --help` and `remsfax forms list` must not load an OCR engine.
"""
