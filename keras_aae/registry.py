"""Registries of models, data sets, networks, priors, figures and metrics.

An entry is `name: (path, description)`, where `path` is "module:attribute" and is
imported only when used. A metric whose formula has changed also has a version, starting
at 2. This module imports nothing, so the command line can list and check names without
loading Keras. The registries of recipes are in `keras_aae.experiments`.
"""

MODELS = {
    "autoencoder": (
        "keras_aae.models.autoencoder:Autoencoder",
        "ordinary autoencoder",
    ),
    "sparse-autoencoder": (
        "keras_aae.models.autoencoder:SparseAutoencoder",
        "autoencoder with an L1 or KL penalty on its codes",
    ),
    "denoising-autoencoder": (
        "keras_aae.models.autoencoder:DenoisingAutoencoder",
        "autoencoder that reconstructs clean images from corrupted ones",
    ),
    "contractive-autoencoder": (
        "keras_aae.models.autoencoder:ContractiveAutoencoder",
        "autoencoder with a penalty on the encoder's Jacobian",
    ),
    "vae": (
        "keras_aae.models.vae:VAE",
        "variational autoencoder; also beta-VAE, learned prior, importance-weighted",
    ),
    "conditional-vae": (
        "keras_aae.models.vae:ConditionalVAE",
        "variational autoencoder with a decoder conditioned on the class",
    ),
    "wide-and-deep": (
        "keras_aae.models.vae:WideAndDeepVAE",
        "VAE with a classifier of images and their codes",
    ),
    "aae": (
        "keras_aae.models.aae:AAE",
        "adversarial autoencoder; with joint=true, the Wasserstein autoencoder WAE-GAN",
    ),
    "labeled-aae": (
        "keras_aae.models.aae:LabeledAAE",
        "adversarial autoencoder with a discriminator conditioned on known classes",
    ),
    "supervised-aae": (
        "keras_aae.models.aae:SupervisedAAE",
        "adversarial autoencoder with a decoder conditioned on the class; codes are styles",
    ),
    "semi-supervised-aae": (
        "keras_aae.models.semi_supervised_aae:SemiSupervisedAAE",
        "adversarial autoencoder with class and style codes, for few labels",
    ),
    "clustering-aae": (
        "keras_aae.models.semi_supervised_aae:ClusteringAAE",
        "adversarial autoencoder with cluster and style codes, without labels",
    ),
    "reduction-aae": (
        "keras_aae.models.reduction_aae:ReductionAAE",
        "clustering adversarial autoencoder with clusters and styles in one plane",
    ),
    "wae": (
        "keras_aae.models.aae:WAE",
        "Wasserstein autoencoder with maximum mean discrepancy, WAE-MMD",
    ),
    "sen": (
        "keras_aae.models.sen:SEN",
        "shared-encoding network (SEN): autoencoder and generator with a shared embedding",
    ),
    "variational-sen": (
        "keras_aae.models.sen:VariationalSEN",
        "SEN with a variational encoder, so that random embeddings can be decoded",
    ),
    "classifying-sen": (
        "keras_aae.models.sen_conditional:ClassifyingSEN",
        "SEN with a jointly trained classifier, also for few labels",
    ),
    "directed-sen": (
        "keras_aae.models.sen_conditional:DirectedSEN",
        "classifying SEN with a generator conditioned on the class",
    ),
    "feature-sen": (
        "keras_aae.models.sen_conditional:FeatureSEN",
        "SEN with an unsupervised (InfoGAN-style) generator code",
    ),
    "classifier": (
        "keras_aae.models.classifier:Classifier",
        "dense or convolutional classifier, trained on few or all labels",
    ),
    "gan": (
        "keras_aae.models.gan:GAN",
        "generative adversarial network of images: DCGAN or WGAN-GP; no encoder",
    ),
}

DATASETS = {
    "mnist": (
        "keras_aae.data.mnist:load_mnist",
        "handwritten digits, 60,000 + 10,000 images of 28x28",
    ),
    "fashion_mnist": (
        "keras_aae.data.mnist:load_fashion_mnist",
        "clothing, 60,000 + 10,000 images of 28x28",
    ),
    "digits": (
        "keras_aae.data.digits:load_digits",
        "1,797 digits of 8x8, enlarged to 28x28; bundled, needs no download",
    ),
    "lfw": (
        "keras_aae.data.lfw:load_lfw",
        "faces, one per person, 5,174 + 575 images of 64x64 in color; unlabeled",
    ),
    "cifar10": (
        "keras_aae.data.cifar10:load_cifar10",
        "photographs of ten classes, 50,000 + 10,000 images of 32x32 in color",
    ),
    "lines": (
        "keras_aae.data.lines:load_lines",
        "synthetic point clouds along lines, 80 + 20 images of 28x28; unlabeled",
    ),
    "lines-coordinates": (
        "keras_aae.data.lines:load_lines_coordinates",
        "the clouds of `lines` as 200 points (x, y) in [0, 1], images of 200x2; "
        "unlabeled",
    ),
}

NETWORKS = {
    "dense": ("keras_aae.networks:dense", "fully connected"),
    "conv": ("keras_aae.networks:conv", "convolutions of stride 2"),
    "lenet": ("keras_aae.networks:lenet", "LeNet: convolutions and max-pooling"),
    "pooled": (
        "keras_aae.networks:pooled",
        "convolutions and max-pooling; the feature map is the code",
    ),
    "dense-bn": (
        "keras_aae.networks:dense_bn",
        "fully connected with batch normalization",
    ),
    "conv-bn": (
        "keras_aae.networks:conv_bn",
        "convolutions with batch normalization",
    ),
    "conv-bn-3": (
        "keras_aae.networks:conv_bn_3",
        "three convolutions with batch normalization, for faces",
    ),
}

PRIORS = {
    "normal": ("keras_aae.priors:Normal", "standard normal of any dimension"),
    "mixture": ("keras_aae.priors:MixtureOfNormals", "learned mixture of normals"),
    "umbrella": (
        "keras_aae.priors:Umbrella",
        "ring of normals in the plane, one component per class",
    ),
    "swiss-roll": ("keras_aae.priors:SwissRoll", "spiral in the plane"),
    "uniform": ("keras_aae.priors:Uniform", "uniform from -1 to 1 in every dimension"),
    "categorical": (
        "keras_aae.priors:Categorical",
        "uniform categorical over one-hot codes",
    ),
}

FIGURES = {
    "reconstructions": (
        "keras_aae.figures.reconstructions:reconstructions",
        "test images above, their reconstructions below",
    ),
    "reconstruction-strip": (
        "keras_aae.figures.reconstructions:reconstruction_strip",
        "columns of original | reconstruction, one image per row",
    ),
    "reconstruction-strips": (
        "keras_aae.figures.reconstructions:reconstruction_strips",
        "columns of original | reconstructions by several runs, one image per row",
    ),
    "reconstruction-grid": (
        "keras_aae.figures.reconstructions:reconstruction_grid",
        "square grid of test images beside one of their reconstructions",
    ),
    "triple-panel": (
        "keras_aae.figures.reconstructions:triple_panel",
        "square grids of noisy test images, denoised images and generated images",
    ),
    "thresholded": (
        "keras_aae.figures.reconstructions:thresholded",
        "test images, their reconstructions, and the thresholded reconstructions",
    ),
    "denoising": (
        "keras_aae.figures.reconstructions:denoising",
        "test images, their corrupted versions, and the reconstructions of these",
    ),
    "point-clouds": (
        "keras_aae.figures.point_clouds:point_clouds",
        "test point clouds above, their reconstructions below",
    ),
    "scatterplot": (
        "keras_aae.figures.scatterplot:scatterplot",
        "codes of the test images, colored by class",
    ),
    "latent-sweep": (
        "keras_aae.figures.latent_sweep:latent_sweep",
        "images decoded on a grid over the first two latent dimensions",
    ),
    "interpolation": (
        "keras_aae.figures.interpolation:interpolation",
        "images decoded on a grid between the codes of four test images",
    ),
    "interpolation-animation": (
        "keras_aae.figures.animation:interpolation_animation",
        "GIF: interpolation between pairs of test images, there and back",
    ),
    "nearest-neighbors": (
        "keras_aae.figures.animation:nearest_neighbors",
        "GIF: interpolation from test images to their nearest neighbors and back",
    ),
    "morph": (
        "keras_aae.figures.animation:morph",
        "GIF: a tour through the codes of one test image per class",
    ),
    "attribute-directions": (
        "keras_aae.figures.attribute_directions:attribute_directions",
        "test images moved along the direction of thickness, slant or a class",
    ),
    "attribute-arithmetic": (
        "keras_aae.figures.attribute_directions:attribute_arithmetic",
        "a test image moved by sums of two directions: thickness and slant",
    ),
    "receptive-fields": (
        "keras_aae.figures.receptive_fields:receptive_fields",
        "weights of the encoder's first layer, one image per hidden unit",
    ),
    "samples": (
        "keras_aae.figures.samples:samples",
        "images decoded from the prior, or from a density fitted to the codes",
    ),
    "samples-by-epoch": (
        "keras_aae.figures.snapshots:samples_by_epoch",
        "images decoded from fixed prior samples over the course of training",
    ),
    "samples-animation": (
        "keras_aae.figures.snapshots:samples_animation",
        "GIF: images decoded from fixed prior samples, epoch by epoch",
    ),
    "latent-walk": (
        "keras_aae.figures.latent_walk:latent_walk",
        "a prior sample varied along one latent dimension per row",
    ),
    "mode-samples": (
        "keras_aae.figures.mode_samples:mode_samples",
        "images decoded outwards along each component of an umbrella prior",
    ),
    "style-grid": (
        "keras_aae.figures.style_grid:style_grid",
        "the same styles decoded for each class, one class per row",
    ),
    "cluster-heads": (
        "keras_aae.figures.cluster_heads:cluster_heads",
        "the head of each cluster, framed, and its most confident test images",
    ),
    "space-per-class": (
        "keras_aae.figures.space_per_class:space_per_class",
        "class of the decoded images over two latent dimensions, and share of each class",
    ),
    "misclassified": (
        "keras_aae.figures.misclassified:misclassified",
        "misclassified test images, most confident first: predicted (true)",
    ),
    "confusion": (
        "keras_aae.figures.confusion:confusion",
        "confusion matrix on the test images",
    ),
    "labeled-samples": (
        "keras_aae.figures.labeled_samples:labeled_samples",
        "images of the data set with the names of their classes",
    ),
    "learning-curves": (
        "keras_aae.figures.learning_curves:learning_curves",
        "every term of the objective over the epochs",
    ),
    "axis-scatter": (
        "keras_aae.figures.axis_scatter:axis_scatter",
        "two units of the codes, and the share of points on an axis",
    ),
    "pca": (
        "keras_aae.figures.projections:pca",
        "codes projected onto two of their principal components",
    ),
    "tsne": (
        "keras_aae.figures.projections:tsne",
        "codes embedded in two dimensions by t-SNE",
    ),
    "scatterplot-3d": (
        "keras_aae.figures.scatterplot_3d:scatterplot_3d",
        "codes in three dimensions, colored by class",
    ),
    "code-distributions": (
        "keras_aae.figures.code_distributions:code_distributions",
        "quantiles of the codes over the epochs",
    ),
    "embedding-histograms": (
        "keras_aae.figures.embedding_histograms:embedding_histograms",
        "histograms of each unit: codes of test images and generated codes",
    ),
    "posterior-prior": (
        "keras_aae.figures.posteriors:posterior_prior",
        "codes of the test images beside samples of the prior",
    ),
    "posteriors": (
        "keras_aae.figures.posteriors:posteriors",
        "codes of the test images by several models, on the same axes",
    ),
    "discriminator-output": (
        "keras_aae.figures.discriminator_output:discriminator_output",
        "discriminator outputs on codes and on samples of the prior",
    ),
    "probability-histograms": (
        "keras_aae.figures.probability_histograms:probability_histograms",
        "outputs of a GAN's discriminator on test images and on generated images",
    ),
    "weight-histograms": (
        "keras_aae.figures.weight_histograms:weight_histograms",
        "weights of the first layer of each network, of one or several models",
    ),
    "gradient-histograms": (
        "keras_aae.figures.weight_histograms:gradient_histograms",
        "gradients of each network's first weights, one curve per phase",
    ),
    "compare": (
        "keras_aae.figures.compare:compare",
        "metrics of several models side by side, one panel per metric",
    ),
    "adversarial-diagnostics": (
        "keras_aae.figures.adversarial_diagnostics:adversarial_diagnostics",
        "discriminator accuracy and distance from codes to prior over the epochs",
    ),
    "gradient-variance": (
        "keras_aae.figures.studies:gradient_variance",
        "study without a model: variance of two gradient estimators",
    ),
    "gumbel": (
        "keras_aae.figures.studies:gumbel",
        "study without a model: Gumbel noise, and sampling of classes with it",
    ),
}

METRICS = {
    "neg_elbo": (
        "keras_aae.evaluation.likelihood:bound",
        "-ELBO of test images, one sampled code per image; nats",
    ),
    "reconstruction_nll": (
        "keras_aae.evaluation.likelihood:bound",
        "-log p(x|z), z sampled from q(z|x); nats",
    ),
    "kl": (
        "keras_aae.evaluation.likelihood:bound",
        "KL(q(z|x) || p(z)); nats",
    ),
    "neg_elbo_binarized": (
        "keras_aae.evaluation.likelihood:bound",
        "-ELBO of randomly binarized test images; nats",
    ),
    "reconstruction_nll_binarized": (
        "keras_aae.evaluation.likelihood:bound",
        "-log p(x|z) of binarized test images, z sampled from q(z|x); nats",
    ),
    "kl_binarized": (
        "keras_aae.evaluation.likelihood:bound",
        "KL(q(z|x) || p(z)) of binarized test images; nats",
    ),
    "nll": (
        "keras_aae.evaluation.likelihood:importance_sampled_nll",
        "-log p(x) by importance sampling, 200 samples, first 1,000 test images; nats",
    ),
    "nll_binarized": (
        "keras_aae.evaluation.likelihood:importance_sampled_nll",
        "-log p(x) of binarized images by importance sampling, 200 samples, first "
        "1,000 test images; nats",
    ),
    "nll_5000": (
        "keras_aae.evaluation.likelihood:long_importance_sampled_nll",
        "-log p(x) by importance sampling, 5,000 samples, all test images, Gaussian "
        "likelihood; nats; slow",
    ),
    "nll_5000_binarized": (
        "keras_aae.evaluation.likelihood:long_importance_sampled_nll",
        "-log p(x) of binarized images by importance sampling, 5,000 samples, all test "
        "images; nats; slow",
    ),
    "active_units": (
        "keras_aae.evaluation.likelihood:active_units",
        "number of latent dimensions whose posterior mean has variance above 0.01",
    ),
    "reconstruction_loss": (
        "keras_aae.evaluation.codes:reconstruction_loss",
        "the model's own reconstruction loss; nats for bernoulli and gaussian",
    ),
    "mse": (
        "keras_aae.evaluation.codes:mean_squared_error",
        "mean squared error per pixel of reconstructions, pixels in [0, 1]",
    ),
    "probe_knn_100": (
        "keras_aae.evaluation.codes:knn_probe",
        "5-nearest-neighbor accuracy on test codes with 100 labels",
    ),
    "probe_knn_1000": (
        "keras_aae.evaluation.codes:knn_probe",
        "5-nearest-neighbor accuracy on test codes with 1,000 labels",
    ),
    "probe_logistic_10000": (
        "keras_aae.evaluation.probes:logistic_probe",
        "accuracy of logistic regression on test codes with 10,000 labels",
    ),
    "probe_kernel_100": (
        "keras_aae.evaluation.probes:few_label_accuracies",
        "accuracy of kernel logistic regression on test codes with 100 labels, mean "
        "and standard deviation (_std) over 5 label subsets; slow",
    ),
    "probe_kernel_500": (
        "keras_aae.evaluation.probes:few_label_accuracies",
        "accuracy of kernel logistic regression on test codes with 500 labels, mean "
        "and standard deviation (_std) over 5 label subsets; slow",
    ),
    "probe_pseudo_labels_100": (
        "keras_aae.evaluation.probes:few_label_accuracies",
        "accuracy of kernel logistic regression on test codes with 100 labels and "
        "2,500 pseudo-labels, mean and standard deviation (_std) over 5 label subsets; "
        "slow",
    ),
    "probe_label_spreading_100": (
        "keras_aae.evaluation.probes:label_spreading_probe",
        "accuracy of label spreading on test codes, from 100 labels over the neighbor "
        "graph of 20,000 training codes, mean and standard deviation (_std) over 5 "
        "label subsets; slow",
    ),
    "probe_logistic_2000": (
        "keras_aae.evaluation.probing:probe_codes",
        "accuracy of logistic regression on test codes with 2,000 labels, mean over 5 "
        "label subsets; slow",
    ),
    "probe_knn_2000": (
        "keras_aae.evaluation.probing:probe_codes",
        "accuracy of 5 nearest neighbors on test codes with 2,000 labels, mean over 5 "
        "label subsets; slow",
    ),
    "probe_dense_2000": (
        "keras_aae.evaluation.probing:probe_codes",
        "accuracy of a dense network on test codes with 2,000 labels, mean over 5 "
        "label subsets; slow",
    ),
    "pixel_probe_logistic_2000": (
        "keras_aae.evaluation.probing:probe_pixels",
        "accuracy of logistic regression on pixels with 2,000 labels, mean over 5 "
        "label subsets; slow",
    ),
    "pixel_probe_knn_2000": (
        "keras_aae.evaluation.probing:probe_pixels",
        "accuracy of 5 nearest neighbors on pixels with 2,000 labels, mean over 5 "
        "label subsets; slow",
    ),
    "pixel_probe_dense_2000": (
        "keras_aae.evaluation.probing:probe_pixels",
        "accuracy of a dense network on pixels with 2,000 labels, mean over 5 label "
        "subsets; slow",
    ),
    "kmeans_accuracy": (
        "keras_aae.evaluation.classes:kmeans_agreement",
        "accuracy of k-means clusters of test codes, as many as there are classes, "
        "under the best one-to-one assignment to classes",
    ),
    "kmeans_nmi": (
        "keras_aae.evaluation.classes:kmeans_agreement",
        "normalized mutual information of k-means clusters and classes, at most 1",
    ),
    "mean_code": (
        "keras_aae.evaluation.codes:mean_code",
        "mean of the codes over test images and code units",
    ),
    "prior_mmd": (
        "keras_aae.evaluation.prior:prior_distances",
        "squared MMD (imq kernel) of 10,000 test codes and prior samples, in blocks of "
        "2,000",
    ),
    "prior_sliced_wasserstein": (
        "keras_aae.evaluation.prior:prior_distances",
        "sliced Wasserstein distance of 10,000 test codes and prior samples",
    ),
    "discriminator_accuracy_codes": (
        "keras_aae.evaluation.prior:discriminator_accuracies",
        "accuracy of the discriminator on test codes; 0.5 is chance",
    ),
    "discriminator_accuracy_prior": (
        "keras_aae.evaluation.prior:discriminator_accuracies",
        "accuracy of the discriminator on prior samples; 0.5 is chance",
    ),
    "component_accuracy": (
        "keras_aae.evaluation.classes:component_accuracy",
        "share of test codes whose most likely prior component is that of their class",
    ),
    "component_coverage": (
        "keras_aae.evaluation.classes:component_coverage",
        "share of test codes within 3 standard deviations of the component of their "
        "class",
    ),
    "component_purity": (
        "keras_aae.evaluation.classes:component_purity",
        "share of test codes of the majority class of their prior component",
    ),
    "test_error": (
        "keras_aae.evaluation.classes:classification_error",
        "classification error on test images, of models trained with labels; percent",
    ),
    "test_auroc": (
        "keras_aae.evaluation.classes:classification_auroc",
        "one-vs-rest area under the ROC curve on test images, mean over the classes, "
        "of models trained with labels; percent",
    ),
    "cluster_error": (
        "keras_aae.evaluation.classes:cluster_errors",
        "classification error of clusters, each named after its most confident "
        "training image; percent",
    ),
    "cluster_error_majority": (
        "keras_aae.evaluation.classes:cluster_errors",
        "classification error of clusters, each named after the majority of its "
        "training images (of 10,000); percent",
    ),
    "fid": (
        "keras_aae.evaluation.generation:generated_images",
        "Frechet distance of 10,000 generated images and MNIST test images, in "
        "features of our own small classifier, not of Inception: not comparable with "
        "published FID",
    ),
    "fid_mixture": (
        "keras_aae.evaluation.generation:mixture_images",
        "`fid` of images decoded from ten Gaussians fitted to the codes",
    ),
    "class_coverage": (
        "keras_aae.evaluation.generation:generated_images",
        "share of classes with at least 1 % of the generated images, by the classifier "
        "of `fid`",
    ),
    "class_entropy": (
        "keras_aae.evaluation.generation:generated_images",
        "entropy of the class shares in generated images; nats, ln 10 = 2.303 is best",
    ),
    "class_confidence": (
        "keras_aae.evaluation.generation:generated_images",
        "mean probability of the most probable class of generated images",
    ),
    "parzen_log_likelihood": (
        "keras_aae.evaluation.parzen:parzen_log_likelihood",
        "log p(x) by Parzen windows around 10,000 samples, pixels in [0, 1]; nats; its "
        "standard error (_stderr) and the bandwidth (_bandwidth); slow",
    ),
    "gaussian_log_likelihood": (
        "keras_aae.evaluation.gaussian_likelihood:gaussian_log_likelihood",
        "log p(x) with Gaussian pixels, by importance sampling, first 1,000 test "
        "images; nats; its standard error (_stderr), the standard deviation of pixels "
        "(_deviation) and the median effective sample size (_ess); slow",
    ),
    "interpolation_energy": (
        "keras_aae.evaluation.interpolation:interpolation_energy",
        "energy of the path of images between two codes; 1 for an even fade, up to 16 "
        "for a jump",
    ),
    "space_share": (
        "keras_aae.evaluation.space:space_shares",
        "share of the area of two latent dimensions that decodes to a class, by its "
        "number",
    ),
    "space_mass": (
        "keras_aae.evaluation.space:space_shares",
        "`space_share` weighted by the prior, or by a density fitted to the codes",
    ),
    "space_ambiguous": (
        "keras_aae.evaluation.space:space_shares",
        "share of the area where fewer than 8 of the 10 nearest training images agree",
    ),
    "space_ambiguous_mass": (
        "keras_aae.evaluation.space:space_shares",
        "`space_ambiguous` weighted by the prior, or by a density fitted to the codes",
    ),
}

# Computed only on request, since they take many seconds or minutes.
SLOW_METRICS = (
    "probe_kernel_100",
    "probe_kernel_500",
    "probe_pseudo_labels_100",
    "probe_label_spreading_100",
    "probe_logistic_2000",
    "probe_knn_2000",
    "probe_dense_2000",
    "pixel_probe_logistic_2000",
    "pixel_probe_knn_2000",
    "pixel_probe_dense_2000",
    "nll_5000",
    "nll_5000_binarized",
    "parzen_log_likelihood",
    "gaussian_log_likelihood",
)
