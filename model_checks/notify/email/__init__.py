"""How administrators are told: what a mail says, and how it is handed to a server."""
