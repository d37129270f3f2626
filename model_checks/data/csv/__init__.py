"""CSV files -> their fields as text; what a file looks like is found out where it is plain."""
