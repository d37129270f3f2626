"""Where the rows are read and the SQL runs; one outside library per file."""
