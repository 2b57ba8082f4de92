"""Command that renews the golden probes of all or of the named recipes."""

import os
import sys

os.environ |= {"KERAS_BACKEND": "tensorflow", "CUDA_VISIBLE_DEVICES": "-1"}

from golden import FOLDER, NAMES, recipe_of  # noqa: E402
from keras_aae.files import write_json  # noqa: E402
from keras_aae.publishing.origin import describe_data  # noqa: E402
from keras_aae.publishing.probe import first_images, probe, stand_in_for  # noqa: E402
from keras_aae.training.build import load_data  # noqa: E402


def main(names):
    for name in names:
        recipe = recipe_of(name)
        dataset = load_data(recipe)
        data = describe_data(dataset)
        found = {
            "data": data,
            "stand_in": probe(recipe, stand_in_for(data)),
            "images": probe(recipe, first_images(dataset)),
        }
        write_json(FOLDER / f"{name}.json", found)
        print(name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:] or NAMES)
