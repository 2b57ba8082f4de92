"""Script that loads a compiled model, trains it briefly and prints JSON results."""

import json
import sys

import families  # noqa: F401  (registers the test model)
import keras
import numpy as np

import keras_aae.models  # noqa: F401  (registers the families)
from keras_aae.data import Images
from keras_aae.engine import BatchLoader
from keras_aae.engine.loop import Progress, TrainingLoop


def main(model_path, data_path):
    with np.load(data_path) as data:
        images = Images(data["x_train"], data["y_train"])
    model = keras.saving.load_model(model_path)
    labeled = images.subset(np.arange(12))
    loader = BatchLoader(images, 8, model.batches, seed=3, labeled=labeled)
    before = model.encode(images.array())
    progress = Progress()
    TrainingLoop(model, loader, epochs=2).run(progress, lambda: None, lambda row: None)
    rows = [[row[t] for t in ("loss", *model.terms)] for row in progress.history]
    after = model.decode(model.encode(images.array()))
    print(json.dumps([before.tolist(), rows, after.tolist()]))


if __name__ == "__main__":
    main(*sys.argv[1:])
