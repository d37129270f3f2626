"""The record of a run: results.json, written whole or not at all."""
