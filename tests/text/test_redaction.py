"""Secrets in texts from outside: none is told, and nothing else is lost."""

import pytest

from model_checks.text.redaction import without_secrets

SECRET = "hunter2"


@pytest.mark.parametrize(
    "text",
    [
        "postgresql://me:hunter2@db/log",
        "postgresql://me:h@/w?o#hunter2@host/db is down",
        "https://me:hun'hunter2@host/x",
        "https://me:a hunter2@host/x",
        "https://me:hunter2@one/x,https://me:hunter2@two/y",
        "'https://me:hunter2@one/x' and \"s3://a:hunter2@two/y\"",
        "https://hunter2@github.com/x",
        "https://me:p%40hunter2@host/x",
        "url=https%3A%2F%2Fme%3Ahunter2%40host%2Fx",
        "https%253A%252F%252Fme%253Ahunter2%2540host%252Fx",
        r"https:\/\/me:hunter2@host\/x",
        "//me:hunter2@host/x",
        "https://host/x?X-Amz-Signature=hunter2",
        "?X-Amz-Credential=hunter2/eu&X-Amz-Signature=hunter2&X-Amz-Security-Token=hunter2",
        "sc://host:15002/;token=hunter2;user_id=me",
        "jdbc:postgresql://db/x?user=me&password=hunter2",
        "Server=db;User Id=sa;Password=hunter2;Database=x",
        "PWD={hunter2;x};",
        "host=db password='a hunter2' dbname=x",
        "AWS_SECRET_ACCESS_KEY=hunter2 aws_access_key_id: hunter2",
        '{"password": "hunter2", "user": "me"}',
        r"{\"api_key\": \"hunter2\"}",
        "{'password': 'a\\'hunter2'}",
        "kwargs['passwd'] = 'hunter2'",
        "apikey: hunter2",
        "client_secret=hunter2",
        "passwd=pa,hunter2",
        "access_key = hunter2, sig=hunter2",
        "Authorization: Bearer hunter2",
        "Authorization: Basic hunter2==",
        "{'Authorization': b'Basic hunter2'}",
        "curl -H 'authorization: token hunter2'",
        "sent bearer hunter2hunter2",
        "DB_PASS='hunter2'",
        "PASS=hunter2",
        "db_pass: hunter2",
        "psql --password hunter2 --db-token 'a hunter2'",
        "curl -s -u me:hunter2 https://host/x",
        "curl --user 'me:hunter2' host",
        "<password>hunter2</password>",
        "create user me identified by 'hunter2'",
        "Cookie: session=hunter2; other=hunter2",
        "{'Set-Cookie': 'a=hunter2'}",
        "no access for ghp_hunter2hunter2hunter2",
        "sent eyJhbGciOiJIUzI1NiJ9.hunter2.hunter2",
        "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
        "-----BEGIN RSA PRIVATE KEY-----\nhunter2 ...",
        "https://hooks.slack.com/services/T0/B0/hunter2",
        "postgres://me:a//hunter2@h",
    ],
)
def test_a_secret_is_not_told(text: str) -> None:
    told = without_secrets(text)
    assert SECRET not in told
    assert without_secrets(told) == told


@pytest.mark.parametrize(
    "text",
    [
        "tokens=3 features",
        "expected token: ] at line 3",
        "token: foo is not in vocabulary",
        "sig=3.5, signature=(x, y)",
        "a//b@c",
        "first pass: 3 rows, bypass=1, identified by its key",
        "password_env and password_file are both given; keep one",
        "password_file secret: is empty",
        "the environment variable DB_PASSWORD, a database's URL, is not set",
        "MODEL_TOKEN: no connection could be made (OSError)",
        "by = 'token': must be a list",
        "such as postgresql+psycopg://user:password@host:5432/name",
        "sigma=3, design=4, config: x, n_secrets=2, passing=5",
        "s3://bucket/day=0?/log-?.csv",
        "https://host:9000/bucket/log.parquet",
        "spark 'sc://host:15002' and a@b.example",
        "the database refused the login; check the user and the password in its URL",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    assert without_secrets(text) == text


def test_lines_stay() -> None:
    assert without_secrets("a\npassword=hunter2\nb") == "a\npassword=[hidden]\nb"
