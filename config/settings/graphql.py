"""What the GraphQL endpoint offers beside answers: introspection, persisted documents, GraphiQL and figures."""

from __future__ import annotations

from pathlib import Path

from config import env

# Empty means: everyone while DEBUG is on, else staff.
GRAPHQL_INTROSPECTION = env.choice("GRAPHQL_INTROSPECTION", "", ("", "everyone", "staff", "nobody"))
# How long a document that came with its hash is found by the hash alone.
GRAPHQL_PERSISTED_SECONDS = env.integer("GRAPHQL_PERSISTED_SECONDS", 86_400, least=1)
# Room for answers that readers of published stories share, in each web process; 0 keeps none.
GRAPHQL_CACHE_BYTES = env.integer("GRAPHQL_CACHE_BYTES", 64_000_000, least=0)
# Links in an answer may be signed: it is not kept for longer than they surely hold.
GRAPHQL_CACHE_SECONDS = env.integer("GRAPHQL_CACHE_SECONDS", 300, least=1, most=900)
# A JSON file of the only documents that may run; empty lets every document run.
GRAPHQL_ALLOWED_OPERATIONS = env.text("GRAPHQL_ALLOWED_OPERATIONS", "")

GRAPHIQL_ENABLED = env.flag("GRAPHIQL", default=True)
GRAPHIQL_EXAMPLES = Path(__file__).resolve().parents[1] / "graphiql"

# Lets a scraper read /metrics without a login; empty leaves it to staff.
METRICS_TOKEN = env.text("METRICS_TOKEN", "")
# Where several web processes keep their figures together; prometheus_client reads the same variable.
PROMETHEUS_MULTIPROC_DIR = env.text("PROMETHEUS_MULTIPROC_DIR", "")
