"""Alerts: when one is due, and the channels that carry it."""
