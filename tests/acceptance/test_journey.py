"""The main job end to end over HTTP: topic in, course out, a lesson learned."""

import pytest

from core.models import Assessment, ConversationHistory, Exercise, UserProgress
from core.models.exercise import ExerciseKind, ExerciseState
from taskqueue.models import AITask
from tests.acceptance.conftest import address


def answer(learner, lesson, exercise, text):
    kind = "assessment" if exercise.assessment_id else "answer"
    accepted = learner.say(lesson, text, kind, exercise_id=str(exercise.pk))
    assert accepted.status_code == 202, accepted.text
    learner.drain()
    body = learner.status(accepted)
    assert body["status"] == "completed", body
    return body["html"]


def right_answer(exercise):
    match exercise.kind:
        case ExerciseKind.MULTIPLE_CHOICE:
            return exercise.choices[exercise.key]
        case ExerciseKind.ORDERING:
            return ", ".join(str(index + 1) for index in exercise.key)
        case ExerciseKind.FILL_IN:
            return exercise.key[0]
        case _:
            return " ".join(exercise.key)


def wrong_answer(exercise):
    match exercise.kind:
        case ExerciseKind.MULTIPLE_CHOICE:
            return exercise.choices[exercise.key - 1]
        case ExerciseKind.ORDERING:
            return ", ".join(str(index + 1) for index in reversed(exercise.key))
        case _:
            return "rhubarb"


def ask_for_exercise(learner, lesson):
    learner.say(lesson, "Give me an exercise")
    learner.drain()
    return Exercise.objects.get(state=ExerciseState.OPEN, assessment=None)


def test_a_lesson_learned_from_topic_to_completion(learner):
    lesson = learner.written_lesson()

    asked = learner.say(lesson, "What is a vector?")
    learner.drain()
    reply = learner.status(asked)
    assert "vector" in reply["html"].lower()

    exercise = ask_for_exercise(learner, lesson)
    assert "Not yet." in answer(learner, lesson, exercise, wrong_answer(exercise))
    assert "That is right." in answer(learner, lesson, exercise, right_answer(exercise))

    learner.say(lesson, "Start the assessment", "assessment")
    learner.drain()
    assessment = Assessment.objects.get()
    assert 3 <= assessment.exercises.count() <= 5
    for question in assessment.exercises.order_by("position"):
        last = answer(learner, lesson, question, right_answer(question))
    assert "You have passed" in last
    assert UserProgress.objects.get().state == "completed"
    dashboard = learner.client.get("/").text
    assert 'value="1"' in dashboard
    assert lesson.after().title in dashboard


def test_three_wrong_answers_show_the_solution(learner):
    lesson = learner.written_lesson()
    exercise = ask_for_exercise(learner, lesson)

    heard = [answer(learner, lesson, exercise, wrong_answer(exercise)) for _ in range(3)]

    assert [("Not yet." in html, "The solution:" in html) for html in heard] == [
        (True, False), (True, False), (False, True),
    ]  # fmt: skip
    exercise.refresh_from_db()
    assert (exercise.state, exercise.score, exercise.attempts) == ("revealed", 0.0, 3)
    late = learner.say(lesson, right_answer(exercise), "answer", exercise_id=str(exercise.pk))
    assert (late.status_code, late.json()["code"]) == (409, "not_open")


def test_a_failed_assessment_says_what_to_review_and_has_new_questions(learner):
    lesson = learner.written_lesson()
    learner.say(lesson, "Start the assessment", "assessment")
    learner.drain()
    first = list(Exercise.objects.order_by("position"))

    for question in first:
        last = answer(learner, lesson, question, wrong_answer(question))

    assert "70% are needed" in last
    assert UserProgress.objects.get().state == "in_progress"
    learner.say(lesson, "Start the assessment", "assessment")
    learner.drain()
    second = Exercise.objects.filter(assessment__state="open")
    assert not {each.question for each in first} & {each.question for each in second}


def test_a_question_during_an_exercise_is_a_question(learner):
    lesson = learner.written_lesson()
    exercise = ask_for_exercise(learner, lesson)

    for kind in ("chat", "answer"):
        accepted = learner.say(lesson, "What does linear combination mean?", kind)
        learner.drain()
        assert learner.status(accepted)["status"] == "completed"

    exercise.refresh_from_db()
    assert (exercise.state, exercise.attempts) == ("open", 0)


@pytest.mark.parametrize("rounds", [12])
def test_no_key_leaves_the_server_while_an_exercise_is_open(learner, rounds):
    lesson = learner.written_lesson()
    for _ in range(rounds):
        accepted = learner.say(lesson, "Give me an exercise")
        learner.drain()
        exercise = Exercise.objects.get(state=ExerciseState.OPEN)
        status = learner.client.get(accepted.json()["status_url"]).text
        page = learner.client.get(address(lesson)).text
        events = learner.client.get(accepted.json()["events_url"]).text
        for seen in (status, events):
            assert exercise.solution not in seen
            assert all(hint not in seen for hint in exercise.hints)
        assert "data-key" not in page
        task = AITask.objects.get(pk=accepted.json()["task_id"])
        assert set(task.result) == {"message_ids", "intent"}
        assert set(task.input_data) == {"message_id"}
    kinds = set(Exercise.objects.values_list("kind", flat=True))
    assert kinds == set(ExerciseKind.values)


def test_the_place_of_a_choice_tells_nothing(learner):
    lesson = learner.written_lesson()
    for _ in range(40):
        learner.say(lesson, "Give me an exercise")
        learner.drain()

    keys = Exercise.objects.filter(kind=ExerciseKind.MULTIPLE_CHOICE).values_list("key", flat=True)
    assert len(set(keys)) > 1


def test_the_same_message_twice_is_one_message_one_task_one_reply(learner):
    lesson = learner.written_lesson()

    first = learner.say(lesson, "What is a vector?")
    again = learner.say(lesson, "What is a vector?")
    other = learner.say(lesson, "Another question")
    learner.drain()

    assert first.json()["task_id"] == again.json()["task_id"]
    assert (other.status_code, other.json()["code"]) == (409, "busy")
    assert [each.role for each in ConversationHistory.objects.all()] == ["user", "assistant"]


def test_a_request_sent_again_after_the_answer_is_not_stored_twice(learner):
    lesson = learner.written_lesson()
    request_id = "7d444840-9dc0-11d1-b245-5ffdce74fad2"

    first = learner.say(lesson, "What is a vector?", request_id=request_id)
    learner.drain()
    again = learner.say(lesson, "What is a vector?", request_id=request_id)

    assert first.json()["task_id"] == again.json()["task_id"]
    assert ConversationHistory.objects.count() == 2


def test_two_tabs_asking_for_the_same_course_get_one(learner):
    first, second = learner.generate("Linear algebra"), learner.generate(" linear  ALGEBRA")

    assert first.json()["task_id"] == second.json()["task_id"]


def test_an_equal_course_is_found_without_a_call(learner):
    from core.models import LLMCall, Syllabus

    course = learner.course("Linear algebra")
    calls = LLMCall.objects.count()

    assert learner.course("linear algebra") == course
    assert (LLMCall.objects.count(), Syllabus.objects.count()) == (calls, 1)
