"""The generation app: jobs that make pictures, sounds and texts."""

from __future__ import annotations

from django.apps import AppConfig
from django.core.checks import register
from django.utils.module_loading import import_string

from generation.checks import check_providers
from generation.ports import register_kind, register_owner
from generation.providers.base import TASKS
from generation.running.media_jobs import MediaJobs
from scenarios.ports import register_requester
from storycore.health.parts import register_parts


class GenerationConfig(AppConfig):
    """Says how media are made, and fills the places of scenes with them."""

    name = "generation"
    label = "generation"

    def ready(self) -> None:
        for task in TASKS:
            register_kind(task, MediaJobs(task))
        # By name: these act for users, and models cannot be imported before all apps are there.
        simulations = import_string("generation.services.simulation_jobs.SimulationJobs")
        register_kind("simulation", simulations())
        register_owner(import_string("generation.services.scene_media.SceneJobOwner")())
        register_requester(import_string("generation.services.scene_media.SceneMediaOrders")())
        for parts in ("worker_parts", "provider_parts"):
            register_parts(import_string(f"generation.services.health.{parts}"))
        register(check_providers, "generation")
