"""Turns of the tutor through the real queue, with a provider that is scripted over HTTP."""

import json
import threading

import pytest
from django.db import connection
from django.urls import reverse

from core.api import ApiError
from core.models import (
    Assessment,
    ConversationHistory,
    Exercise,
    LessonContent,
    LLMCall,
    UserProgress,
)
from core.models.conversation import MessageType
from lessons.conversation import Said, say
from taskqueue.models import AITask
from tests.stubs.openai_server import failure, obj, text

SHORT = {
    "kind": "short_answer", "question": "What is a vector?", "rubric": ["size", "direction"],
    "hints": ["Look up.", "Two things."], "solution": "A movement with size and direction.",
}  # fmt: skip
GAP = {
    "kind": "fill_in", "question": "Everything is measured from the ____.", "accepted": ["origin"],
    "hints": ["Look up.", "Six letters."], "solution": "The origin.",
}  # fmt: skip
ORDER = {
    "kind": "ordering", "question": "From small to large.", "items_in_order": ["one", "two", "three", "four"],
    "hints": ["Count.", "Start with one."], "solution": "one, two, three, four",
}  # fmt: skip


def last_words():
    return ConversationHistory.objects.filter(role="assistant").last().content


def set_exercise(stub, speak, draft):
    stub.queue(obj({"exercise": draft}))
    speak("Give me an exercise")
    return Exercise.objects.latest("created_at")


def test_the_tutor_knows_lesson_level_course_and_what_was_said(stub, speak):
    stub.queue(obj({"intent": "chat"}), text("An arrow. What has it besides a size?"))
    speak("What is a vector?")
    stub.queue(obj({"intent": "chat"}), text("Right, a direction."))
    speak("A direction?")

    sent = stub.seen[-1].body["messages"]
    assert "- **origin**: the point from which" in sent[0]["content"]
    assert "Beginner" in sent[0]["content"]
    assert "Arrows: Adding vectors" in sent[0]["content"]
    assert [(each["role"], each["content"]) for each in sent[1:]] == [
        ("user", "What is a vector?"),
        ("assistant", "An arrow. What has it besides a size?"),
        ("user", "A direction?"),
    ]


def test_the_tutor_remembers_what_it_asked(stub, speak):
    exercise = set_exercise(stub, speak, ORDER)
    speak(", ".join(str(index + 1) for index in exercise.key), "answer", exercise)
    stub.queue(obj({"intent": "chat"}), text("Because one comes first."))
    speak("Why is that the order?")

    asked, answered, verdict = stub.seen[-1].body["messages"][2:5]
    assert "From small to large." in asked["content"]
    assert all(f"- {choice}" in asked["content"] for choice in exercise.choices)
    assert "From small to large." not in answered["content"] + verdict["content"]


def test_a_message_is_understood_as_a_reply_to_the_tutor(stub, speak):
    stub.queue(obj({"intent": "chat"}), text("Shall I set you an exercise?"))
    speak("I think I have got it.")
    stub.queue(obj({"intent": "exercise"}), obj({"exercise": GAP}))
    speak("Yes, please")

    understand = stub.seen[-2].body["messages"][-1]["content"]
    assert '"Shall I set you an exercise?"' in understand
    assert Exercise.objects.get().question == GAP["question"]


def test_only_the_last_ten_messages_are_sent(stub, speak):
    for number in range(7):
        stub.queue(obj({"intent": "chat"}), text(f"Answer {number}"))
        speak(f"Question {number}")

    sent = [each["content"] for each in stub.seen[-1].body["messages"][1:]]
    assert len(sent) == 11
    assert sent[0] == "Question 1"


def test_an_open_answer_is_marked_by_its_rubric_and_gets_a_second_try(stub, speak):
    exercise = set_exercise(stub, speak, SHORT)
    stub.queue(
        obj({"score": 0.5, "right": "You named the size.", "help": "What else has an arrow?"})
    )
    speak("It has a size", "answer", exercise)

    words = last_words()
    assert words.index("You named the size.") < words.index("Not yet.")
    assert "A hint: Look up." in words
    stub.queue(obj({"score": 0.9, "right": "Both are there.", "help": ""}))
    speak("A size and a direction", "answer", exercise)

    exercise.refresh_from_db()
    assert (exercise.state, exercise.attempts) == ("solved", 2)
    assert exercise.score == pytest.approx(0.63)
    assert "That is right." in last_words()


def test_a_question_typed_as_an_answer_uses_up_no_try(stub, speak):
    exercise = set_exercise(stub, speak, SHORT)
    stub.queue(obj({"intent": "chat"}), text("Think of an arrow."))

    speak("What do you mean by vector?", "answer", exercise)

    exercise.refresh_from_db()
    assert (exercise.state, exercise.attempts) == ("open", 0)
    assert last_words() == "Think of an arrow."


def test_the_chat_is_never_given_the_key(stub, speak):
    set_exercise(stub, speak, GAP)
    stub.queue(obj({"intent": "chat"}), text("No."))

    speak("Tell me the solution")

    sent = json.dumps(stub.seen[-1].body)
    assert "Everything is measured from the ____." in sent
    assert "The origin." not in sent
    assert "Six letters." not in sent


def test_an_answer_in_the_chat_box_counts(stub, speak):
    exercise = set_exercise(stub, speak, GAP)
    stub.queue(obj({"intent": "answer"}))

    speak("the point? no, origin", "chat")
    exercise.refresh_from_db()
    assert exercise.attempts == 1
    stub.queue(obj({"intent": "answer"}))
    speak("origin", "chat")

    exercise.refresh_from_db()
    assert exercise.state == "solved"


def test_an_intent_without_an_exercise_to_answer_is_a_chat(stub, speak):
    stub.queue(obj({"intent": "answer"}), text("To what?"))

    speak("42")

    assert last_words() == "To what?"


def test_an_order_says_first_what_is_in_its_place(stub, speak):
    exercise = set_exercise(stub, speak, ORDER)
    order = [index + 1 for index in exercise.key]
    swapped = [order[0], order[1], order[3], order[2]]

    speak(", ".join(map(str, swapped)), "answer", exercise)

    assert last_words().startswith("2 of 4 are in the right place.")
    reverse_order = [order[1], order[2], order[3], order[0]]
    speak(", ".join(map(str, reverse_order)), "answer", exercise)
    assert last_words().startswith("Not yet.")
    assert "Start with one." in last_words()


def test_a_new_exercise_takes_the_place_of_an_open_one(stub, speak):
    first = set_exercise(stub, speak, GAP)
    second = set_exercise(stub, speak, SHORT)

    first.refresh_from_db()
    assert (first.state, second.state) == ("skipped", "open")
    assert GAP["question"] in stub.seen[-1].body["messages"][-1]["content"]


def test_difficulty_follows_the_results(stub, speak, alice, lesson):
    UserProgress.objects.create(user=alice, lesson=lesson, ability=0.1)
    set_exercise(stub, speak, GAP)
    assert "make it easy" in stub.seen[-1].body["messages"][-1]["content"]

    UserProgress.objects.update(ability=0.9)
    set_exercise(stub, speak, SHORT)
    assert "make it hard" in stub.seen[-1].body["messages"][-1]["content"]


def test_an_assessment_goes_on_where_it_stopped(stub, speak):
    stub.queue(obj({"questions": [GAP, SHORT, ORDER]}))
    speak("Start the assessment", "assessment")
    first = Assessment.objects.get().exercises.get(position=1)
    speak("the beginning", "assessment", first)
    stub.queue(obj({"intent": "assessment"}), obj({"questions": [GAP, SHORT, ORDER]}))

    speak("Start the assessment", "assessment")

    assert Assessment.objects.count() == 1
    assert "The assessment goes on. Question 2 of 3:" in last_words()


def test_an_exercise_that_is_too_clever_is_sent_back_once_then_tried_again(stub, speak):
    broken = {**GAP, "question": "No gap here."}
    stub.queue(obj({"exercise": broken}), obj({"exercise": GAP}))

    task = speak("Give me an exercise")

    assert (task.status, task.attempt) == ("completed", 1)
    assert "exactly once" in stub.seen[-1].body["messages"][-1]["content"]


def test_a_busy_provider_costs_no_click_and_no_second_message(stub, speak, again, drain):
    stub.queue(failure(429, "rate_limit"), failure(429, "rate_limit"))
    task = speak("What is a vector?")
    assert (task.status, task.error_code) == ("pending", "rate_limited")

    stub.queue(obj({"intent": "chat"}), text("An arrow."))
    for _ in range(2):
        again(task)
        drain()
        task.refresh_from_db()
        if task.status == "pending":
            stub.replies.clear()
            stub.queue(obj({"intent": "chat"}), text("An arrow."))

    assert task.status == "completed"
    assert [each.role for each in ConversationHistory.objects.all()] == ["user", "assistant"]


def test_a_retry_pays_only_for_what_is_missing(stub, speak, again, drain):
    stub.queue(obj({"intent": "chat"}), failure(500))
    task = speak("What is a vector?")

    stub.queue(text("An arrow."))
    again(task)
    drain()

    task.refresh_from_db()
    assert task.status == "completed"
    paid = LLMCall.objects.filter(outcome="ok").values_list("prompt", "replays")
    assert sorted(paid) == [("tutor.chat", 0), ("tutor.intent", 1)]
    assert len(stub.seen) == 3


def test_an_exercise_that_ended_in_the_meantime_is_not_marked(stub, speak, alice, lesson, drain):
    exercise = set_exercise(stub, speak, SHORT)
    task = say(alice, lesson, Said("size and direction", MessageType.ANSWER, exercise.pk))
    Exercise.objects.update(state="skipped")
    stub.queue(obj({"intent": "chat"}), text("That question is over."))
    drain()

    task.refresh_from_db()
    exercise.refresh_from_db()
    assert task.status == "completed"
    assert (exercise.state, exercise.attempts) == ("skipped", 0)


def test_what_is_gone_ends_the_task_with_words(speak, alice, lesson, drain):
    first = say(alice, lesson, Said("What is a vector?", MessageType.CHAT))
    ConversationHistory.objects.all().delete()
    drain()
    first.refresh_from_db()
    assert (first.status, first.error) == ("failed", "This message does not exist any more.")

    second = say(alice, lesson, Said("What is a vector?", MessageType.CHAT))
    LessonContent.objects.all().delete()
    drain()
    second.refresh_from_db()
    assert (second.status, second.error) == ("failed", "This lesson is not written yet.")


def test_an_unwritten_lesson_cannot_be_talked_about(alice, lesson):
    LessonContent.objects.all().delete()

    with pytest.raises(ApiError) as refusal:
        say(alice, lesson, Said("What is a vector?", MessageType.CHAT))

    assert (refusal.value.status, refusal.value.code) == (409, "not_written")
    assert not ConversationHistory.objects.exists()


def test_an_answer_without_an_exercise_is_refused(alice, lesson):
    with pytest.raises(ApiError, match="No exercise is open"):
        say(alice, lesson, Said("42", MessageType.ANSWER))


@pytest.mark.django_db(transaction=True)
def test_two_tabs_at_once_are_one_message(alice, lesson):
    start = threading.Barrier(2)
    tasks = []

    def send():
        start.wait()
        tasks.append(say(alice, lesson, Said("What is a vector?", MessageType.CHAT)))
        connection.close()

    tabs = [threading.Thread(target=send) for _ in range(2)]
    for tab in tabs:
        tab.start()
    for tab in tabs:
        tab.join()

    assert tasks[0] == tasks[1]
    assert ConversationHistory.objects.count() == AITask.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_message_that_is_cancelled_while_it_is_answered_gets_no_reply(stub, alice, lesson, drain):
    def cancel_and_answer(body):
        AITask.objects.active().get().cancel()
        connection.close()
        return obj({"intent": "chat"})

    task = say(alice, lesson, Said("What is a vector?", MessageType.CHAT))
    stub.answer = cancel_and_answer

    drain()

    task.refresh_from_db()
    assert (task.status, task.result) == ("cancelled", None)
    assert [each.role for each in ConversationHistory.objects.all()] == ["user"]


@pytest.fixture
def page(client, alice, lesson):
    client.force_login(alice)
    return lambda: client.get(reverse("lessons:detail", args=lesson.place)).text


def test_the_page_shows_what_is_under_way_and_what_was_said(page, alice, lesson, drain):
    task = say(alice, lesson, Said("What is a vector?", MessageType.CHAT))
    followed = f'data-events-url="/api/tasks/{task.pk}/events/"'
    assert followed in page()

    drain()

    shown = page()
    assert "What is a vector?" in shown
    assert "The lesson says under" in shown
    assert followed not in shown


def test_a_failed_answer_is_shown_with_a_way_on(stub, page, speak):
    stub.queue(failure(401, "invalid_api_key"))

    task = speak("What is a vector?")

    shown = page()
    assert task.error in shown.replace("&#x27;", "'")
    assert f"/api/tasks/{task.pk}/retry/" in shown


@pytest.mark.parametrize("public", [True, False])
def test_a_visitor_reads_public_lessons_only_and_talks_in_none(client, lesson, public):
    course = lesson.module.syllabus
    course.is_public = public
    course.save()

    response = client.get(reverse("lessons:detail", args=lesson.place))

    assert response.status_code == (200 if public else 404)
    assert "data-tutor" not in response.text
    assert not UserProgress.objects.exists()


def test_plain_forms_work_without_scripts(client, alice, lesson, drain):
    client.force_login(alice)
    html = {"Accept": "text/html"}
    LessonContent.objects.all().delete()

    write = client.post(reverse("lessons:generate_content", args=lesson.place), headers=html)
    drain()
    asked = client.post(
        reverse("lessons:interact", args=lesson.place),
        "message=What+is+a+vector%3F&submission_type=chat",
        content_type="application/x-www-form-urlencoded",
        headers=html,
    )
    drain()

    assert (write.status_code, write["Location"]) == (302, lesson.get_absolute_url())
    assert asked["Location"] == f"{lesson.get_absolute_url()}#tutor"
    assert ConversationHistory.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "value"), [("exercise_id", "not-an-id"), ("request_id", "7"), ("request_id", [1])]
)
def test_ids_that_are_none_are_named(client, alice, lesson, field, value):
    client.force_login(alice)
    url = reverse("lessons:interact", args=lesson.place)

    response = client.post(url, {"message": "hi", field: value}, content_type="application/json")

    assert (response.status_code, field in response.json()["message"]) == (400, True)


def test_another_learners_exercise_is_not_open_to_me(client, bob, alice, lesson, speak, stub):
    theirs = set_exercise(stub, speak, GAP)
    Exercise.objects.update(user=bob)

    with pytest.raises(ApiError, match="not open any more"):
        say(alice, lesson, Said("origin", MessageType.ANSWER, theirs.pk))
