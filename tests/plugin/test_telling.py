"""A whole run with values, models and an environment that would do harm where they are told."""

import email
import re
from email.policy import default

import pytest
from support.project import Finished, Project, text_in

EVIL = "AA\n::error file=a.py::\x1b[31mboo ##[error]"
TOML = """
[models.churn]
task = "binary"
data = "churn.parquet"
target = "left"
prediction = "predicted"
thresholds = { accuracy = 0.7 }

[[models.churn.segments]]
by = "city"
thresholds = { accuracy = 0.99 }
max_gap = { accuracy = 0.001 }

[models.broken]
task = "binary"
model = { python = "deployed:model" }
data = "churn.parquet"
target = "left"
thresholds = { accuracy = 0.7 }

[models.large]
task = "binary"
data = "churn.parquet"
target = "lefft"
prediction = "predicted"
thresholds = { accuracy = 0.7 }
"""
MODEL = """
import warnings

class Model:
    feature_names_in_ = ["city"]

    def predict(self, frame):
        print("::add-mask::x")
        print("password=hunter2")
        warnings.warn("\\n::error::warned of https://me:hunter2@db/x")
        kind = type("Odd\\n::error::Kind", (Exception,), {})
        raise kind("at https://me:hunter2@db/x: " + frame.city[0] + "\\n::error::no" + "y" * 99_999)

model = Model()
"""
SECRETS = {"BUILD_URL": "https://user:hunter2@ci.example.com/job/1/", "GIT_URL": "git@host:a"}


@pytest.fixture(scope="module")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Finished:
    cities = ["Tromsø", EVIL, "Bergen", ""]
    columns: dict[str, list[object]] = {
        "city": [city for city in cities for _ in range(40)],
        "left": [k % 2 for k in range(160)],
        "predicted": [k % 2 if k > 12 else 1 for k in range(160)],
        **{f"column_{k}": [0] * 160 for k in range(3_000)},
    }
    project = Project(tmp_path_factory.mktemp("telling"))
    project.write("thresholds.toml", TOML).write("deployed.py", MODEL)
    project.log("churn.parquet", columns)
    arguments = [
        "-v",
        "-rA",
        "--checks-charts=none",
        "--junitxml=junit.xml",
        "--checks-email-dry-run",
        "--checks-gate",
    ]
    arguments += ["--metadata", "api_token", "hunter2"]
    return project.run(*arguments, **SECRETS)


def test_no_line_is_a_command_and_none_has_an_escape(finished: Finished) -> None:
    told = [line for line in finished.lines if re.match(r"\s*(::|##)", line) or "\x1b" in line]
    assert told == []
    assert "##[error]" not in finished.text
    assert max(map(len, finished.lines)) < 3_000


def test_every_message_is_one_clean_line(finished: Finished) -> None:
    for check in finished.checks.values():
        assert re.search(r"[\x00-\x1f\x7f]|##\[|::(error|add-mask)", check["message"]) is None
        assert len(check["message"]) < 1_000


def test_no_secret_is_told_anywhere(finished: Finished) -> None:
    assert "hunter2" not in finished.text
    assert "https://ci.example.com/job/1/" in finished.text
    written = [path for path in finished.folder.rglob("*") if path.suffix not in (".py", ".pyc")]
    for path in written:
        assert path.is_dir() or b"hunter2" not in path.read_bytes(), path


def test_a_model_s_error_is_told_without_its_row(finished: Finished) -> None:
    assert finished.checks["broken-accuracy"]["message"].startswith(
        "broken-accuracy: model 'deployed:model': predict raised Odd : :error::Kind: "
        "at https://db/x: [hidden] : :error::noyyy"
    )


def test_of_many_columns_the_nearest_are_told(finished: Finished) -> None:
    message = finished.checks["large-accuracy"]["message"]
    assert "target 'lefft' is no column; did you mean 'left'? known: left" in message
    assert message.endswith(" and 3,002 more")


def test_a_value_that_no_id_can_hold_is_shown_wherever_the_id_is(finished: Finished) -> None:
    [name] = [name for name in finished.checks if "Troms" in name]
    shown = f"{name} (city = Tromsø)"
    assert re.fullmatch(r"churn-accuracy-city=Troms~[0-9a-f]{12}", name)
    assert finished.checks[name]["message"].startswith(f"{shown}: 0.")
    assert f"{shown}: 0." in finished.text
    case = finished.junit()[f"test_threshold[{name}]"]
    assert case[1].attrib["message"].startswith(f"{shown}: ") or shown in "".join(case.itertext())
    rows = [text_in("".join(row["resultsTableRow"])) for row in finished.report_rows()]
    assert [shown in row for row in rows].count(True) == 1
    mail = email.message_from_bytes(
        (finished.report_dir / "email.eml").read_bytes(), policy=default
    )
    text = mail.get_body(("plain",))
    assert text is not None
    assert shown in " ".join(text.get_content().split())
