"""Train or resume a recipe and print the SHA-256 of the whole state at the end."""

import hashlib
import sys
from pathlib import Path

import numpy as np
from keras import ops

from keras_aae import training
from keras_aae.recipe import Recipe
from keras_aae.runs.checkpoints import Checkpoints, load_checkpoint


def state_hash(run) -> str:
    newest = Checkpoints(run.checkpoints_path, run.recipe.fingerprint).newest()
    model, progress, best = load_checkpoint(newest)
    digest = hashlib.sha256()
    for variable in [*model.variables, *model.optimizer.variables]:
        digest.update(np.ascontiguousarray(ops.convert_to_numpy(variable)).tobytes())
    for weight in best or []:
        digest.update(weight.tobytes())
    for row in progress.history:
        digest.update(
            repr([(k, v) for k, v in row.items() if "second" not in k]).encode()
        )
    return digest.hexdigest()


def main(data, folder):
    recipe = Recipe(
        dataset=data,
        options={"latent_dim": 2, "hidden_units": [64]},
        epochs=60,
        batch_size=24,
        validation=9,
        monitor="val_neg_elbo",
        learning_rate="cosine:0.003:0.0001:60",
    )
    print("started", flush=True)
    if Path(folder, "recipe.json").exists():
        run = training.resume(folder, checkpoint_seconds=0)
    else:
        run = training.train(recipe, folder, checkpoint_seconds=0)
    print(state_hash(run))


if __name__ == "__main__":
    main(*sys.argv[1:])
