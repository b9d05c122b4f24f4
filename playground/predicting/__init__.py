"""Predictions of a trained network for new inputs: rows of a table as people write them, and images.

    predict_rows(run, [{"rooms": 3, "district": "north"}, …])    # Predictions, one answer per row
    predict_table(run, content, "rows.csv")                      # the same for the rows of a CSV file
    predict_images(run, [("cat.jpg", content), …])               # the same for image files

A row that cannot be predicted has a `problem` instead of an `answer`; the others are predicted. What was filled in, ignored or read as
another category is in the `notes`: nothing is guessed silently."""

from playground.predicting.answers import PredictError, Prediction, Predictions
from playground.predicting.images import predict_images
from playground.predicting.results import results_csv
from playground.predicting.rows import predict_rows, predict_table

__all__ = ["PredictError", "Prediction", "Predictions", "predict_images", "predict_rows", "predict_table", "results_csv"]
