"""What was measured and what was agreed -> verdicts."""
