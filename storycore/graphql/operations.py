"""Which operation is to be run? Parse, rewrite, validate, measure: once for each text."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from graphql import (
    DocumentNode,
    FragmentDefinitionNode,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)
from graphql.validation.rules import overlapping_fields_can_be_merged

from storycore.access import Actor
from storycore.graphql.body import Parameters
from storycore.graphql.cost import Estimator, page_variables
from storycore.graphql.errors import (
    BAD_USER_INPUT,
    FORBIDDEN,
    PARSE_FAILED,
    VALIDATION_FAILED,
    Refusal,
    invalid_document,
    over_limit,
    problem,
)
from storycore.graphql.limits import Shape, surveyed
from storycore.graphql.persisted import document_text, remember
from storycore.graphql.rules import RULES

Rewrite = Callable[[DocumentNode, GraphQLSchema], DocumentNode]
"""Turns forms that old clients send into the schema's own, before validation and once per text."""

_MAX_COMMENTS = 500
_MAX_VALIDATION_ERRORS = 20
# The syntax trees of a text take some hundred times its size, so the cache counts both.
_CACHED_DOCUMENTS = 1_000
_CACHED_CHARACTERS = 1_000_000
_CACHED_COSTS = 64
# Comparing 500 equal fields with each other takes a sixth of a second under the library's own budget; a real
# document spends some hundred units of it. The library says to set it here.
overlapping_fields_can_be_merged.MAX_COMPLEXITY_BUDGET = 50_000


def unchanged(document: DocumentNode, _schema: GraphQLSchema) -> DocumentNode:
    """The rewrite of an API without old clients."""
    return document


@dataclass(slots=True)
class Prepared:
    """One operation of a document with what is known of it before its variables are."""

    node: OperationDefinitionNode
    shape: Shape
    pages: dict[str, int | None]
    costs: dict[tuple[Any, ...], int] = field(default_factory=dict)


@dataclass(slots=True)
class Document:
    """A valid document, rewritten. `compiled` is free for what a read plan keeps of it."""

    text: str
    ast: DocumentNode
    fragments: dict[str, FragmentDefinitionNode]
    operations: dict[str | None, Prepared]
    compiled: dict[Any, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation with its raw variables, ready to be run.

    `readied` is free for what a read plan makes of the variables.
    """

    schema: GraphQLSchema
    document: Document
    node: OperationDefinitionNode
    name: str | None
    variables: dict[str, Any]
    cost: int
    is_introspection: bool = False
    readied: dict[str, Any] = field(default_factory=dict, compare=False, repr=False)

    @property
    def kind(self) -> str:
        """What it is: query, mutation or subscription."""
        return self.node.operation.value


class Operations:
    """The operations of one schema; safe to share between threads."""

    def __init__(self, schema: GraphQLSchema, rewrite: Rewrite = unchanged) -> None:
        self.schema = schema
        self._rewrite = rewrite
        self._estimator = Estimator(schema)
        self._documents: OrderedDict[str, Document] = OrderedDict()
        self.cached_characters = 0
        self._lock = threading.Lock()

    def prepared(
        self,
        parameters: Parameters,
        actor: Actor,
        *,
        only_queries: bool = False,
        is_live: bool = False,
    ) -> Operation:
        """The operation that a request asks for.

        `only_queries` is the rule of GET: it writes nothing. `is_live` says that the transport can carry a
        subscription. Raises Refusal; 405 for what GET may not ask.
        """
        document = self._document(document_text(parameters))
        remember(parameters, document.text)
        chosen = _chosen(document, parameters.operation_name)
        kind = chosen.node.operation
        is_subscription = kind is OperationType.SUBSCRIPTION
        if only_queries and kind is not OperationType.QUERY and not (is_live and is_subscription):
            raise _not_by_get(kind)
        if is_subscription and not is_live:
            raise over_limit(
                "Subscriptions run over WebSocket at this address or over events at /graphql/stream.",
                reason="SUBSCRIPTION_TRANSPORT",
            )
        if chosen.shape.introspections and not may_introspect(actor):
            raise Refusal(
                [
                    problem(
                        "Introspection is for staff here.", FORBIDDEN, reason="INTROSPECTION_OFF"
                    )
                ],
                status=200,
                executed=True,
            )
        return Operation(
            schema=self.schema,
            document=document,
            node=chosen.node,
            name=chosen.node.name.value if chosen.node.name else None,
            variables=parameters.variables,
            cost=self._cost(document, chosen, parameters.variables),
            is_introspection=bool(chosen.shape.introspections),
        )

    def _document(self, text: str) -> Document:
        with self._lock:
            found = self._documents.get(text)
            if found is not None:
                self._documents.move_to_end(text)
                return found
        made = self._made(text)
        with self._lock:
            if text not in self._documents:
                self._documents[text] = made
                self.cached_characters += len(text)
            while (
                len(self._documents) > _CACHED_DOCUMENTS
                or self.cached_characters > _CACHED_CHARACTERS
            ):
                dropped, _ = self._documents.popitem(last=False)
                self.cached_characters -= len(dropped)
        return made

    def _made(self, text: str) -> Document:
        parsed = _parsed(text)
        shapes = surveyed(_operations(parsed), _fragments(parsed))
        rewritten = self._rewrite(parsed, self.schema)
        errors = validate(
            self.schema,
            rewritten,
            RULES,
            max_errors=_MAX_VALIDATION_ERRORS,
            hide_suggestions=not settings.DEBUG,
        )
        if errors:
            raise invalid_document(errors, VALIDATION_FAILED)
        fragments = _fragments(rewritten)
        operations = {
            node.name.value if node.name else None: Prepared(
                node, shape, page_variables(node, fragments)
            )
            for node, shape in zip(_operations(rewritten), shapes, strict=True)
        }
        return Document(text, rewritten, fragments, operations)

    def _cost(self, document: Document, chosen: Prepared, variables: dict[str, Any]) -> int:
        sizes = chosen.pages | {name: variables[name] for name in chosen.pages if name in variables}
        key = tuple(size if isinstance(size, int) else None for size in sizes.values())
        cost = chosen.costs.get(key)
        if cost is None:
            cost = self._estimator.cost(chosen.node, document.fragments, sizes)
            if len(chosen.costs) < _CACHED_COSTS:
                chosen.costs[key] = cost
        limit = settings.GRAPHQL_MAX_COST
        if cost > limit:
            raise over_limit(
                f"The operation may bring back {cost} values; {limit} are allowed. Ask for smaller pages.",
                reason="TOO_COSTLY",
                limit=limit,
                cost=cost,
            )
        return cost


def may_introspect(actor: Actor) -> bool:
    """Whether this actor may read the schema from the server."""
    policy = settings.GRAPHQL_INTROSPECTION or ("everyone" if settings.DEBUG else "staff")
    return policy == "everyone" or (policy == "staff" and actor.is_admin)


def _parsed(text: str) -> DocumentNode:
    limit = settings.GRAPHQL_MAX_QUERY_BYTES
    if len(text) > limit or len(text.encode("utf-8", "replace")) > limit:
        raise over_limit(
            f"The document has more than {limit} bytes.", reason="QUERY_TOO_LONG", limit=limit
        )
    most = settings.GRAPHQL_MAX_TOKENS
    try:
        return parse(text, max_lexical_tokens=most, max_comments=_MAX_COMMENTS)
    except GraphQLSyntaxError as error:
        too_many = f"more than {most} tokens" in error.message
        raise invalid_document(
            [error], PARSE_FAILED, reason="TOO_MANY_TOKENS" if too_many else None
        ) from None


def _operations(document: DocumentNode) -> list[OperationDefinitionNode]:
    return [one for one in document.definitions if isinstance(one, OperationDefinitionNode)]


def _fragments(document: DocumentNode) -> dict[str, FragmentDefinitionNode]:
    return {
        one.name.value: one
        for one in document.definitions
        if isinstance(one, FragmentDefinitionNode)
    }


def _chosen(document: Document, name: str | None) -> Prepared:
    if name is None and len(document.operations) == 1:
        return next(iter(document.operations.values()))
    found = document.operations.get(name) if name is not None else None
    if found is None:
        message = (
            "The document has several operations: operationName must say which one."
            if name is None
            else "The document has no operation of this name."
        )
        raise Refusal([problem(message, BAD_USER_INPUT, reason="OPERATION_RESOLUTION_FAILURE")])
    return found


def _not_by_get(kind: OperationType) -> Refusal:
    message = f"GET runs queries only, not a {kind.value}."
    entry = problem(message, BAD_USER_INPUT, reason="METHOD_NOT_ALLOWED")
    return Refusal([entry], status=405, plain_status=405, headers={"Allow": "POST"})
