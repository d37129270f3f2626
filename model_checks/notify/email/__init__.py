"""E-mail as a channel: what a mail says, and how it is handed to a server."""
