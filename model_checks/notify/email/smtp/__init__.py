"""The only place that knows SMTP and TLS: one try to hand a mail to a server."""

from model_checks.notify.email.smtp.attempt import Attempt, attempt

__all__ = ["Attempt", "attempt"]
