"""The registry of data places: the kinds of ``data = ...``, by their keys."""

from model_checks.settings.data import PLACES, Data
from model_checks.settings.places.database import DatabaseData
from model_checks.settings.places.files import CsvData, FileData
from model_checks.settings.places.spark import SparkData

_KINDS: dict[str, type[Data]] = {
    "files": FileData,
    "csv": CsvData,
    "url_env": DatabaseData,
    "spark": SparkData,
}
PLACES.update(_KINDS)
