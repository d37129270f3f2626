"""Loads the plugin in a clone; installed, its entry point does."""

pytest_plugins = ["model_checks.plugin"]
