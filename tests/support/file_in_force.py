"""A settings file in force, for tests of what is told of changes that are proposed to it."""

AGREED = """
[defaults]
confidence = 0.9
min_rows = 50

[models.churn]
task = "binary"
model = "churn.skops"
data = "churn.parquet"
target = "left"
positive_label = 1
decision_threshold = 0.5
time_column = "seen"
window = "30d"
weight = "w"
features = ["calls"]

[models.churn.thresholds]
accuracy = 0.8
recall = { min = 0.6, warn = 0.7, max_degradation = 0.02, rule = "tolerant" }
precision = { min = 0.5, max_degradation = "5%", rule = "confident" }
fbeta = { min = 0.5, beta = 2, rule = "estimate" }
profit = { metric = "scoring:profit", min = 3, max = 9, seed = 7, max_rows = 1000 }

[[models.churn.segments]]
by = "plan"
max_segments = 100
thresholds = { recall = { min = 0.5, rule = "tolerant" }, f1 = 0.3 }
max_gap = { recall = { max = 0.1, rule = "estimate" } }

[[models.churn.segments]]
by = ["town", "age"]
values = [["Oslo", 1], ["Bergen", 2], ["Oslo", 2]]
rule = "estimate"
thresholds = { recall = 0.4 }
max_gap = { recall = { max = 0.2, rule = "confident", min_rows = 60 } }

[models.churn.baseline]
data = "old.parquet"
window = "90d"
as_of = 2012-06-01

[models.prices]
task = "regression"
data = { url_env = "DB", table = "prices" }
target = "paid"
prediction = "predicted"

[models.prices.thresholds]
mae = 2
mean_error = 3

[models.pets]
task = "multiclass"
data = "pets.csv"
target = "pet"
score = { cat = "p", dog = "q" }
correction = "benjamini-hochberg"

[models.pets.thresholds]
f1 = { min = 0.5, rule = "estimate" }

[[models.pets.segments]]
by = "home"
confidence = 0.95
thresholds = { recall = { min = 0.5, rule = "confident" }, f1 = { min = 0.5, rule = "tolerant" } }
"""
