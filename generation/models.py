"""How does the stock admin see jobs? An unmanaged mirror of the document; a test compares their fields."""

from __future__ import annotations

from django.db import models

from storycore.mongo.mirrors import ContentModel


class Job(ContentModel):
    """A piece of work that outlives processes.

    Steps, lines and work hold moments and ids, which a JSON field cannot read: they come as they are.
    """

    kind = models.CharField(max_length=40, editable=False)
    task = models.CharField(max_length=20, null=True, editable=False)  # noqa: DJ001 - as above
    queue = models.CharField(max_length=40, editable=False)
    status = models.CharField(max_length=20, editable=False)
    owner = models.CharField(max_length=64, editable=False)
    asset_name = models.CharField(max_length=255, null=True, editable=False)  # noqa: DJ001 - as above
    prompt = models.TextField(editable=False)
    parameters = models.JSONField(null=True, editable=False)
    seed = models.BigIntegerField(null=True, editable=False)
    provider = models.CharField(max_length=80, null=True, editable=False)  # noqa: DJ001 - documents tell absent from empty
    providers = models.JSONField(null=True, editable=False)
    model = models.CharField(max_length=200, null=True, editable=False)  # noqa: DJ001 - as above
    scene = models.CharField(max_length=24, null=True, editable=False)  # noqa: DJ001 - as above
    media_field = models.CharField(max_length=20, null=True, editable=False)  # noqa: DJ001 - as above
    scenario = models.CharField(max_length=24, null=True, editable=False)  # noqa: DJ001 - as above
    project = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - as above
    universe = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - as above
    priority = models.IntegerField(default=5)
    turn = models.IntegerField(editable=False)
    parent = models.CharField(max_length=24, null=True, editable=False)  # noqa: DJ001 - as above
    take_of = models.CharField(max_length=24, null=True, editable=False)  # noqa: DJ001 - as above
    is_public = models.BooleanField(default=False, editable=False)
    progress = models.IntegerField(editable=False)
    step = models.CharField(max_length=80, null=True, editable=False)  # noqa: DJ001 - as above
    steps = models.TextField(null=True, editable=False)  # noqa: DJ001 - as above
    message = models.TextField(null=True, editable=False)  # noqa: DJ001 - as above
    lines = models.TextField(null=True, editable=False)  # noqa: DJ001 - as above
    attempts = models.IntegerField(editable=False)
    retry_count = models.IntegerField(editable=False)
    next_attempt_at = models.DateTimeField(null=True, editable=False)
    error_code = models.CharField(max_length=80, null=True, editable=False)  # noqa: DJ001 - as above
    error_message = models.TextField(null=True, editable=False)  # noqa: DJ001 - as above
    asset = models.CharField(max_length=24, null=True, editable=False)  # noqa: DJ001 - as above
    result = models.JSONField(null=True, editable=False)
    cost_estimate = models.FloatField(null=True, editable=False)
    usage = models.JSONField(null=True, editable=False)
    idempotency_key = models.CharField(max_length=200, null=True, editable=False)  # noqa: DJ001 - as above
    joins = models.CharField(max_length=64, null=True, editable=False)  # noqa: DJ001 - as above
    due = models.DateTimeField(editable=False)
    worker = models.CharField(max_length=120, null=True, editable=False)  # noqa: DJ001 - as above
    fence = models.IntegerField(editable=False)
    yielded = models.BooleanField(null=True, editable=False)
    work = models.TextField(null=True, editable=False)  # noqa: DJ001 - as above
    announced = models.BooleanField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)

    class Meta(ContentModel.Meta):
        db_table = "jobs"

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"
