"""How much one caller may ask for: request sizes, GraphQL limits and rate limits."""

from __future__ import annotations

from config import env

# GraphQL, refused before execution. The existing editor sends whole stories in one variable: it passes.
GRAPHQL_MAX_BODY_BYTES = env.integer("GRAPHQL_MAX_BODY_BYTES", 4_000_000, least=1_000)
GRAPHQL_MAX_QUERY_BYTES = env.integer("GRAPHQL_MAX_QUERY_BYTES", 100_000, least=100)
GRAPHQL_MAX_TOKENS = env.integer("GRAPHQL_MAX_TOKENS", 2_000, least=50)
GRAPHQL_MAX_DEPTH = env.integer("GRAPHQL_MAX_DEPTH", 15, least=3)
GRAPHQL_MAX_ALIASES = env.integer("GRAPHQL_MAX_ALIASES", 50, least=0)
GRAPHQL_MAX_ROOT_FIELDS = env.integer("GRAPHQL_MAX_ROOT_FIELDS", 20, least=1)
GRAPHQL_MAX_FIELDS = env.integer("GRAPHQL_MAX_FIELDS", 500, least=10)
GRAPHQL_MAX_DIRECTIVES = env.integer("GRAPHQL_MAX_DIRECTIVES", 50, least=0)
# Values that an answer may hold, estimated from the page sizes; a value costs a few microseconds.
GRAPHQL_MAX_COST = env.integer("GRAPHQL_MAX_COST", 100_000, least=100)
GRAPHQL_MAX_JSON_DEPTH = env.integer("GRAPHQL_MAX_JSON_DEPTH", 64, least=8)
GRAPHQL_MAX_FILES = env.integer("GRAPHQL_MAX_FILES", 10, least=1)
# A whole multipart request; each file has its own limit by its type.
GRAPHQL_MAX_UPLOAD_BYTES = env.integer("GRAPHQL_MAX_UPLOAD_BYTES", 50_000_000, least=1_000)
GRAPHQL_MAX_BATCH = env.integer("GRAPHQL_MAX_BATCH", 1, least=1, most=10)
GRAPHQL_TIME_BUDGET_SECONDS = env.number("GRAPHQL_TIME_BUDGET_SECONDS", 10.0, least=0.1)

# Django's own guards; uploads stream to disk, so only the non-file part of a body counts here.
DATA_UPLOAD_MAX_MEMORY_SIZE = GRAPHQL_MAX_BODY_BYTES
DATA_UPLOAD_MAX_NUMBER_FIELDS = 1_000
DATA_UPLOAD_MAX_NUMBER_FILES = 20

# "amount/period" in the notation of the limits library; an empty text switches one off.
RATE_LIMITS = {
    "login": env.text("RATE_LIMIT_LOGIN", "5/minute"),
    "generate": env.text("RATE_LIMIT_GENERATE", "10/minute"),
    "llm": env.text("RATE_LIMIT_LLM", "30/minute"),
    "audio": env.text("RATE_LIMIT_AUDIO", "5/minute"),
    "stages": env.text("RATE_LIMIT_STAGES", "60/minute"),
    "play": env.text("RATE_LIMIT_PLAY", "600/minute"),
    "simulate": env.text("RATE_LIMIT_SIMULATE", "120/minute"),
    "import": env.text("RATE_LIMIT_IMPORT", "300/minute"),
    "create_user": env.text("RATE_LIMIT_CREATE_USER", "60/minute"),
}
# How many proxies of ours append to X-Forwarded-For; 0 means the peer address counts.
TRUSTED_PROXIES = env.integer("TRUSTED_PROXIES", 0, least=0, most=10)

# What the server takes in before Django sees it: the largest upload, with room for its envelope.
REQUEST_MAX_BYTES = env.integer("REQUEST_MAX_BYTES", 64_000_000, least=1_000_000)
REQUEST_MAX_SECONDS = env.number("REQUEST_MAX_SECONDS", 120, least=1)
# Requests that one web process works on at once, each in a thread; beside each three transactions may wait.
WEB_THREADS = env.integer("WEB_THREADS", 4, least=1, most=64)

# Live connections: WebSockets and event streams of one web process.
LIVE_CONNECTIONS_MAX = env.integer("LIVE_CONNECTIONS_MAX", 5_000, least=1)
# Of one user, or of one address without a login: a class room or an office sits behind one.
LIVE_CONNECTIONS_PER_USER = env.integer("LIVE_CONNECTIONS_PER_USER", 250, least=1)
LIVE_OPERATIONS_PER_SOCKET = env.integer("LIVE_OPERATIONS_PER_SOCKET", 100, least=1)
LIVE_MAX_MESSAGE_BYTES = env.integer("LIVE_MAX_MESSAGE_BYTES", 1_000_000, least=1_000)
# Events that wait for one subscriber; with more of them it is too slow and has to begin anew.
LIVE_QUEUE = env.integer("LIVE_QUEUE", 200, least=1)
LIVE_INIT_SECONDS = env.number("LIVE_INIT_SECONDS", 10.0, least=0.1)
LIVE_HEARTBEAT_SECONDS = env.number("LIVE_HEARTBEAT_SECONDS", 15.0, least=0.1)
# How long the end of a connection may take: the closing frame, and everybody's when the server stops.
LIVE_FAREWELL_SECONDS = env.number("LIVE_FAREWELL_SECONDS", 3.0, least=0.1)
