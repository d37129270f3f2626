"""Settings and the segment values in the data -> checks, and what no rows could meet."""
