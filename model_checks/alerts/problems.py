"""Why a mail was not delivered: what happened, and what a person can do about it."""

ASCII_ONLY = "the server takes no address with characters outside ASCII (no SMTPUTF8)"

REFUSED = {
    "connect": ("the server refuses the connection", "ask its administrator"),
    "encrypt": ("the server refuses STARTTLS", "nothing is sent in clear text"),
    "log in": ("the server refuses the login as {username}", "check username and {password}"),
    "address": ("the server refuses the sender {sender}", "check sender_email"),
    "hand over": ("the server refuses the mail", "ask its administrator"),
}
"""By what was being done when the server said no."""

NOT_OFFERED = {
    "encrypt": (
        "the server offers no STARTTLS, and nothing is sent in clear text",
        'check smtp_port, or set security = "tls" if that port is encrypted from the start',
    ),
    "log in": (
        "the server offers no login that is known here (PLAIN, LOGIN, CRAM-MD5)",
        "leave username out if it needs none",
    ),
    "address": (ASCII_ONLY, "check sender_email"),
}
"""By what was being done when the server turned out not to know how."""

BROKEN = {
    "certificate": (
        "the server's certificate is not trusted ({detail})",
        "give smtp_host the name it is made for, or let SSL_CERT_FILE name its authority",
    ),
    "tls": ("no TLS ({detail})", "check that smtp_port and security go together"),
    "name": ("the host can't be found ({detail})", "check smtp_host and the DNS"),
    "nobody there": ("nothing listens there", "check smtp_host and smtp_port"),
    "silence": ("no answer within {timeout} s", "check smtp_port and security, or raise timeout"),
    "too slow": ("not done after {patience} s", "try again later"),
    "closed": ("the server closed the connection", "try again later"),
    "network": ("{detail}", "check smtp_host and the network"),
    "other": ("the mail can't be sent ({detail})", "check the [email] table"),
}
"""By what broke, where no server said anything."""

UNSURE = " while the mail was handed over, so it may have arrived"
