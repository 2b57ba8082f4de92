"""Types of entries in the experiment registries: recipes, studies and tables."""

from dataclasses import dataclass, field, replace
from typing import Any

from keras_aae.recipe import Recipe, override


@dataclass(frozen=True)
class Experiment:
    """Named recipe with a description and its published numbers.

    Args:
        recipe: Recipe to train.
        about: One-line description.
        source: Origin of the recipe and of the published numbers.
        published: Published numbers by the names of our metrics.
        figures: Figures of the results page, each a name or (name, options).
        seeds: Seeds to train, the recipe's own first.
        metrics: Slow metrics to measure in addition to the default ones.
        quick: Whether the recipe is in the default set.
        version: Number to raise when results become stale in a way that the first
            training steps do not show.
    """

    recipe: Recipe
    about: str
    source: str
    published: dict[str, float] = field(default_factory=dict)
    figures: tuple[Any, ...] = ("reconstructions", "learning-curves")
    seeds: tuple[int, ...] = (0,)
    metrics: tuple[str, ...] = ()
    quick: bool = True
    version: int = 1

    @property
    def name(self) -> str:
        """Name of the recipe."""
        return self.recipe.name

    def variant(
        self,
        name: str,
        about: str,
        settings: dict[str, Any] | None = None,
        **changes: Any,
    ) -> "Experiment":
        """Return a copy under another name.

        Args:
            name: Name of the copy.
            about: Description of the copy.
            settings: Recipe values and model options that differ.
            **changes: Fields of the experiment that differ.
        """
        recipe = override(self.recipe, {"name": name, **(settings or {})})
        return replace(self, recipe=recipe, about=about, **changes)


@dataclass(frozen=True)
class Comparison:
    """Figure that compares several recipes, or that needs no recipe."""

    name: str
    about: str
    figure: str
    recipes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sweep:
    """Metric of a recipe as a function of one recipe field, over several seeds.

    Args:
        recipe: Recipe to train.
        about: One-line description.
        value: Name of the recipe field.
        values: Values of the field.
        metric: Name of the metric.
        source: Origin of the sweep and of the published numbers.
        published: Published numbers by value.
        seeds: Seeds to train at each value.
        version: Version, as in `Experiment`.
    """

    recipe: Recipe
    about: str
    value: str
    values: tuple[Any, ...]
    metric: str
    source: str
    published: dict[Any, float] = field(default_factory=dict)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    version: int = 1

    @property
    def name(self) -> str:
        """Name of the recipe."""
        return self.recipe.name


@dataclass(frozen=True)
class TransferStudy:
    """Transfer of a frozen encoder to another data set, measured by a classifier.

    Args:
        name: Name of the study.
        about: One-line description.
        recipe: Name of the recipe that trains the encoder.
        dataset: Data set to classify.
        classifier: Classifier trained on the codes.
        source: Origin of the study and of the published numbers.
        classes: Names of the classes to keep; None for all.
        published: Published test "accuracy" and "auroc", as fractions of 1.
        baselines: Whether to compare with the untrained encoder and with pixels.
        specialist: Recipe of a classifier trained on the data set itself.
        finding: Conclusion from the numbers.
    """

    name: str
    about: str
    recipe: str
    dataset: str
    classifier: str
    source: str
    classes: tuple[str, ...] | None = None
    published: dict[str, float] = field(default_factory=dict)
    baselines: bool = True
    specialist: str | None = None
    finding: str = ""

    @property
    def settings(self) -> dict[str, Any]:
        """Settings that the numbers depend on besides the recipe, as JSON values."""
        return {
            "dataset": self.dataset,
            "classes": self.classes and list(self.classes),
            "classifier": self.classifier,
            "baselines": self.baselines,
        }


@dataclass(frozen=True)
class Table:
    """Table of metrics of several recipes.

    Args:
        name: Name of the table.
        about: One-line description.
        recipes: Names of the recipes; differences are taken from the first.
        metrics: Names of the metrics.
        finding: Conclusion from the numbers.
    """

    name: str
    about: str
    recipes: tuple[str, ...]
    metrics: tuple[str, ...]
    finding: str = ""
