"""The rows of called_model.py, and its other side: the model called once, on one frame of them all.

    python benchmarks/called_side.py write FOLDER ROWS
    python benchmarks/called_side.py call FOLDER METHOD [METHOD]

The other side loads the model as the checks do, and the columns that they need.
"""

import os
import sys
from pathlib import Path

FLIGHTS = Path(__file__).resolve().parents[1] / "examples" / "flights" / "flights.parquet"
TRUSTED = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]


def write(folder: Path, rows: int) -> None:
    """Write the flights of the example, repeated to so many rows."""
    import pyarrow as pa
    from pyarrow import parquet

    flights = parquet.read_table(FLIGHTS)
    repeated = pa.concat_tables([flights] * -(-rows // len(flights)))
    parquet.write_table(repeated.slice(0, rows), folder / "flights.parquet")


def call(folder: Path, methods: list[str]) -> None:
    """Call the model, and make sure that it has answered."""
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")  # as the checks do, before it is loaded
    import pandas as pd
    import skops.io

    model = skops.io.load(folder / "flight_delay.skops", trusted=TRUSTED)
    features = list(model.feature_names_in_)
    flights = pd.read_parquet(folder / "flights.parquet", columns=[*features, "late"])
    labelled = flights[flights["late"].notna()]
    for method in methods:
        answer = getattr(model, method)(labelled[features])
        assert len(answer) == len(labelled)


if __name__ == "__main__":
    verb, folder, *rest = sys.argv[1:]
    if verb == "write":
        write(Path(folder), int(rest[0]))
    else:
        call(Path(folder), rest)
