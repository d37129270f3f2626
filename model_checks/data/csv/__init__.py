"""CSV files -> their fields as text; the dialect is found out where it is plain."""
