"""Judge deployed models against the bounds agreed in thresholds.toml, as pytest tests."""

__version__ = "0.1.0"
