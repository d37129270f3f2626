"""Predictions -> statistics, once for all checks of a model."""
