"""The door over real HTTP: what comes back, what is kept, and what every failure is called."""

import json
import socket
import threading

import pytest
from django.db import transaction
from pydantic import BaseModel, Field

from core.errors import RetryableError
from core.llm import errors
from core.llm.door import open_door
from core.llm.providers import close_clients
from core.llm.scope import call_scope
from core.models import LLMCall
from tests.stubs.openai_server import Reply, failure, obj, text

pytestmark = pytest.mark.django_db


class Greeting(BaseModel):
    word: str
    times: int = Field(ge=1, le=3)


def test_a_text_comes_back_and_is_on_record(stub, prompt, alice, task_id):
    stub.queue(text("Good morning, world."))

    with call_scope(task_id=task_id, learner_id=alice.pk):
        answer = open_door("fast").write(prompt)

    assert answer.text == "Good morning, world."
    call = LLMCall.objects.get()
    assert (call.task_id, call.learner, call.ordinal, call.outcome) == (task_id, alice, 1, "ok")
    assert (call.prompt, call.prompt_version, call.role) == ("test.prompt", "1", "fast")
    assert (call.tokens_in, call.tokens_out, call.response) == (11, 5, "Good morning, world.")
    sent = stub.seen[0].body
    assert [message["content"] for message in sent["messages"]] == ["You are terse.", "Say hello."]
    assert sent["stream"] and "inputs" not in str(sent)


def test_text_is_heard_as_it_grows(stub, prompt):
    stub.queue(text("One two three."))
    heard = []

    with call_scope(on_token=heard.append):
        open_door("fast").write(prompt)

    assert len(heard) > 2
    assert "".join(heard) == "One two three."


def test_usage_that_is_not_reported_is_unknown_and_not_zero(stub, prompt):
    stub.queue(text("Hi.", usage=False))

    open_door("fast").write(prompt)

    call = LLMCall.objects.get()
    assert (call.tokens_in, call.tokens_out) == (None, None)


@pytest.mark.parametrize(
    ("reply", "expected", "outcome"),
    [
        (failure(401, "invalid_api_key"), errors.BadKey, "rejected"),
        (failure(403, "forbidden"), errors.BadKey, "rejected"),
        (failure(404, "model_not_found"), errors.ModelNotFound, "rejected"),
        (failure(400, "bad"), errors.BadRequest, "rejected"),
        (failure(400, "context_length_exceeded"), errors.ContextTooLong, "rejected"),
        (failure(400, "content_filter"), errors.Refused, "refused"),
        (failure(429, "insufficient_quota"), errors.QuotaExhausted, "rejected"),
        (failure(429, "rate_limit"), errors.RateLimited, "rate_limited"),
        (failure(402, "insufficient_balance"), errors.QuotaExhausted, "rejected"),
        (failure(413, "too_large"), errors.ContextTooLong, "rejected"),
        (failure(400, "json_validate_failed"), errors.InvalidOutput, "invalid"),
        (failure(408, "timeout"), errors.ProviderUnavailable, "unavailable"),
        (failure(500), errors.ProviderUnavailable, "unavailable"),
        (failure(503), errors.ProviderUnavailable, "unavailable"),
        (Reply(text="Half a", finish_reason="length"), errors.TruncatedOutput, "invalid"),
        (
            Reply(text="Half a", finish_reason="length", finishes=2),
            errors.TruncatedOutput,
            "invalid",
        ),
        (Reply(text="", finish_reason="stop"), errors.EmptyAnswer, "invalid"),
        (Reply(refusal="I cannot help."), errors.Refused, "refused"),
        (Reply(text="x", finish_reason="content_filter"), errors.Refused, "refused"),
        (Reply(no_choices=True), errors.EmptyAnswer, "invalid"),
        (text("null \x00 character"), errors.InvalidOutput, "invalid"),
        (text("half a pair \ud83d"), errors.InvalidOutput, "invalid"),
        (Reply(garbage=b"[DONE]"), errors.InvalidOutput, "invalid"),
        (Reply(garbage=b'{"choices": ['), errors.InvalidOutput, "invalid"),
        (Reply(garbage=b'{"choices": 7}'), errors.InvalidOutput, "invalid"),
        (Reply(garbage=b"[]"), errors.InvalidOutput, "invalid"),
        (text("A long answer that breaks off", cut_after=3), errors.CutStream, "unavailable"),
    ],
)
@pytest.mark.filterwarnings("ignore:Pydantic serializer warnings")
def test_every_failure_has_its_name(stub, prompt, reply, expected, outcome):
    stub.queue(reply)

    with pytest.raises(expected):
        open_door("fast").write(prompt)

    call = LLMCall.objects.get()
    assert call.outcome == outcome
    assert call.error
    assert len(stub.seen) == 1


NOT_A_STREAM = Reply(error={}, garbage=b"{malformed json: <<<>>>")


def test_a_body_that_is_no_stream_is_an_answer_that_does_not_fit(stub, prompt):
    stub.queue(NOT_A_STREAM, NOT_A_STREAM)

    with pytest.raises(errors.InvalidOutput):
        open_door("fast").write(prompt)
    with pytest.raises(errors.InvalidOutput):
        open_door("fast").fill(prompt, Greeting)

    assert set(LLMCall.objects.values_list("outcome", flat=True)) == {"invalid"}


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        ({"message": "Slow down", "code": "rate_limit_exceeded"}, errors.RateLimited),
        ({"message": "Pay", "code": "insufficient_quota"}, errors.QuotaExhausted),
        ({"message": "Too much", "code": "context_length_exceeded"}, errors.ContextTooLong),
        ({"message": "Bad gateway", "code": 502}, errors.ProviderUnavailable),
        ({"message": "No", "code": 400, "type": "BadRequestError"}, errors.BadRequest),
        ({"message": "Who knows"}, errors.ProviderUnavailable),
        ("out of memory", errors.ProviderUnavailable),
    ],
)
def test_an_error_in_the_middle_of_a_stream_has_its_name(stub, prompt, event, expected):
    stub.queue(text("It began well", stream_error=event))

    with pytest.raises(expected) as caught:
        open_door("fast").write(prompt)

    assert type(caught.value) is expected


@pytest.mark.parametrize("reply", [Reply(hang=True), Reply(drip="headers"), Reply(drip="comments")])
def test_the_deadline_is_for_the_whole_call(stub, prompt, settings, reply):
    settings.LLM_TIMEOUT = 1
    stub.queue(reply)

    with pytest.raises(errors.ModelTimeout):
        open_door("fast").write(prompt)

    assert LLMCall.objects.get().outcome == "timeout"
    assert stub.seen[0].cut.wait(5)


def test_the_deadline_is_for_the_handshake_too(prompt, settings):
    settings.LLM_PROVIDER, settings.LLM_TIMEOUT = "openai", 1
    with socket.create_server(("127.0.0.1", 0)) as mute:
        settings.LLM_BASE_URL = f"https://127.0.0.1:{mute.getsockname()[1]}/v1"

        with pytest.raises(errors.ModelTimeout):
            open_door("fast").write(prompt)
    close_clients()


def test_an_answer_of_no_use_was_paid_all_the_same(stub, prompt):
    stub.queue(Reply(text="Half a sentence", finish_reason="length"))

    with pytest.raises(errors.TruncatedOutput):
        open_door("fast").write(prompt)

    call = LLMCall.objects.get()
    assert (call.tokens_in, call.tokens_out, call.response) == (11, 3, "Half a sentence")


def test_nobody_listening_is_unavailable(stub, prompt, settings):
    settings.LLM_BASE_URL = "http://127.0.0.1:9/v1"

    with pytest.raises(errors.ProviderUnavailable):
        open_door("fast").write(prompt)


@pytest.mark.parametrize(
    ("header", "low", "high"),
    [("7", 7, 7), ("0.5", 0.5, 0.5), ("999999", 3600, 3600), ("-5", 0, 0),
     ("Wed, 21 Oct 2015 07:28:00 GMT", 0, 0), ("Wed, 21 Oct 2999 07:28:00 GMT", 3600, 3600)],
)  # fmt: skip
def test_retry_after_is_understood_within_bounds(stub, prompt, header, low, high):
    stub.queue(failure(429, "rate_limit", Retry_After=header))

    with pytest.raises(errors.RateLimited) as caught:
        open_door("fast").write(prompt)

    assert low <= caught.value.retry_after <= high


@pytest.mark.parametrize("header", ["soon", "nan", ""])
def test_a_senseless_retry_after_is_ignored(stub, prompt, header):
    stub.queue(failure(429, "rate_limit", Retry_After=header))

    with pytest.raises(errors.RateLimited) as caught:
        open_door("fast").write(prompt)

    assert caught.value.retry_after is None


def test_a_cancelled_call_is_cut_in_the_middle(stub, prompt):
    class Cancelled(Exception):
        pass

    stub.queue(text("word " * 2000, pace=0.01))
    heard = []

    def check():
        if len(heard) > 3:
            raise Cancelled

    with call_scope(on_token=heard.append, check=check), pytest.raises(Cancelled):
        open_door("fast").write(prompt)

    assert stub.seen[0].cut.wait(5)
    assert LLMCall.objects.get().outcome == "cancelled"


def test_a_call_is_cut_while_the_provider_is_silent(stub, prompt):
    class Cancelled(Exception):
        pass

    def check():
        if stub.seen:
            raise Cancelled

    stub.queue(Reply(hang=True))

    with call_scope(check=check), pytest.raises(Cancelled):
        open_door("fast").write(prompt)

    assert stub.seen[0].cut.wait(5)


def test_a_bug_of_ours_is_not_blamed_on_the_provider(stub, prompt):
    def broken(piece):
        raise AttributeError("our own mistake")

    stub.queue(text("Hello."))

    with call_scope(on_token=broken), pytest.raises(AttributeError, match="our own"):
        open_door("fast").write(prompt)


def test_a_finished_call_of_a_task_is_never_paid_again(stub, prompt, task_id):
    stub.queue(text("First."), text("Second."))

    for _ in range(2):
        with call_scope(task_id=task_id):
            door = open_door("fast")
            heard = [door.write(prompt).text, door.write(prompt).text]
            assert heard == ["First.", "Second."]

    assert len(stub.seen) == 2
    assert [call.replays for call in LLMCall.objects.order_by("ordinal")] == [1, 1]


def test_a_replay_is_heard_too(stub, prompt, task_id):
    heard = []

    for _ in range(2):
        heard.clear()
        with call_scope(task_id=task_id, on_token=heard.append):
            open_door("fast").write(prompt)

    assert "".join(heard) == "Hello from the stub."


def test_a_failed_call_is_paid_again_and_another_task_pays_its_own(stub, prompt, task_id):
    stub.queue(failure(500))

    with call_scope(task_id=task_id), pytest.raises(errors.ProviderUnavailable):
        open_door("fast").write(prompt)
    with call_scope(task_id=task_id):
        open_door("fast").write(prompt)
    with call_scope():
        open_door("fast").write(prompt)

    assert len(stub.seen) == 3


def test_two_runs_that_finish_the_same_call_are_both_on_record(stub, prompt, task_id):
    stub.queue(text("From the run that was slow."), text("From the run that took over."))
    answers = []

    def overtake(piece):
        if not answers:
            answers.append("")
            with call_scope(task_id=task_id):
                answers[0] = open_door("fast").write(prompt).text

    with call_scope(task_id=task_id, on_token=overtake):
        answers.append(open_door("fast").write(prompt).text)

    assert answers == ["From the run that took over.", "From the run that was slow."]
    kept = LLMCall.objects.order_by("pk").values_list("outcome", "response")
    assert list(kept) == [("ok", answers[0]), ("cancelled", answers[1])]


@pytest.mark.django_db(transaction=True)
def test_a_call_inside_a_transaction_is_refused_before_it_is_paid(stub, prompt):
    with pytest.raises(RuntimeError, match="durable"), transaction.atomic():
        open_door("fast").write(prompt)

    assert stub.seen == []


@pytest.mark.parametrize(
    "answer",
    [
        '{"word": "hello", "times": 2}',
        '```json\n{"word": "hello", "times": 2}\n```',
        'Here you are:\n{"word": "hello", "times": 2}\nEnjoy.',
        'For {you}:\n```json\n{"word": "hello", "times": 2}\n```\nSincerely {me}.',
    ],
)
def test_an_object_is_read_and_validated(stub, prompt, answer):
    stub.queue(text(answer))

    assert open_door("fast").fill(prompt, Greeting) == Greeting(word="hello", times=2)
    sent = stub.seen[0].body
    assert sent["response_format"]["json_schema"]["name"] == "Greeting"
    assert "JSON schema" in sent["messages"][-1]["content"]


@pytest.mark.parametrize("frame", ["%s", "```json\n%s\n```", "So {x}:\n```\n%s\n```\nor {y}."])
def test_an_object_may_hold_fenced_code(stub, prompt, frame):
    code = "Run:\n```python\nx = {}\n```\nthen stop."
    stub.queue(text(frame % json.dumps({"word": code, "times": 1}, indent=1)))

    assert open_door("fast").fill(prompt, Greeting).word == code


def test_a_null_character_is_not_let_through_an_escape(stub, prompt):
    stub.queue(
        text(r'{"word": "a\u0000b", "times": 1}'), text(r'{"word": "a\\u0000b", "times": 1}')
    )

    assert open_door("fast").fill(prompt, Greeting).word == r"a\u0000b"
    assert "null character" in stub.seen[1].body["messages"][-1]["content"]


def test_backslashes_come_through_as_they_are(stub, prompt):
    stub.queue(text(r'{"word": "\\frac{1}{2} \\text{ü}", "times": 1}'))

    assert open_door("fast").fill(prompt, Greeting).word == r"\frac{1}{2} \text{ü}"


def test_an_answer_that_does_not_fit_is_sent_back_once(stub, prompt, task_id):
    stub.queue(obj({"word": "hello", "times": 9}), obj({"word": "hello", "times": 3}))

    with call_scope(task_id=task_id):
        assert open_door("fast").fill(prompt, Greeting).times == 3

    repair = stub.seen[1].body["messages"]
    assert repair[-2]["content"] == '{"word": "hello", "times": 9}'
    assert "times: Input should be less than or equal to 3" in repair[-1]["content"]
    assert [call.ordinal for call in LLMCall.objects.order_by("pk")] == [1, 2]


def test_an_answer_that_never_fits_is_retryable_and_on_record(stub, prompt):
    stub.queue(text("no object here"), text('{"word": '))

    with pytest.raises(errors.InvalidOutput) as caught:
        open_door("fast").fill(prompt, Greeting)

    assert isinstance(caught.value, RetryableError)
    assert sorted(call.response for call in LLMCall.objects.all()) == [
        "no object here",
        '{"word": ',
    ]


def test_what_never_fitted_is_not_replayed(stub, prompt, task_id):
    stub.queue(text("no object here"), text("nor here"), obj({"word": "hello", "times": 1}))

    with call_scope(task_id=task_id), pytest.raises(errors.InvalidOutput):
        open_door("fast").fill(prompt, Greeting)
    with call_scope(task_id=task_id):
        assert open_door("fast").fill(prompt, Greeting).word == "hello"

    assert len(stub.seen) == 3
    assert LLMCall.objects.get(outcome="invalid").response == "nor here"


def test_a_text_that_is_not_accepted_is_on_record_and_asked_for_again(stub, prompt, task_id):
    def long_enough(answer):
        if len(answer) < 10:
            raise ValueError("too short")

    stub.queue(text("Hi."), text("Good morning."))

    with call_scope(task_id=task_id), pytest.raises(errors.InvalidOutput):
        open_door("fast").write(prompt, long_enough)
    with call_scope(task_id=task_id):
        assert open_door("fast").write(prompt, long_enough).text == "Good morning."

    refused = LLMCall.objects.get(outcome="invalid")
    assert (refused.response, refused.error) == ("Hi.", "too short")


def test_objects_are_not_heard(stub, prompt):
    stub.queue(obj({"word": "secret", "times": 1}))
    heard = []

    with call_scope(on_token=heard.append):
        open_door("fast").fill(prompt, Greeting)

    assert heard == []


@pytest.mark.parametrize(
    "complaint",
    ["response_format is not supported", "This model has no `json_schema`", "Bad grammar"],
)
def test_a_server_without_schemas_is_asked_in_words(stub, prompt, complaint):
    refusal = failure(400, complaint)
    stub.queue(refusal, obj({"word": "a", "times": 1}), obj({"word": "b", "times": 1}))
    door = open_door("fast")

    assert (door.fill(prompt, Greeting).word, door.fill(prompt, Greeting).word) == ("a", "b")
    assert ["response_format" in seen.body for seen in stub.seen] == [True, False, False]


def test_threads_share_a_client(stub, prompt, transactional_db):
    answers = []

    def ask():
        answers.append(open_door("fast").write(prompt).text)
        from django.db import connection

        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == ["Hello from the stub."] * 8
    assert LLMCall.objects.filter(outcome="ok").count() == 8
