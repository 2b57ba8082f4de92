"""Classifier whose features the FID of generated digits is measured in.

keras-aae train --recipe mnist-features --out runs/mnist-features   2 min on 2 cores
cp runs/mnist-features/model.keras keras_aae/evaluation/mnist_features.keras

It is our own and small enough to ship with the package. FIDs computed with it are not
comparable with FIDs computed with Inception.
"""

from keras_aae.experiments.experiment import Experiment
from keras_aae.recipe import Recipe

MNIST_FEATURES = Experiment(
    Recipe(
        name="mnist-features",
        model="classifier",
        dataset="mnist",
        validation=5000,
        options={"network": "lenet", "hidden_units": [8, 16, 24, 64], "dropout": 0.25},
        learning_rate="cosine:0.002:0.00002:12",
        batch_size=128,
        epochs=12,
    ),
    about="small convolutional classifier that provides the features for FID",
    source="ours",
    figures=("misclassified", "learning-curves"),
)
