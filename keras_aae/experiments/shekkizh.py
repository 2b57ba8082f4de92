"""shekkizh/TensorflowProjects: 3-D autoencoders, a VAE with a ReLU bug, and GANs.

keras-aae train --recipe autoencoder-3d   about 1 min on 2 cores
keras-aae train --recipe vae-3d           about 4 min
keras-aae train --recipe vae-3d-relu      about 4 min
keras-aae train --recipe gan-mnist        about 20 min on 1 core
keras-aae train --recipe gan-failed-init  about 4 min on 1 core
keras-aae train --recipe gan-faces-small  about 20 min on 1 core
keras-aae train --recipe gan-faces        on a GPU

With 55,000 training images in batches of 256, 20,000 steps are 93 epochs and 100,000
are 465.
"""

from keras_aae.experiments.experiment import Comparison, Experiment
from keras_aae.recipe import Recipe

SOURCE = "shekkizh/TensorflowProjects, Unsupervised_learning/"
GAN_FIGURES = (
    "samples-by-epoch",
    "latent-walk",
    "probability-histograms",
    "weight-histograms",
    "learning-curves",
)

# Six tanh layers. The published loss is half the squared error of a whole batch of 256,
# divided by 784, plus 1e-4 / 2 sum(w^2): a weight decay of 1e-4 * 784 / 256 on our
# scale. Its weights are initialized with a standard deviation of 0.02, ours by Glorot's
# method, and its outputs can leave [0, 1] while ours cannot. On the validation images
# neither learning rates that decay from 0.0005, 0.002 or 0.005 (0.0389, 0.0357, no
# better) nor its small initial weights (0.0404) were better.
AUTOENCODER_3D = Experiment(
    Recipe(
        name="autoencoder-3d",
        model="autoencoder",
        dataset="mnist",
        validation=5000,
        options={
            "latent_dim": 3,
            "hidden_units": [50, 50],
            "activation": "tanh",
            "code_activation": "tanh",
            "loss": "mse",
            "weight_decay": 1e-4 * 784 / 256,
        },
        learning_rate=1e-3,
        batch_size=256,
        epochs=93,
        track_codes=1000,
    ),
    about="six-layer autoencoder, 3 dimensions",
    source=SOURCE + "MNISTAutoEncoder.py, from its published codes and weights",
    published={"mse": 0.0352},
    figures=(
        "reconstructions",
        ("scatterplot-3d", {"untrained": True}),
        "scatterplot-3d",
        "code-distributions",
        ("samples", {"sampler": "gmm"}),
        "learning-curves",
    ),
    seeds=(0, 1, 2),
)


# The repository's constant learning rate of 0.001 gave 134.2; a decaying one gives
# 134.1.
VAE_3D = Experiment(
    Recipe(
        name="vae-3d",
        model="vae",
        dataset="mnist",
        validation=5000,
        options={"latent_dim": 3, "hidden_units": [50, 50], "weight_decay": 0.5e-5},
        learning_rate="cosine:0.001:0.00001:465",
        batch_size=256,
        epochs=465,
        track_codes=1000,
    ),
    about="VAE, 3 dimensions",
    source=SOURCE + "MNIST_VAE.py, the weights of logs_2",
    published={"neg_elbo": 133.67, "reconstruction_nll": 125.08, "kl": 8.59},
    figures=(
        "reconstructions",
        "scatterplot-3d",
        "code-distributions",
        "samples",
        "learning-curves",
    ),
)

# The bug: mean and log-variance go through a ReLU, so neither can be negative.
VAE_3D_RELU = VAE_3D.variant(
    "vae-3d-relu",
    "vae-3d with a bug: ReLUs on mean and log-variance",
    {"learning_rate": 1e-3, "code_activation": "relu"},
    source=SOURCE + "MNIST_VAE.py, the weights of logs_1",
    published={"neg_elbo": 174.77, "reconstruction_nll": 160.87, "kl": 13.91},
)

# Digits instead of faces, at widths that train on one core. The repository's feature
# matching pairs unrelated images: it takes 0.1 / 2 of their squared distances, summed
# over a batch of 64 and divided by 4,096, half the number of features. For batch means
# and 3,136 features this corresponds to a weight of about 0.1 * 64 / 3136 per feature.
GAN_MNIST = Experiment(
    Recipe(
        name="gan-mnist",
        model="gan",
        dataset="mnist",
        options={
            "latent_dim": 100,
            "generator_steps": 2,
            "generator_filters": [64, 32],
            "discriminator_filters": [32, 64],
            "feature_matching_weight": 0.002,
        },
        optimizer={"name": "adam", "beta_1": 0.5, "learning_rate": 2e-4},
        batch_size=64,
        epochs=10,
    ),
    about="GAN of digits, feature matching, two generator updates per step",
    source=SOURCE + "Faces_GAN.py, on digits instead of faces (images only)",
    figures=("samples", *GAN_FIGURES, "samples-animation"),
)

# The bug: initial kernels ten times as large. The repository says that training never
# started with them.
GAN_FAILED_INIT = GAN_MNIST.variant(
    "gan-failed-init",
    "gan-mnist with a bug: initial kernels ten times as large",
    {"init_stddev": 0.2, "epochs": 2},
    source=SOURCE + "Faces_GAN.py, the failed run (images only)",
    figures=("samples", *GAN_FIGURES),
)

GAN_WEIGHTS = Comparison(
    "gan-weights",
    "weights of a GAN that trained and of one whose initial kernels were too large",
    "weight-histograms",
    ("gan-mnist", "gan-failed-init"),
)

# The repository's widths, which need a GPU. Its plots end after 16,600 steps.
GAN_FACES = GAN_MNIST.variant(
    "gan-faces",
    "GAN of 64x64 faces at the original width, needs a GPU",
    {
        "dataset": "lfw",
        "generator_filters": [512, 256, 128, 64],
        "discriminator_filters": [64, 128, 256, 512],
        "feature_matching_weight": 0.0008,
        "epochs": 185,
    },
    source=SOURCE + "Faces_GAN.py, on CelebA (images only)",
    figures=(("samples", {"n": 64}), *GAN_FIGURES),
    quick=False,
)

# A quarter of the filters, for as many steps as one core runs in twenty minutes.
GAN_FACES_SMALL = GAN_FACES.variant(
    "gan-faces-small",
    "gan-faces with a quarter of the filters",
    {
        "generator_filters": [128, 64, 32, 16],
        "discriminator_filters": [16, 32, 64, 128],
        "feature_matching_weight": 0.003,
        "epochs": 50,
    },
)
