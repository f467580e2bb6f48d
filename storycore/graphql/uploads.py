"""What may stand for a file? Only a part of a multipart request, and only as the value of a variable."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from graphene_file_upload.scalars import Upload as AnyUpload
from graphql import GraphQLError, ValueNode

_NOT_A_FILE = "A file comes as a part of a multipart request, by a variable of type Upload."


class Upload(AnyUpload):
    """A file, sent as the GraphQL multipart request specification says.

    The library's own scalar lets any text or number pass as a file; this one does not.
    """

    @staticmethod
    def parse_value(value: Any) -> UploadedFile:
        """The uploaded file itself."""
        if not isinstance(value, UploadedFile):
            raise GraphQLError(_NOT_A_FILE)
        return value

    @staticmethod
    def parse_literal(node: ValueNode, _variables: Any = None) -> UploadedFile:
        """Refused: a file cannot be written into a document."""
        raise GraphQLError(_NOT_A_FILE, node)

    @staticmethod
    def serialize(_value: Any) -> str:
        """Refused: files are read by their address."""
        raise GraphQLError("A file cannot be part of an answer.")
