"""Hides the password of a login in whatever a server repeats."""

import base64
import re

from model_checks.text import clean


class Secrets:
    """A password in every form in which a server gets to see it: as it is, and as it is sent.

    >>> secrets = Secrets("me", "pass word")
    >>> secrets.hidden("no 'PASS WORD', no cGFzcyB3b3Jk, no AG1lAHBhc3Mgd29yZA==")
    "no '[hidden]', no [hidden], no [hidden]=="
    """

    def __init__(self, username: str, password: str) -> None:
        plain = [password, f"\0{username}\0{password}"] if password else []
        sent = [base64.b64encode(form.encode("utf-8", "replace")).decode("ascii") for form in plain]
        whole = [*plain[:1], *(form.rstrip("=") for form in sent)]
        # A server may break what it repeats into lines, so blanks may stand anywhere. Those of the
        # password itself are left out: beside optional ones they could match in too many ways.
        forms = {"".join(form.split()) for form in whole} - {""}
        longest_first = sorted(forms, key=len, reverse=True)
        texts = [r"\s*+".join(map(re.escape, form)) for form in longest_first]
        self._pattern = re.compile("|".join(texts), re.IGNORECASE) if texts else None

    def hidden(self, text: str) -> str:
        """Return a text as one line with the password hidden, and shortened only after that."""
        return clean(self._pattern.sub("[hidden]", text) if self._pattern else text, 300)

    def answer(self, code: int, text: bytes | str) -> str:
        """Return what a server said, code and words, with the password hidden."""
        told = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
        return self.hidden(f"{code} {told}" if code > 0 else told)
