"""What stands on the menus of experiments: values, their sources, a line of help each."""

from dataclasses import dataclass, field, replace
from typing import Any

from keras_aae.recipe import Recipe, override


@dataclass(frozen=True)
class Experiment:
    """A named recipe with what is published about it.

    Args:
        recipe: What is trained.
        about: The line of help.
        source: Of the published numbers.
        published: Numbers of others under the names of our metrics.
        figures: Drawn for the results page, each a name or (name, options).
        seeds: Trained each, the recipe's own first.
        metrics: Measured beside those that every model is measured by.
        quick: Whether it is in the default set.
        version: A higher one makes results stale that the first steps of a training do
            not tell from others.
    """

    recipe: Recipe
    about: str
    source: str
    published: dict[str, float] = field(default_factory=dict)
    figures: tuple = ("reconstructions", "learning-curves")
    seeds: tuple[int, ...] = (0,)
    metrics: tuple[str, ...] = ()
    quick: bool = True
    version: int = 1

    @property
    def name(self) -> str:
        """That of the recipe."""
        return self.recipe.name

    def variant(self, name: str, about: str, settings=None, **changes) -> "Experiment":
        """Return a copy under another name.

        Args:
            name: Of the copy.
            about: Of the copy.
            settings: Values of the recipe and options of its model that differ.
            **changes: Values of the experiment that differ.
        """
        recipe = override(self.recipe, {"name": name, **(settings or {})})
        return replace(self, recipe=recipe, about=about, **changes)


@dataclass(frozen=True)
class Comparison:
    """A figure of several recipes side by side, or of none at all."""

    name: str
    about: str
    figure: str
    recipes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Sweep:
    """A number of a recipe against one of its values, from several seeds at each.

    Args:
        recipe: With all other values.
        about: The line of help.
        value: Name of the value of the recipe.
        values: Those that it takes.
        metric: The number.
        source: Of the published numbers.
        published: Numbers of others by value.
        seeds: Trained each.
        version: As of `Experiment`.
    """

    recipe: Recipe
    about: str
    value: str
    values: tuple
    metric: str
    source: str
    published: dict[Any, float] = field(default_factory=dict)
    seeds: tuple[int, ...] = (0, 1, 2, 3, 4)
    version: int = 1

    @property
    def name(self) -> str:
        """That of the recipe."""
        return self.recipe.name


@dataclass(frozen=True)
class TransferStudy:
    """What the frozen codes of a recipe's encoder say of other images than its own.

    Args:
        name: On the menu.
        about: The line of help.
        recipe: Name of the encoder's recipe.
        dataset: The other images.
        classifier: What learns their classes from the codes.
        source: Of the published numbers.
        classes: Those to tell apart; None is all.
        published: Numbers of others, "accuracy" and "auroc" of the test images, as
            shares of 1.
        baselines: Whether the encoder before its training, and pixels, are measured too.
        specialist: Recipe of a classifier trained on these images themselves.
        finding: What the numbers show.
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
        """What the numbers depend on beside the recipe, in plain JSON values."""
        return {
            "dataset": self.dataset,
            "classes": self.classes and list(self.classes),
            "classifier": self.classifier,
            "baselines": self.baselines,
        }


@dataclass(frozen=True)
class Table:
    """Numbers of several recipes beside each other.

    Args:
        name: On the menu.
        about: The line of help.
        recipes: Their names; the first is what the others differ from.
        metrics: The numbers.
        finding: What they show.
    """

    name: str
    about: str
    recipes: tuple[str, ...]
    metrics: tuple[str, ...]
    finding: str = ""
