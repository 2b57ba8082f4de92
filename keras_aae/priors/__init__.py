"""Prior distributions of codes.

Each prior has

- `build_for(latent_dim, components, seed)`, which builds the prior over
  `latent_dim`-dimensional codes;
- `sample(n, seed)`, `n` codes; `log_prob(z)`, nats, (batch,);
- `kl(z, z_mean, z_log_var)`, whose mean over z ~ q(z|x) is KL(q || p) in nats;
- `quantiles(p)`, `outlines()` and `extent`, for figures.

Priors with components, one for each class, also have `num_classes`,
`sample_components(labels, seed)`, codes of given components, and `classify(z)`, the
most likely component of codes as a NumPy array.
"""

from keras_aae.priors.categorical import Categorical
from keras_aae.priors.mixture import MixtureOfNormals
from keras_aae.priors.normal import Normal
from keras_aae.priors.swiss_roll import SwissRoll
from keras_aae.priors.umbrella import Umbrella
from keras_aae.priors.uniform import Uniform

__all__ = [
    "Categorical",
    "MixtureOfNormals",
    "Normal",
    "SwissRoll",
    "Umbrella",
    "Uniform",
]
