"""What tests share: sample data, real servers and engines, and whole projects."""
