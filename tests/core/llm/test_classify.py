"""Failures that no stub can provoke through the door today, made as the client libraries make them."""

import json
import sqlite3

import httpx2
import openai
import pytest
from django.db import OperationalError
from langchain_openai.chat_models.base import OpenAIRefusalError

from core.llm import errors
from core.llm.classify import classify

REQUEST = httpx2.Request("POST", "http://127.0.0.1/v1/chat/completions")


def raised(error, cause=None):
    """Return an error as it is caught: with a traceback, and with its cause."""
    try:
        raise error from cause
    except BaseException as caught:
        return caught


def garbled(content):
    with pytest.raises(ValueError) as caught:
        json.loads(content)
    return caught.value


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (openai.APITimeoutError(REQUEST), errors.ModelTimeout),
        (openai.APIConnectionError(request=REQUEST), errors.CutStream),
        (httpx2.RemoteProtocolError("peer closed"), errors.CutStream),
        (httpx2.ReadTimeout("slow"), errors.ModelTimeout),
        (OpenAIRefusalError("I cannot help"), errors.Refused),
        (openai.ContentFilterFinishReasonError(), errors.Refused),
        (ConnectionResetError("reset"), errors.CutStream),
        (TimeoutError("slow"), errors.ModelTimeout),
        (garbled("{"), errors.InvalidOutput),
    ],
)
def test_a_failure_without_a_status_goes_by_its_kind(error, expected):
    assert type(classify(raised(error))) is expected


def test_a_length_limit_is_a_truncated_answer():
    completion = openai.types.chat.ChatCompletion.model_construct(choices=[], usage=None)

    error = raised(openai.LengthFinishReasonError(completion=completion))

    assert type(classify(error)) is errors.TruncatedOutput


def test_a_connection_refused_is_not_a_timeout():
    error = raised(openai.APIConnectionError(request=REQUEST), httpx2.ConnectError("refused"))

    assert type(classify(error)) is errors.ProviderUnavailable


@pytest.mark.parametrize(
    "bug", [AttributeError("x"), TypeError("x"), KeyError("x"), ValueError("x")]
)
def test_a_bug_of_ours_stays_what_it_is(bug):
    assert classify(raised(bug)) is bug


def test_an_interruption_of_ours_comes_out_of_its_wrapping():
    ours = raised(errors.ModelTimeout())

    assert classify(raised(openai.APIConnectionError(request=REQUEST), ours)) is ours


def test_a_database_that_fails_in_the_middle_of_a_call_is_not_mistaken_for_its_driver():
    failure = raised(OperationalError("database is locked"), raised(sqlite3.OperationalError()))

    assert classify(failure) is failure
    assert classify(raised(openai.APIConnectionError(request=REQUEST), failure)) is failure
