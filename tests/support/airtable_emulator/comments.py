"""Comments on records, newest first."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tests.support.airtable_emulator import errors
from tests.support.airtable_emulator.clock import iso
from tests.support.airtable_emulator.ids import new_id
from tests.support.airtable_emulator.model import Comment, Record, Table, World
from tests.support.airtable_emulator.wire import only

_MOST_PER_PAGE = 100
_MENTION = re.compile(r"@\[(usr[A-Za-z0-9]{14})\]")


def page(world: World, table: Table, record: Record, query: Mapping[str, str]) -> dict[str, Any]:
    only(query, "offset", "pageSize")
    size = query.get("pageSize", str(_MOST_PER_PAGE))
    if not size.isdecimal() or not 1 <= int(size) <= _MOST_PER_PAGE:
        raise errors.invalid_request("pageSize is out of range")
    newest_first = table.comments.get(record.id, [])[::-1]
    start = _start(newest_first, query.get("offset"))
    shown = newest_first[start : start + int(size)]
    following = newest_first[start + int(size) :]
    return {
        "comments": [comment_json(world, each) for each in shown],
        "offset": following[0].id if following else None,
    }


def add(
    table: Table, record: Record, author: str, body: Mapping[str, Any], now: datetime
) -> Comment:
    only(body, "text", "parentCommentId")
    parent = body.get("parentCommentId")
    comments = table.comments.setdefault(record.id, [])
    if parent is not None and parent not in [each.id for each in comments]:
        raise errors.not_found()
    comment = Comment(new_id("com"), author, _text(body), now, parent=parent)
    comments.append(comment)
    return comment


def edit(comment: Comment, body: Mapping[str, Any], now: datetime) -> None:
    only(body, "text")
    comment.text, comment.updated_at = _text(body), now


def remove(table: Table, record: Record, comment: Comment) -> dict[str, Any]:
    table.comments[record.id].remove(comment)
    return {"id": comment.id, "deleted": True}


def known(table: Table, record: Record, comment_id: str, user: str) -> Comment:
    """Raises: ApiError for one that is not there or somebody else's."""
    for each in table.comments.get(record.id, ()):
        if each.id == comment_id:
            if each.author != user:
                raise errors.not_permitted("perform this operation")
            return each
    raise errors.not_found()


def comment_json(world: World, comment: Comment) -> dict[str, Any]:
    author = world.users[comment.author]
    shown: dict[str, Any] = {
        "id": comment.id,
        "author": {"id": author.id, "email": author.email, "name": author.name},
        "text": comment.text,
        "createdTime": iso(comment.created_at),
        "lastUpdatedTime": comment.updated_at and iso(comment.updated_at),
    }
    if mentioned := _mentioned(world, comment.text):
        shown["mentioned"] = mentioned
    if comment.parent:
        shown["parentCommentId"] = comment.parent
    return shown


def _mentioned(world: World, text: str) -> dict[str, Any]:
    users = [world.users[each] for each in _MENTION.findall(text) if each in world.users]
    return {
        each.id: {"type": "user", "id": each.id, "displayName": each.name, "email": each.email}
        for each in users
    }


def _start(newest_first: list[Comment], offset: str | None) -> int:
    if not offset:
        return 0
    for at, each in enumerate(newest_first):
        if each.id == offset:
            return at
    raise errors.invalid_offset(offset)


def _text(body: Mapping[str, Any]) -> str:
    text = body.get("text")
    if not isinstance(text, str) or not text:
        raise errors.invalid_request("a comment takes a text")
    return text
