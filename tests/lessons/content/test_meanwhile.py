"""A page that is read in the very moment in which its lesson is finished."""

import pytest
from django.db import connection

from lessons.content import request_content


@pytest.mark.parametrize("table", ["core_lessoncontent", "taskqueue_aitask"])
def test_it_shows_the_text_or_the_work_and_never_neither(table, client, alice, lesson, drain):
    unwritten = lesson.after()
    request_content(alice, unwritten)
    client.force_login(alice)
    is_finished = []

    def finish_before(execute, sql, params, many, context):
        if f'FROM "{table}"' in sql and not is_finished:
            is_finished.append(True)
            drain()
        return execute(sql, params, many, context)

    with connection.execute_wrapper(finish_before):
        page = client.get(unwritten.get_absolute_url()).content.decode()

    assert is_finished
    assert "not written yet" not in page
    assert client.get(unwritten.get_absolute_url()).context["content"]
