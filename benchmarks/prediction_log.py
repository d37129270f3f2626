"""Writes a log of binary predictions as a Parquet file: the same rows for the same number of them.

    python benchmarks/prediction_log.py 10000 log.parquet

A process of its own makes the rows, so that the one that measures stays small.
"""

import argparse

import duckdb

SEED = 0.42
SEGMENTS = 4


def write_log(rows: int, path: str) -> None:
    """Write the columns label, prediction, score and segment.

    The score is uniform, the label is 1 as often as the score says, and the prediction is 1 from a
    score of 0.5: accuracy, precision, recall and F1 are near 0.75, ROC AUC is near 0.83.
    """
    with duckdb.connect() as connection:
        connection.execute("set threads = 1")  # several would draw in an order of chance
        connection.execute(f"select setseed({SEED})")
        connection.execute(
            f"""
            copy (
                select cast(draw < score as integer) as label,
                       cast(score >= 0.5 as integer) as prediction,
                       score,
                       'segment ' || (row % {SEGMENTS}) as segment
                from (select random() as score, random() as draw, row from range({rows}) t(row))
            ) to '{path.replace("'", "''")}' (format parquet)
            """
        )


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Write a log of binary predictions.")
    parser.add_argument("rows", type=int)
    parser.add_argument("path")
    given = parser.parse_args()
    write_log(given.rows, given.path)
