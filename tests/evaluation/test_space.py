import numpy as np
import pytest
from families import small_model

from keras_aae.data import Dataset, Images
from keras_aae.errors import UnsupportedError
from keras_aae.evaluation import evaluate
from keras_aae.evaluation.space import Space, measure_space
from keras_aae.priors import Normal


class Halves:
    """Codes right of 1 decode to white images, the others to black ones."""

    latent_dim = 2

    def __init__(self, prior=None):
        self.prior = prior

    def encode(self, x):
        value = x.reshape(len(x), -1).mean(axis=1) / 255
        return np.stack([6 * value - 3, 2 * value - 1], axis=1).astype("float32")

    def decode(self, z):
        white = (z[:, 0] > 1).astype("float32")
        return np.broadcast_to(white[:, None, None, None], (len(z), 2, 2, 1))


@pytest.fixture(scope="module")
def dataset():
    """Dark images of class 0, bright ones of class 2, none of class 1."""
    rng = np.random.default_rng(0)
    labels = np.repeat([0, 2], 40)
    gray = np.where(labels == 0, 20, 235) + rng.integers(-20, 21, 80)
    images = Images(np.tile(gray[:, None, None], (1, 2, 2)).astype("uint8"), labels)
    return Dataset("halves", images, images, ("dark", "none", "bright"))


def test_shares_of_a_plane_cut_in_two(dataset):
    space = measure_space(Halves(Normal(2)), dataset)
    end = 2.5758293  # all but 0.5 % of a standard normal lies below
    np.testing.assert_allclose(space.limits, [[-end, end]] * 2, rtol=1e-6)
    right = (end - 1) / (2 * end)
    np.testing.assert_allclose(
        space.by_class(space.area), [1 - right, 0, right], atol=0.01
    )
    beyond_one = (0.995 - 0.8413447) / 0.99
    np.testing.assert_allclose(
        space.by_class(space.mass), [1 - beyond_one, 0, beyond_one], atol=0.01
    )
    assert not space.ambiguous.any()
    assert space.accuracy == 1


def test_rows_run_along_the_second_dimension_upwards(dataset):
    space = measure_space(Halves(Normal(2)), dataset)
    assert (space.classes[:, 0] == 0).all() and (space.classes[:, -1] == 2).all()
    turned = Halves(Normal(2))
    turned.decode = lambda z: Halves.decode(turned, z[:, ::-1])
    classes = measure_space(turned, dataset).classes
    assert (classes[0] == 0).all() and (classes[-1] == 2).all()


def test_without_a_prior_the_codes_say_where_and_how_much(dataset):
    model = Halves()
    space = measure_space(model, dataset)
    codes = model.encode(dataset.train.array())
    np.testing.assert_allclose(
        space.limits, np.quantile(codes, [0.005, 0.995], axis=0).T
    )
    assert space.mass.sum() == pytest.approx(1)
    # Half of the codes lie on either side; there is little between them.
    between = np.abs(np.linspace(*space.limits[0], 100)) < 1
    assert space.mass[:, between].sum() < 0.05
    assert space.by_class(space.mass)[2] == pytest.approx(0.5, abs=0.05)


def test_votes_that_disagree_are_ambiguous(dataset):
    rng = np.random.default_rng(0)
    x = dataset.train.array()
    mixed = Images(x, rng.permutation(dataset.train.labels))
    space = measure_space(
        Halves(Normal(2)), Dataset("mixed", mixed, mixed, dataset.class_names)
    )
    assert space.accuracy < 0.9
    known = Space(
        limits=np.zeros((2, 2)),
        classes=np.array([[0, 1], [1, 1]]),
        ambiguous=np.array([[True, False], [False, True]]),
        mass=np.array([[0.1, 0.2], [0.3, 0.4]]),
        num_classes=3,
        accuracy=1.0,
    )
    np.testing.assert_allclose(known.by_class(known.area), [0.25, 0.75, 0])
    np.testing.assert_allclose(known.by_class(known.mass), [0.1, 0.9, 0])
    assert known.mass[known.ambiguous].sum() == pytest.approx(0.5)


@pytest.mark.parametrize("agreeing, ambiguous", [(8, False), (7, True)])
def test_eight_votes_of_ten_are_enough(agreeing, ambiguous):
    labels = np.r_[np.zeros(agreeing, int), np.ones(10 - agreeing, int)]
    images = Images(np.zeros((10, 2, 2), "uint8"), labels)
    model = Halves(Normal(2))
    space = measure_space(model, Dataset("ten", images, images, ("a", "b")))
    assert (space.classes == 0).all()
    assert (space.ambiguous == ambiguous).all()


def test_the_numbers_of_a_model(dataset):
    values = evaluate(Halves(Normal(2)), dataset, names=["space_share", "space_mass"])
    space = measure_space(Halves(Normal(2)), dataset)
    assert list(values) == [
        f"space_{kind}_{k}" for kind in ("share", "mass") for k in range(3)
    ]
    assert values["space_share_2"] == space.by_class(space.area)[2]
    assert values["space_mass_0"] == space.by_class(space.mass)[0]
    both = ["space_ambiguous", "space_ambiguous_mass"]
    assert evaluate(Halves(Normal(2)), dataset, names=both) == dict.fromkeys(both, 0)


def test_a_trained_family_and_its_prior_are_measured(toy_images):
    x, y = toy_images
    data = Dataset("toy", Images(x, y), Images(x, y), tuple("abcd"))
    for name in ("vae", "autoencoder"):
        space = measure_space(small_model(name, latent_dim=2), data)
        assert space.mass.sum() == pytest.approx(1)
        assert space.by_class(space.area).sum() == pytest.approx(1)


def test_what_cannot_be_measured_is_refused(dataset, toy_images):
    with pytest.raises(UnsupportedError, match="two latent dimensions"):
        measure_space(small_model("vae", latent_dim=3), dataset)
    x, y = toy_images
    unlabeled = Dataset("toy", Images(x), Images(x))
    few = Dataset("toy", Images(x[:9], y[:9]), Images(x, y), tuple("abcd"))
    many = Dataset("toy", Images(x, y), Images(x, y), tuple(map(str, range(21))))
    for data in (unlabeled, few, many):
        with pytest.raises(UnsupportedError, match="at least 10 labeled training"):
            measure_space(Halves(Normal(2)), data)
