"""What Airtable answers when it refuses, word for word where the words are known.

Three shapes of body are in use: an object under `error`, a bare string under `error`, and a list
under `errors` (the 429s).
"""

from __future__ import annotations

from typing import Any


class ApiError(Exception):
    """A refusal; `reason` is for the person who reads the log, and is no part of the body."""

    def __init__(
        self,
        status: int,
        type_: str,
        message: str | None = None,
        *,
        plural: bool = False,
        bare: bool = False,
        reason: str | None = None,
        retry_after_s: int | None = None,
    ) -> None:
        super().__init__(f"{status} {type_}: {message}")
        self.status = status
        self.type = type_
        self.message = message
        self.reason = reason
        self.retry_after_s = retry_after_s
        self._plural = plural
        self._bare = bare

    def body(self) -> dict[str, Any]:
        if self._bare:
            return {"error": self.type}
        if self._plural:
            return {"errors": [{"error": self.type, "message": self.message}]}
        return {
            "error": {"type": self.type} | ({"message": self.message} if self.message else {}),
        }


def unparseable() -> ApiError:
    # Documented as 400 without a type; the type is ours.
    return ApiError(400, "INVALID_REQUEST_BODY", "Could not parse request body")


def unauthenticated() -> ApiError:
    return ApiError(401, "AUTHENTICATION_REQUIRED", "Authentication required")


def no_permission_or_model(reason: str) -> ApiError:
    return ApiError(
        403,
        "INVALID_PERMISSIONS_OR_MODEL_NOT_FOUND",
        "Invalid permissions, or the requested model was not found. Check that both your user and "
        "your token have the required permissions, and that the model names and/or ids are correct.",
        reason=reason,
    )


def not_permitted(what: str) -> ApiError:
    return ApiError(403, "INVALID_PERMISSIONS", f"You are not permitted to {what}")


def not_found() -> ApiError:
    return ApiError(404, "NOT_FOUND", bare=True)


def record_not_found() -> ApiError:
    return ApiError(404, "MODEL_ID_NOT_FOUND", "Record not found")


def url_too_long() -> ApiError:
    # Documented as rejected from 16,000 characters on; status and type are ours.
    return ApiError(414, "REQUEST_URI_TOO_LONG", "The request URL is too long")


def body_too_large() -> ApiError:
    # Status documented, limit and body not; the type is airtable.js's label.
    return ApiError(413, "REQUEST_TOO_LARGE", "Request body too large")


def invalid_request(reason: str) -> ApiError:
    return ApiError(
        422,
        "INVALID_REQUEST_UNKNOWN",
        "Invalid request: parameter validation failed. Check your request data.",
        reason=reason,
    )


def missing_fields() -> ApiError:
    # From memory.
    return ApiError(
        422, "INVALID_REQUEST_MISSING_FIELDS", 'Could not find field "fields" in the request body'
    )


def invalid_records() -> ApiError:
    return ApiError(
        422,
        "INVALID_RECORDS",
        'You must provide an array of up to 10 record objects, each with an "id" ID field and a '
        '"fields" object for cell values.',
    )


def too_many_to_create(count: int) -> ApiError:
    return ApiError(
        422,
        "INVALID_RECORDS",
        "A maximum of 10 records can be created per request but you have provided "
        f"{count or 'none'}.",
    )


def same_record_twice() -> ApiError:
    # From memory.
    return ApiError(
        422, "INVALID_RECORDS", "Cannot update the same record multiple times in one request."
    )


def many_match(fields: str) -> ApiError:
    # Documented as a failure; type and words are ours.
    return ApiError(
        422, "INVALID_RECORDS", f"More than one record matches the fields to merge on: {fields}"
    )


def unknown_field(name: str) -> ApiError:
    return ApiError(422, "UNKNOWN_FIELD_NAME", f'Unknown field name: "{name}"')


def invalid_value(field: str, reason: str) -> ApiError:
    return ApiError(
        422,
        "INVALID_VALUE_FOR_COLUMN",
        f'Field "{field}" cannot accept the provided value',
        reason=reason,
    )


def computed_field(field: str) -> ApiError:
    return ApiError(
        422,
        "INVALID_VALUE_FOR_COLUMN",
        f'Field "{field}" cannot accept a value because the field is computed',
    )


def unknown_option(name: str) -> ApiError:
    return ApiError(
        422,
        "INVALID_MULTIPLE_CHOICE_OPTIONS",
        f'Insufficient permissions to create new select option ""{name}""',
    )


def invalid_record_id(value: object) -> ApiError:
    # From memory.
    return ApiError(422, "INVALID_RECORD_ID", f'Value "{value}" is not a valid record ID.')


def row_does_not_exist(record: str) -> ApiError:
    return ApiError(422, "ROW_DOES_NOT_EXIST", f"Record ID {record} does not exist in this table")


def row_of_another_table(record: str, table: str, linked: str) -> ApiError:
    # From memory.
    return ApiError(
        422,
        "ROW_TABLE_DOES_NOT_MATCH_LINKED_TABLE",
        f"Record ID {record} belongs to table {table}, but the field links to table {linked}",
    )


def invalid_formula(detail: str | None = None, reason: str | None = None) -> ApiError:
    detail = detail or "Invalid formula. Please check your formula text."
    return ApiError(
        422,
        "INVALID_FILTER_BY_FORMULA",
        f"The formula for filtering records is invalid: {detail}",
        reason=reason,
    )


def view_not_found(name: str) -> ApiError:
    return ApiError(422, "VIEW_NAME_NOT_FOUND", f"View {name} not found")


def invalid_offset(value: str) -> ApiError:
    return ApiError(422, "INVALID_OFFSET_VALUE", f"The value of offset {value} is invalid")


def cursor_gone() -> ApiError:
    return ApiError(422, "LIST_RECORDS_ITERATOR_NOT_AVAILABLE")


def path_mismatch(reason: str) -> ApiError:
    # Documented type; the words are from memory.
    return ApiError(422, "FAILED_STATE_CHECK", "The request failed a state check.", reason=reason)


def duplicate_table(name: str) -> ApiError:
    # From memory.
    return ApiError(
        422, "DUPLICATE_TABLE_NAME", f'There is already a table named "{name}" in this base'
    )


def duplicate_field(name: str) -> ApiError:
    # From memory.
    return ApiError(
        422, "DUPLICATE_OR_EMPTY_FIELD_NAME", f'The field name "{name}" is empty or already in use'
    )


def cannot_create_type(type_: str) -> ApiError:
    # From memory.
    return ApiError(
        422,
        "UNSUPPORTED_FIELD_TYPE_FOR_CREATE",
        f"Creating {type_} fields is not supported at this time",
    )


def invalid_options(name: str, reason: str) -> ApiError:
    # From memory.
    return ApiError(
        422,
        "INVALID_FIELD_TYPE_OPTIONS_FOR_CREATE",
        f"Invalid options for {name}: {reason}",
    )


def too_many_webhooks() -> ApiError:
    # The limit of ten is documented; type and words are from memory.
    return ApiError(
        422, "TOO_MANY_WEBHOOKS_IN_BASE", "This base already has the maximum number of webhooks"
    )


def rate_limited(*, plural: bool, retry_after_s: int | None) -> ApiError:
    return ApiError(
        429,
        "RATE_LIMIT_REACHED",
        "Rate limit exceeded. Please try again later",
        plural=plural,
        retry_after_s=retry_after_s,
    )


def quota_spent() -> ApiError:
    return ApiError(
        429,
        "PUBLIC_API_BILLING_LIMIT_EXCEEDED",
        "API billing plan limit exceeded. You've reached the maximum number of requests allowed "
        "for this month.",
        plural=True,
    )


def server_error() -> ApiError:
    # Status documented, body not.
    return ApiError(500, "SERVER_ERROR", "Something went wrong")


def retriable(retry_after_s: int | None = None) -> ApiError:
    return ApiError(
        503,
        "RETRIABLE_ERROR",
        "Server encountered an error while processing your request, and it is safe to retry the "
        "request",
        retry_after_s=retry_after_s,
    )
