"""Hides what a text from outside must not show: logins in addresses, signatures, passwords."""

import re

_HIDDEN = r"\g<name>[hidden]"

_TELLTALE = ("pass", "pwd", "secret", "token", "key", "sig", "credential")
_NAME = (
    r"(?:pass(?:word|wd|phrase)|pwd|secret|token|credentials?|[_-]pass|"
    r"(?<![a-z])pass(?=\s{0,8}=)|(?:signature|(?<![a-z])sig)"
    r"(?!\s{0,8}=\s{0,8}(?:\(|\d{1,8}(?:\.\d{1,8})?(?![\w.%+/=-])))|"  # no function's, no number
    r"(?:api|access|private|account|shared|signing|encryption|secret)[_-]?key(?:[_-]?id)?)\d{0,3}"
)
_SENTENCE = (
    r"\s(?:an?|the|no|not|is|are|was|has|had|have|holds?|must|can|could|can't|does|did|should|will|"
    r"there|more|at|in|of|to|it|needs?|missing|empty|invalid|unknown|unexpected|expected)\b|"
    r"(?<=token:)\s[^\d\s]{1,30}\s(?:is|are|was|at|in|on|not|found)\b"  # a token of a parser
)
"""Words behind a colon that begin a sentence and no password: ``secret: no such file``."""

_QUOTED = r"[bu]?(?P<quote>\\*[\"'])(?:(?!(?P=quote))(?:\\.|[^\\])){0,999}(?P=quote)"
_NEXT_PAIR = r"[,;&]\s{0,3}[\"']?[\w.-]{1,40}[\"']?\s{0,3}[=:]"
_SIGN = (
    r"(?:\\*[\"']?\]?\s{0,8}(?:=>|:=|==?|%(?:25)*3[AD])|"
    rf"\s{{0,8}}:(?!:|{_SENTENCE})|"
    r"\\*[\"']\s{0,8}:(?=\s{0,8}(?:[bu]?\\*[\"']|\d|\{)))\s{0,8}"
)
_PAIR = re.compile(
    rf"(?P<name>{_NAME}{_SIGN})(?!\[hidden\])"
    rf"(?:{_QUOTED}|\{{[^}}]{{0,999}}\}}|(?:(?!{_NEXT_PAIR})\S)+)",
    re.IGNORECASE | re.DOTALL,
)
"""A secret's name and value, as a query, an option, a header, TOML, JSON or Python has them."""

_HEADER = re.compile(
    rf"(?P<name>authorization\\*[\"']?\s{{0,8}}[=:]\s{{0,8}})"
    rf"(?!\[hidden\])(?:{_QUOTED}|(?:[a-z][\w-]{{0,20}}[ \t]+)?\S+)",
    re.IGNORECASE | re.DOTALL,
)
_BEARER = re.compile(r"(?P<name>\bbearer[ \t]+)[\w.~+/=-]{8,}", re.IGNORECASE)

_OPTION = re.compile(
    rf"(?P<name>--(?:[a-z]{{1,20}}-){{0,3}}(?:pass(?:word|wd|phrase)?|token|secret|api-key)[ \t]+)"
    rf"(?!\[hidden\]|-)(?:{_QUOTED}|\S+)",
    re.IGNORECASE | re.DOTALL,
)
_CURL = re.compile(
    r"(?P<name>\bcurl\b[^\n]{0,300}?\s(?:-u|--user)[ \t=]{0,3}[\"']?[^\s:\"']{1,100}:)"
    r"(?!\[hidden\])[^\s\"']+"
)
_ELEMENT = re.compile(
    r"(?P<name><[\w.:-]{0,40}(?:passw(?:or)?d|secret|token|api_?key)>)(?!\[hidden\])[^<]+",
    re.IGNORECASE,
)
_IDENTIFIED = re.compile(
    rf"(?P<name>\bidentified\s(?:with\s\S{{1,40}}\s)?by\s(?:password\s)?){_QUOTED}",
    re.IGNORECASE | re.DOTALL,
)
_COOKIE = re.compile(
    rf"(?P<name>\bcookie\\*[\"']?\s{{0,8}}:\s{{0,8}}+)(?!\[hidden\])(?:{_QUOTED}|[^\n\"']+)",
    re.IGNORECASE | re.DOTALL,
)
_BARE = re.compile(
    r"(?P<name>)(?:\b(?:gh[pousr]_|github_pat_)\w{10,}|\beyJ[\w-]{8,}\.[\w-]{2,}(?:\.[\w-]*)?)"
)
_PEM = re.compile(
    r"(?P<name>-----BEGIN [A-Z0-9 ]{1,40}-----)(?!\[hidden\]).+?"
    r"(?:-----END [A-Z0-9 ]{1,40}-----|\Z)",
    re.DOTALL,
)
_HOOK = re.compile(
    r"(?P<name>hooks\.slack(?:-gov)?\.com/\w{1,20}/)(?!\[hidden\])[^\s\"'<>]+", re.IGNORECASE
)
_OTHERS = {
    "--": _OPTION,
    "curl": _CURL,
    "</": _ELEMENT,
    "identified": _IDENTIFIED,
    "cookie": _COOKIE,
    "_": _BARE,
    "eyj": _BARE,
    "-----begin": _PEM,
    "hooks.slack": _HOOK,
}
"""Patterns of further secrets, each under lower-case text that any match must contain."""

_LOGIN = re.compile(
    r"(?P<slashes>//|\\{1,4}/\\{1,4}/)(?!user:password@)(?:"  # an example, no login
    r"(?<=://)[^\s/?#:@'\"]*:(?!\s)(?:(?!://)\S)*@|"  # up to the last @ of the word
    r"[^\s/?#:@'\"]*:(?!\s)(?:(?!//)\S)*@|"
    r"[^\s/?#:@'\"]*:(?!\s|\d{1,5}(?:[/?#\s'\",;)\]]|$))(?:(?!//)[^\n@]){1,200}@|"  # with blanks
    r"(?<!\w//)[^\s/?#@'\"]+@)"
)
_ENCODED = re.compile(
    r"(?P<slashes>(?::|%(?:25)*3A)(?:%(?:25)*2F){2})"
    r"(?:(?!%(?:25)*2F%(?:25)*2F)[^\s'\"&<>])*(?:@|%(?:25)*40)",
    re.IGNORECASE,
)
_ADDRESS = re.compile(
    r"(?<![A-Za-z0-9+.-])(?P<scheme>[A-Za-z][A-Za-z0-9+.-]{0,40})://(?P<rest>[^\s'\"]+)"
)


def without_secrets(text: str) -> str:
    """Return a text without the logins and queries of its addresses, and the values of secrets.

    Queries go because a signature in one opens the file to everybody. Line breaks stay.

    >>> without_secrets("no access to 'https://me:p/w@host/log.csv?X-Amz-Signature=abc'")
    "no access to 'https://host/log.csv?...'"
    >>> without_secrets("password='a b' host=db, tokens=3; see password_env")
    'password=[hidden] host=db, tokens=3; see password_env'
    """
    if "//" in text or "/\\" in text:
        text = _LOGIN.sub(r"\g<slashes>", text)
        text = _ADDRESS.sub(lambda found: _shown(found[0]), text)
    lowered = text.lower()
    if "2f" in lowered and "%" in lowered:
        text = _ENCODED.sub(r"\g<slashes>", text)
    if "authorization" in lowered or "bearer" in lowered:
        text = _BEARER.sub(_HIDDEN, _HEADER.sub(_HIDDEN, text))
    for word, pattern in _OTHERS.items():
        if word in lowered:
            text = pattern.sub(_HIDDEN, text)
    if any(word in lowered for word in _TELLTALE):
        text = _PAIR.sub(_HIDDEN, text)
    return text


def parted(address: str) -> tuple[str, str]:
    """Return an address without its query, and the query; in a store ``?`` may be a wildcard."""
    scheme = address.partition("://")[0].lower()
    behind = r"[?#].*" if scheme in ("https", "http") else r"\?[^/?]*=[^?]*$"
    match = re.search(behind, address, re.DOTALL)
    if match and scheme in ("s3", "gs") and "/" in match[0].partition("=")[0]:
        match = None
    return (address[: match.start()], match[0]) if match else (address, "")


def _shown(address: str) -> str:
    path, query = parted(address)
    return f"{path}?..." if query else path
