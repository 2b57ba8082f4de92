"""Keras objects that a model file may contain, beside the classes of this package.

These are plain layers and their parts. They take no code, read no files and look
nothing up by name. Functions are not allowed at all.
"""

NETWORK_CLASSES = {
    "keras": {"Sequential"},
    "keras.src.models.functional": {"Functional"},
}
LAYERS = {
    "Activation", "ActivityRegularization", "Add", "AlphaDropout", "Average",
    "AveragePooling1D", "AveragePooling2D", "BatchNormalization", "Concatenate",
    "Conv1D", "Conv1DTranspose", "Conv2D", "Conv2DTranspose", "Cropping1D",
    "Cropping2D", "Dense", "DepthwiseConv2D", "Dot", "Dropout", "ELU", "Embedding",
    "Flatten", "GaussianDropout", "GaussianNoise", "GlobalAveragePooling1D",
    "GlobalAveragePooling2D", "GlobalMaxPooling1D", "GlobalMaxPooling2D",
    "GroupNormalization", "Identity", "InputLayer", "LayerNormalization", "LeakyReLU",
    "MaxPooling1D", "MaxPooling2D", "Maximum", "Minimum", "Multiply", "PReLU",
    "Permute", "RMSNormalization", "ReLU", "RepeatVector", "Rescaling", "Reshape",
    "SeparableConv2D", "Softmax", "SpatialDropout1D", "SpatialDropout2D",
    "SpectralNormalization", "Subtract", "UnitNormalization", "UpSampling1D",
    "UpSampling2D", "ZeroPadding1D", "ZeroPadding2D",
}  # fmt: skip
INITIALIZERS = {
    "Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity",
    "LecunNormal", "LecunUniform", "Ones", "Orthogonal", "RandomNormal",
    "RandomUniform", "TruncatedNormal", "VarianceScaling", "Zeros",
}  # fmt: skip
OPTIMIZERS = {
    "Adadelta", "Adafactor", "Adagrad", "Adam", "AdamW", "Adamax", "Ftrl", "Lamb",
    "Lion", "LossScaleOptimizer", "Muon", "Nadam", "RMSprop", "SGD",
    "ScheduleFreeAdamW",
}  # fmt: skip
SCHEDULES = {
    "CosineDecay", "CosineDecayRestarts", "ExponentialDecay", "InverseTimeDecay",
    "PiecewiseConstantDecay", "PolynomialDecay",
}  # fmt: skip
ACTIVATIONS = {
    "celu", "elu", "exponential", "gelu", "glu", "hard_shrink", "hard_sigmoid",
    "hard_silu", "hard_swish", "hard_tanh", "leaky_relu", "linear", "log_sigmoid",
    "log_softmax", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "soft_shrink",
    "softmax", "softplus", "softsign", "sparse_plus", "sparse_sigmoid", "sparsemax",
    "squareplus", "swish", "tanh", "tanh_shrink", "threshold",
}  # fmt: skip
TRAINING = {
    "keras.optimizers": OPTIMIZERS,
    "keras.optimizers.schedules": SCHEDULES,
}
ALLOWED = (
    NETWORK_CLASSES
    | TRAINING
    | {
        "keras": NETWORK_CLASSES["keras"] | {"DTypePolicy"},
        "keras.constraints": {"MaxNorm", "MinMaxNorm", "NonNeg", "UnitNorm"},
        "keras.initializers": INITIALIZERS,
        "keras.layers": LAYERS,
        "keras.random": {"SeedGenerator"},
        "keras.regularizers": {"L1", "L1L2", "L2", "OrthogonalRegularizer"},
    }
)
