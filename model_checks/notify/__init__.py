"""Whom a run is told to, and by which channel."""
