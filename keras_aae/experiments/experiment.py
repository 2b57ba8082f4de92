"""What stands on the menus of experiments: values, their sources, a line of help each."""

from dataclasses import dataclass, field, replace
from typing import Any

from keras_aae.recipe import Recipe, override


@dataclass(frozen=True)
class Experiment:
    """A named recipe with its line of help and what is published about it.

    `published` are numbers of others under the names of our metrics, from `source`;
    `figures` are drawn for the results page, each a name or (name, options); `seeds`
    are trained each, the recipe's own first; `metrics` are measured beside those that
    every model is measured by; `quick` ones are in the default set. A higher `version`
    makes results stale that the first steps of a training do not tell from others.
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
        """That of the recipe."""
        return self.recipe.name

    def variant(
        self,
        name: str,
        about: str,
        settings: dict[str, Any] | None = None,
        **changes: Any,
    ) -> "Experiment":
        """Return a copy under another name.

        `settings` are values of the recipe and options of its model that differ, and
        `changes` those of the experiment.
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

    `value` names the value of the recipe, `values` are those it takes; `published` are
    numbers of others by value, from `source`; `version` is as of `Experiment`.
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
        """That of the recipe."""
        return self.recipe.name


@dataclass(frozen=True)
class TransferStudy:
    """What the frozen codes of a recipe's encoder say of other images than its own.

    `classifier` learns their classes, or `classes` alone. `published` are numbers of
    others, shares of 1, as "accuracy" and "auroc" of the test images, from `source`;
    `baselines` are the encoder before its training, and pixels; `specialist` is a recipe
    of a classifier trained on these images themselves; `finding` says what the numbers
    show.
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
    """Numbers of several recipes beside each other; the first is what others differ from.

    `finding` says what they show.
    """

    name: str
    about: str
    recipes: tuple[str, ...]
    metrics: tuple[str, ...]
    finding: str = ""
