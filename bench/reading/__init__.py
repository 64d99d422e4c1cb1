"""How well faxes are read and how true the certainty is: a seeded generator of labelled faxes, and the report on them.

    python -m bench.reading make --part test --out FOLDER [--count N] [--faxline PATH]
    python -m bench.reading read FOLDER
    python -m bench.reading report FOLDER [--write docs/figures/reading.md]
    python -m bench.reading peers FOLDER --ocrmypdf PATH [--write docs/figures/reading-peers.md]
    python -m bench.reading calibrate --out FOLDER --version NAME --write intake/ocr/models/calibration.json

Hands, fonts, people and scanned digits of the three parts (fit, tune, test) are never the same: see `tools.handwriting.splits`.
"""
