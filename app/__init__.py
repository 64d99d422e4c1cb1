"""The composition root: settings, wiring, command line, web app, worker, watcher, case flow."""

__version__ = "0.1.0"
