"""How does the stock admin see stories? Unmanaged mirrors of the documents; a test compares their fields."""

from __future__ import annotations

from django.db import models

from storycore.mongo.mirrors import ContentModel


class Scenario(ContentModel):
    """A branching story."""

    title = models.CharField(max_length=200)
    description = models.TextField(blank=True, null=True)  # noqa: DJ001 - documents tell absent from empty
    author = models.CharField(max_length=64, editable=False)
    is_published = models.BooleanField(default=False)
    variables = models.JSONField(blank=True, null=True)
    languages = models.JSONField(blank=True, null=True)
    revision = models.IntegerField(editable=False)
    origin = models.TextField(blank=True, null=True, editable=False)  # noqa: DJ001 - as above

    class Meta(ContentModel.Meta):
        db_table = "scenarios"

    def __str__(self) -> str:
        return self.title


class Scene(ContentModel):
    """One place in a story."""

    scenario = models.ForeignKey(
        Scenario, models.DO_NOTHING, db_column="scenario", related_name="scenes"
    )
    title = models.CharField(max_length=200)
    text = models.TextField()
    image = models.ForeignKey(
        "assets.Asset",
        models.DO_NOTHING,
        db_column="image",
        related_name="+",
        blank=True,
        null=True,
    )
    sound = models.ForeignKey(
        "assets.Asset",
        models.DO_NOTHING,
        db_column="sound",
        related_name="+",
        blank=True,
        null=True,
    )
    music = models.ForeignKey(
        "assets.Asset",
        models.DO_NOTHING,
        db_column="music",
        related_name="+",
        blank=True,
        null=True,
    )
    position = models.JSONField(blank=True, null=True)
    is_start_scene = models.BooleanField(default=False)
    is_end_scene = models.BooleanField(default=False)
    order = models.IntegerField(default=0)
    visible_if = models.CharField(max_length=2_000, blank=True, null=True)  # noqa: DJ001 - as above
    visible_if_error = models.JSONField(blank=True, null=True, editable=False)
    on_enter = models.JSONField(blank=True, null=True)
    tags = models.JSONField(blank=True, null=True)
    origin = models.TextField(blank=True, null=True, editable=False)  # noqa: DJ001 - as above

    class Meta(ContentModel.Meta):
        db_table = "scenes"

    def __str__(self) -> str:
        return self.title


class Choice(ContentModel):
    """A way from one scene to another."""

    scenario = models.ForeignKey(
        Scenario, models.DO_NOTHING, db_column="scenario", related_name="+", editable=False
    )
    from_scene = models.ForeignKey(
        Scene, models.DO_NOTHING, db_column="from_scene", related_name="choices"
    )
    to_scene = models.ForeignKey(
        Scene, models.DO_NOTHING, db_column="to_scene", related_name="incoming_choices"
    )
    text = models.CharField(max_length=2_000)
    condition = models.CharField(max_length=2_000, blank=True, null=True)  # noqa: DJ001 - as above
    condition_error = models.JSONField(blank=True, null=True, editable=False)
    effects = models.JSONField(blank=True, null=True)
    once = models.BooleanField(default=False)
    order = models.IntegerField(default=0)

    class Meta(ContentModel.Meta):
        db_table = "choices"

    def __str__(self) -> str:
        return self.text[:60]
