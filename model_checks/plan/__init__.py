"""Settings and the segment values that there are -> checks, and which of them no rows could meet."""
