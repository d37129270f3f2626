"""Files come whole, and may be read by whom the umask says, as any other that a program makes."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.project import CHURN, churn_project

from model_checks.store.files import write_whole

UMASKS = [0o022, 0o027, 0o002, 0o077, 0o000]
UNREACHABLE = """
[email]
sender_email = "checks@example.com"
receiver_email = "ann@example.com"
smtp_host = "localhost"
smtp_port = 1
security = "none"
timeout = 2
"""


@contextmanager
def masked(umask: int) -> Iterator[None]:
    before = os.umask(umask)
    try:
        yield
    finally:
        os.umask(before)


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize("umask", UMASKS)
def test_a_file_may_be_read_by_whom_the_umask_says(tmp_path: Path, umask: int) -> None:
    with masked(umask):
        write_whole(tmp_path / "ours", b"whole")
        (tmp_path / "plain").write_bytes(b"whole")
    assert mode_of(tmp_path / "ours") == mode_of(tmp_path / "plain") == 0o666 & ~umask


def test_a_file_that_was_there_is_replaced_with_nothing_left_beside(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_bytes(b"old")
    path.chmod(0o600)
    with masked(0o022):
        write_whole(path, b"new")
    assert (path.read_bytes(), mode_of(path)) == (b"new", 0o644)
    assert [one.name for one in tmp_path.iterdir()] == ["results.json"]


def test_a_file_that_can_not_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    path = tmp_path / "results.json"
    path.write_bytes(b"old")
    with pytest.raises(TypeError, match="bytes-like"):
        write_whole(path, "no bytes")  # type: ignore[arg-type]
    assert path.read_bytes() == b"old"
    assert [one.name for one in tmp_path.iterdir()] == ["results.json"]


@pytest.mark.parametrize(
    ("umask", "files", "option"),
    [
        (0o027, "unsent-*.eml", "--checks-charts=none"),
        pytest.param(0o002, "email.eml", "--checks-email-dry-run", marks=pytest.mark.slow),
    ],
)
def test_every_file_of_a_run_and_its_folder_keep_the_umask(
    tmp_path: Path, umask: int, files: str, option: str
) -> None:
    project = churn_project(tmp_path, CHURN.replace("0.7,", "0.99,") + UNREACHABLE)
    with masked(umask):
        finished = project.run(option)
    patterns = ("report.html", "results.json", "summary.html", files)
    written = [one for pattern in patterns for one in finished.report_dir.glob(pattern)]
    assert len(written) == len(patterns)
    assert {mode_of(path) for path in written} == {0o666 & ~umask}
    assert mode_of(finished.report_dir) == 0o777 & ~umask
