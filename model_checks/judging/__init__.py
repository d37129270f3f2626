"""Measurements and agreed bounds -> verdicts."""
