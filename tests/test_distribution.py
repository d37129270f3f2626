"""The package as it is built, installed elsewhere, and put beside other packages."""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from itertools import pairwise
from pathlib import Path

import pytest
from support.declared import DRIVERS, EXTRAS, PROJECT, documented
from support.project import PACKAGE, REPOSITORY, churn_project

import model_checks

PACKAGED = REPOSITORY / "model_checks"
BUILD = "import setuptools.build_meta as backend, sys; backend.build_sdist(sys.argv[1])"
PYTHONS = ["3.11", "3.12", "3.13"]


def finished(command: Sequence[str | Path], folder: Path, **environment: str) -> str:
    """What a command printed that ended well, with nothing of this process's paths."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTHON", "PYTEST"))}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**kept, "PIP_DISABLE_PIP_VERSION_CHECK": "1", **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def sources() -> set[str]:
    """The files that the package is made of."""
    paths = (path for path in PACKAGED.rglob("*") if path.is_file())
    return {
        path.relative_to(REPOSITORY).as_posix() for path in paths if "__pycache__" not in path.parts
    }


# As declared.


def test_a_clone_knows_the_version_that_its_distribution_has() -> None:
    assert re.fullmatch(r"\d+\.\d+\.\d+", model_checks.__version__)
    assert "version" not in PROJECT
    assert PROJECT["dynamic"] == ["version"]


def test_no_python_to_come_is_refused_and_those_that_are_named_are_tried() -> None:
    assert PROJECT["requires-python"] == f">={PYTHONS[0]}"
    named = [one.rpartition(" ")[2] for one in PROJECT["classifiers"] if ":: Python ::" in one]
    assert named == PYTHONS
    assert f"for version in {' '.join(PYTHONS[1:])}" in (REPOSITORY / ".ci" / "run").read_text()


@pytest.mark.parametrize("name", ["requirements.txt", "requirements-dev.txt"])
def test_requirements_are_names_and_pins_alone(name: str) -> None:
    pin = re.compile(r"#.*|-r requirements\.txt|[A-Za-z0-9_.-]+==[0-9][0-9A-Za-z.]*")
    lines = (REPOSITORY / name).read_text("utf-8").splitlines()
    assert [line for line in lines if not pin.fullmatch(line)] == []


def test_every_dependency_says_what_it_is_for() -> None:
    text = (REPOSITORY / "pyproject.toml").read_text("utf-8")
    declared = [*PROJECT["dependencies"], *(one for extra in EXTRAS.values() for one in extra)]
    assert [
        one for one in declared if not re.search(rf'"{re.escape(one)}"\]?,?\s+# \w', text)
    ] == []


def test_documents_install_files_and_extras_that_are_there() -> None:
    words = [word for command in documented() for word in command]
    assert {f".[{name}]" for name in EXTRAS} >= {word for word in words if word.startswith(".")}
    files = {after for word, after in pairwise(words) if word == "-r"}
    assert [name for name in files if not (REPOSITORY / name).is_file()] == []


# As built.


@dataclass(frozen=True)
class Built:
    """The two archives, of which the second was made of the first."""

    sdist: Path
    wheel: Path

    def metadata(self) -> Message:
        """What an index would show."""
        with zipfile.ZipFile(self.wheel) as archive:
            [name] = [one for one in archive.namelist() if one.endswith("/METADATA")]
            return HeaderParser().parsestr(archive.read(name).decode())


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Built without a network, by the setuptools that requirements-dev.txt has."""
    copy, out = tmp_path_factory.mktemp("copy") / "clone", tmp_path_factory.mktemp("dist")
    unbuilt = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "reports", "*.egg-info")
    shutil.copytree(REPOSITORY, copy, ignore=unbuilt)
    finished([sys.executable, "-W", "ignore", "-c", BUILD, out], copy)
    [sdist] = out.iterdir()
    wheel = ["wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    finished([sys.executable, "-m", "pip", *wheel, "--wheel-dir", out, sdist], out)
    [archive] = out.glob("*.whl")
    return Built(sdist, archive)


@pytest.mark.slow
def test_the_wheel_has_the_package_the_licence_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.wheel) as archive:
        names = set(archive.namelist())
    beside = {name.partition("/")[2] for name in names - sources()}
    assert sources() <= names
    assert {"py.typed", "thresholds.schema.json"} <= {path.name for path in PACKAGED.iterdir()}
    assert beside == {
        *("METADATA", "RECORD", "WHEEL", "entry_points.txt", "top_level.txt"),
        "licenses/LICENSE",
    }


@pytest.mark.slow
def test_the_source_distribution_has_what_describes_the_package(built: Built) -> None:
    with tarfile.open(built.sdist) as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {*sources(), "LICENSE", "README.md", "CHANGELOG.md", "pyproject.toml"} <= names
    assert [name for name in names if name.startswith(("tests", "examples", "reports"))] == []


@pytest.mark.slow
def test_an_index_is_told_version_licence_and_addresses(built: Built) -> None:
    metadata = built.metadata()
    assert metadata["Version"] == model_checks.__version__
    assert metadata["License-Expression"] == "MIT"
    assert metadata["Requires-Python"] == PROJECT["requires-python"]
    assert len(metadata.get_all("Project-URL", [])) == len(PROJECT["urls"])
    assert metadata["Description-Content-Type"] == "text/markdown"
    assert metadata.get_payload() == (REPOSITORY / "README.md").read_text("utf-8")


@pytest.mark.slow
def test_the_wheel_judges_a_strangers_models_in_an_environment_of_its_own(
    built: Built, tmp_path: Path
) -> None:
    project = churn_project(tmp_path)
    finished([sys.executable, "-m", "venv", "own"], tmp_path)
    python = tmp_path / "own" / "bin" / "python"
    install = ["-m", "pip", "install", "--quiet", "--no-deps", "--no-index", str(built.wheel)]
    finished([python, *install], tmp_path)
    [site] = (tmp_path / "own" / "lib").glob("*/site-packages")
    (site / "libraries.pth").write_text(sysconfig.get_path("purelib"))
    home = finished([python, "-c", "import model_checks as m; print(m.__file__)"], tmp_path)
    assert Path(home.strip()).is_relative_to(site)
    text = finished([python, "-W", "error", "-m", "pytest", *PACKAGE], project.folder)
    assert "2 passed" in text
    assert f"model-checks-{model_checks.__version__}" in text


# Beside others; these ask the index that packages come from.


def resolved(requirements: Sequence[str], folder: Path, *options: str) -> set[str]:
    """The pins that satisfy them all; nothing is installed."""
    uv = shutil.which("uv", path=str(Path(sys.executable).parent))
    if uv is None:
        pytest.skip("no uv; pip install -r requirements-dev.txt")
    (folder / "wanted.in").write_text("\n".join(requirements))
    command = [uv, "pip", "compile", "--quiet", "--no-header", "--no-annotate", "wanted.in"]
    return set(finished([*command, *options], folder).split())


@pytest.mark.slow
@pytest.mark.parametrize("version", PYTHONS)
def test_mlflow_and_the_pins_go_into_one_environment(tmp_path: Path, version: str) -> None:
    ours = REPOSITORY / "requirements.txt"
    found = resolved([f"-r {ours}", "mlflow==3.17.2"], tmp_path, "--python-version", version)
    pins = {line for line in ours.read_text("utf-8").lower().split() if "==" in line}
    assert {pin.replace("_", "-") for pin in pins} < found


@pytest.mark.slow
def test_all_that_messages_and_documents_name_can_be_installed(tmp_path: Path) -> None:
    words = [word for command in documented() for word in command]
    named = [word for word in words if word != "-r" and not word.startswith((".", "require"))]
    wanted = sorted(
        {*named, *DRIVERS.values(), *(one for extra in EXTRAS.values() for one in extra)}
    )
    assert len(resolved(wanted, tmp_path, "--no-deps")) >= len(DRIVERS) + len(EXTRAS)
