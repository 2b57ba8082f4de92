"""mrquincle/keras-adversarial-autoencoders: VAE, AAE, sparse, non-negative, lines.

keras-aae train --recipe vae-2d             about 1 min on 2 cores, like most others
keras-aae train --recipe vae-20d            about 4 min

The notebooks train on all 60,000 images and validate on the test images. Their losses
are means over the 784 pixels and ours are sums, so their weights of other terms are
multiplied by 784 here. Old Keras summed activity penalties over the batch, so those
weights are also multiplied by 256.
"""

from keras_aae.experiments.experiment import Comparison, Experiment
from keras_aae.recipe import Recipe

SOURCE = "mrquincle/keras-adversarial-autoencoders, "
PIXELS, BATCH = 784, 256
PLANE = ("reconstructions", "scatterplot", "latent-sweep")
CODE_FIGURES = (
    "reconstructions",
    "axis-scatter",
    "interpolation",
    "receptive-fields",
    "learning-curves",
)

VAE_2D = Experiment(
    Recipe(
        name="vae-2d",
        model="vae",
        dataset="mnist",
        options={"latent_dim": 2, "network": "dense", "hidden_units": [500]},
        learning_rate=1e-3,
        batch_size=128,
        epochs=50,
    ),
    about="VAE 784-500-2 with ReLU",
    source=SOURCE + "Keras Variational Autoencoder",
    published={"neg_elbo": 150.01},
    figures=(
        *PLANE,
        "samples",
        "space-per-class",
        "interpolation-animation",
        "learning-curves",
    ),
    seeds=(0, 1, 2),
)

# Metzen's VAE, trained on 55,000 images in batches of 100. The published cost is the
# lowest epoch mean over the training images.
VAE_20D = Experiment(
    Recipe(
        name="vae-20d",
        model="vae",
        dataset="mnist",
        validation=5000,
        options={
            "latent_dim": 20,
            "hidden_units": [500, 500],
            "activation": "softplus",
        },
        learning_rate=1e-3,
        batch_size=100,
        epochs=75,
    ),
    about="VAE 784-500-500-20 with softplus",
    source=SOURCE + "Tensorflow Variational Autoencoder",
    published={"train_neg_elbo": 95.17},
    figures=("reconstructions", "tsne", "samples", "interpolation", "learning-curves"),
)
VAE_2D_SOFTPLUS = VAE_20D.variant(
    "vae-2d-softplus",
    "VAE 784-500-500-2 with softplus",
    {"latent_dim": 2},
    published={"train_neg_elbo": 138.96},
    figures=(*PLANE, "learning-curves"),
)

# Adadelta's default learning rate was 1.0 in the Keras of 2018 and is 0.001 today. The
# scale of the loss matters only through Adadelta's epsilon.
AUTOENCODER_32 = Experiment(
    Recipe(
        name="autoencoder-32",
        model="autoencoder",
        dataset="mnist",
        options={"latent_dim": 32, "hidden_units": [], "code_activation": "relu"},
        optimizer="adadelta",
        learning_rate=1.0,
        batch_size=BATCH,
        epochs=50,
    ),
    about="ordinary autoencoder 784-32-784",
    source=SOURCE + "Ordinary Autoencoder",
    published={"reconstruction_loss": 0.1037 * PIXELS, "mean_code": 7.19},
    figures=(*CODE_FIGURES, "tsne", "pca", ("samples", {"sampler": "gmm"})),
    seeds=(0, 1, 2),
)
SPARSE_L1 = AUTOENCODER_32.variant(
    "sparse-l1",
    "autoencoder-32 with a weak L1 penalty on its codes",
    {
        "model": "sparse-autoencoder",
        "sparsity": "l1",
        "sparsity_weight": 1e-7 * BATCH * PIXELS,
    },
    source=SOURCE + "Sparse Ordinary Autoencoder (loss including the penalty)",
    published={"reconstruction_loss": 0.1104 * PIXELS, "mean_code": 4.99},
    figures=CODE_FIGURES,
    seeds=(0,),
)
SPARSE_L1_STRONG = SPARSE_L1.variant(
    "sparse-l1-strong",
    "sparse-l1 with a penalty a thousand times stronger",
    {"sparsity_weight": 1e-4 * BATCH * PIXELS},
    source=SOURCE + "Sparse Ordinary Autoencoder, which calls its images blurry",
    published={},
)

# The notebook's codes are ReLU, whose means can leave (0, 1); these are sigmoid. Codes
# this small need large decoder weights, for which Adam's usual learning rate is too
# slow: after 50 epochs the squared error per pixel on 5,000 validation images was
# 0.0436 at 0.001 and 0.0215 at 0.01.
SPARSE_KL = Experiment(
    Recipe(
        name="sparse-kl",
        model="sparse-autoencoder",
        dataset="mnist",
        options={
            "latent_dim": 32,
            "hidden_units": [],
            "loss": "mse",
            "sparsity": "kl",
            "sparsity_target": 0.01,
            "sparsity_reduction": "mean",
            "sparsity_weight": 6.0 * PIXELS,
        },
        learning_rate=1e-2,
        batch_size=BATCH,
        epochs=50,
    ),
    about="autoencoder with KL sparsity, target mean code 0.01",
    source=SOURCE + "Sparse Ordinary Autoencoder",
    published={"mean_code": 0.0122},
    figures=CODE_FIGURES,
    seeds=(0, 1, 2),
)

# These keep the notebooks' ReLU codes, since the penalty is finite for them too. Only
# the encoder's kernel is penalized: with both, the decoder outputs only the mean image.
_RELU = {
    "code_activation": "relu",
    "sparsity_target": 0.05,
    "sparsity_reduction": "sum",
    "sparsity_weight": 3.0 * PIXELS,
    "penalized": "encoder",
    "learning_rate": 1e-3,
}
SPARSE_KL_DECAY = SPARSE_KL.variant(
    "sparse-kl-decay",
    "autoencoder with KL sparsity and weight decay",
    {**_RELU, "weight_decay": 0.003 * PIXELS},
    source=SOURCE + "Sparse Ordinary Autoencoder, last version",
    published={"mean_code": 0.0523},
    seeds=(0,),
)
NONNEGATIVE = SPARSE_KL.variant(
    "nonnegative",
    "autoencoder with KL sparsity and a penalty on negative weights",
    {**_RELU, "nonnegativity": 0.003 * PIXELS},
    source=SOURCE + "Nonnegative Autoencoder",
    published={"mean_code": 0.0483},
    seeds=(0,),
)

# Unlike in the notebook, coordinates are scaled to [0, 1], the 80 point clouds are
# shuffled every epoch, and the last batch may be smaller.
LINES_COORDINATES = Experiment(
    Recipe(
        name="lines-coordinates",
        model="autoencoder",
        dataset="lines-coordinates",
        options={"latent_dim": 32, "hidden_units": [], "code_activation": "relu"},
        learning_rate=1e-3,
        batch_size=16,
        epochs=1000,
    ),
    about="ordinary autoencoder of point clouds, as coordinates of 200 points",
    source=SOURCE + "Autoencoder Lines (its point clouds are not published)",
    figures=("point-clouds", "learning-curves"),
)

# The code has shape 4x4x8, and the model 4,385 weights. The notebook overfits after
# epoch 416 of 5,000, so early stopping uses 16 of the 80 images.
LINES_CONV = Experiment(
    Recipe(
        name="lines-conv",
        model="autoencoder",
        dataset="lines",
        validation=16,
        monitor="val_reconstruction_loss",
        patience=200,
        options={
            "latent_dim": 128,
            "network": "pooled",
            "hidden_units": [16, 8, 8],
            "code_activation": "relu",
            "loss": "poisson",
        },
        learning_rate=1e-3,
        batch_size=32,
        epochs=5000,
    ),
    about="convolutional autoencoder of point clouds, as images",
    source=SOURCE
    + "Convolutional Autoencoder Lines (its point clouds are not published)",
    figures=("reconstructions", "thresholded", "learning-curves"),
)

# 784-512-512-8 with leaky ReLUs. The notebook's loss is 0.999 of the mean squared error
# of images in [-1, 1] plus 0.001 of -log D, which is our loss of images in [0, 1]
# divided by 196.2. Its 5,000 batches are eleven epochs. The discriminator learns from
# prior samples and from codes in two updates. The weight is too small to move the
# codes.
NETWORKS = {
    "latent_dim": 8,
    "hidden_units": [512, 512],
    "activation": "leaky_relu",
    "discriminator_units": [512, 256],
    "discriminator_activation": "leaky_relu",
}
ADVERSARIAL_ADAM = {"name": "adam", "beta_1": 0.5}
DIAGNOSTICS = ("samples-animation", "adversarial-diagnostics", "discriminator-output")
AAE_8D = Experiment(
    Recipe(
        name="aae-8d",
        model="aae",
        dataset="mnist",
        options={
            **NETWORKS,
            "joint": True,
            "regularization_weight": 0.001 * PIXELS / (4 * 0.999),
            "separate_updates": True,
        },
        optimizer=ADVERSARIAL_ADAM,
        learning_rate=2e-4,
        batch_size=128,
        epochs=11,
    ),
    about="adversarial autoencoder, 8 dimensions, whose codes do not match the prior",
    source=SOURCE + "Keras Adversarial Autoencoder MNIST (measured on training images)",
    published={
        "mse": 0.0186,
        "train_discriminator_accuracy_codes": 0.78,
        "train_discriminator_accuracy_prior": 0.78,
    },
    figures=("samples-by-epoch", *DIAGNOSTICS, "learning-curves"),
)

# The same networks with a separate regularization phase and a slower discriminator, so
# that the codes match the prior.
AAE_8D_MATCHED = Experiment(
    Recipe(
        name="aae-8d-matched",
        model="aae",
        dataset="mnist",
        options=NETWORKS,
        optimizer={
            "reconstruction": "adam",
            "discrimination": {
                **ADVERSARIAL_ADAM,
                "learning_rate": "cosine:0.0001:0.000001:50",
            },
            "regularization": {
                **ADVERSARIAL_ADAM,
                "learning_rate": "cosine:0.0005:0.000005:50",
            },
        },
        learning_rate="cosine:0.001:0.00001:50",
        batch_size=128,
        validation=5000,
        epochs=50,
    ),
    about="adversarial autoencoder, 8 dimensions, whose codes match the prior",
    source=SOURCE + "Keras Adversarial Autoencoder MNIST; Adversarial Autoencoders "
    "(Makhzani et al., 2015), table 1, for the log-likelihood by Parzen windows",
    published={"mse": 0.0186, "parzen_log_likelihood": 340},
    metrics=("parzen_log_likelihood", "gaussian_log_likelihood"),
    figures=("samples", *DIAGNOSTICS, "reconstructions", "learning-curves"),
)

# From the notebooks Gumbel, Categorical with noise and Reparameterization Trick.
GRADIENT_VARIANCE = Comparison(
    "gradient-variance",
    "variance of two gradient estimators, for a smooth and a non-smooth function",
    "gradient-variance",
)
GUMBEL = Comparison(
    "gumbel",
    "origin of Gumbel noise, and sampling of classes with it and with uniform noise",
    "gumbel",
)
