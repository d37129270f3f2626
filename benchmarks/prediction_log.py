"""Writes a log of binary predictions as a Parquet file: the same rows for the same number of them.

    python benchmarks/prediction_log.py 10000 log.parquet --segments 4

A process of its own makes the rows, so that the one that measures stays small.
"""

import argparse
from collections.abc import Sequence
from pathlib import Path

import duckdb

SEED = 0.42
FINENESS = 2**24
"""The steps from 0 to 1 that scores come in, as fine as a float: among millions some are tied."""


def write_log(rows: int, path: Path, segments: Sequence[int], *, rival: bool = False) -> None:
    """Write the columns label, prediction and score, and for each segmentation one of its own.

    The score is uniform, the label is 1 as often as the score says, and the prediction is 1 from a
    score of 0.5: accuracy, precision, recall and F1 are near 0.75, ROC AUC is near 0.83. The
    segments of a row depend on its number alone, not on the other segmentations.

    Parameters
    ----------
    segments
        How many values each segmentation has; its column is ``segment_1``, ``segment_2``, and so
        on, its values are ``segment 0``, ``segment 1``, and so on.
    rival
        Whether a second model is to be logged as well, in rival_prediction and rival_score: the
        score off by up to 0.15, which gives the same prediction on 92 % of the rows.
    """
    columns = "".join(
        f", 'segment ' || (hash(row, {number}) % {values}) as segment_{number}"
        for number, values in enumerate(segments, 1)
    )
    # A random number of each row that leaves the draws of the other columns as they are.
    off = f"hash(row, 'rival') % {FINENESS} / cast({FINENESS} as double)"
    other = f"least(greatest(score + ({off} - 0.5) * 0.3, 0), 1)"
    rivals = f", cast({other} >= 0.5 as integer) as rival_prediction, {other} as rival_score"
    part = path.with_suffix(".part")  # a write that was broken off is not taken for a log
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")  # several threads would draw in a random order
        connection.execute(f"select setseed({SEED})")
        connection.execute(
            f"""
            copy (
                select cast(draw < score as integer) as label,
                       cast(score >= 0.5 as integer) as prediction,
                       score{columns}{rivals if rival else ""}
                from (
                    select floor(random() * {FINENESS}) / {FINENESS} as score,
                           random() as draw, row
                    from range({rows}) t(row)
                )
            ) to '{str(part).replace("'", "''")}' (format parquet)
            """
        )
    part.replace(path)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a log of binary predictions.")
    parser.add_argument("rows", type=int)
    parser.add_argument("path", type=Path)
    parser.add_argument(
        "--segments", type=int, nargs="*", default=[], help="values of each segmentation"
    )
    parser.add_argument("--rival", action="store_true", help="log a second model as well")
    given = parser.parse_args()
    write_log(given.rows, given.path, given.segments, rival=given.rival)
