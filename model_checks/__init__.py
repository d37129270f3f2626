"""Judge deployed models against the bounds agreed in thresholds.toml, as pytest tests."""
