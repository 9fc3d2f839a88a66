"""What the database itself refuses, and what the rows know of each other."""

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from core.models import (
    Assessment,
    ConversationHistory,
    Exercise,
    Lesson,
    LessonContent,
    LLMCall,
    Module,
    Syllabus,
    UserProgress,
)
from core.models.course import normalise_topic


def refused(model_class, /, **fields):
    with pytest.raises(IntegrityError), transaction.atomic():
        model_class.objects.create(**fields)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Linear  Algebra ", "linear algebra"), ("ＡＩ", "ai"), ("STRASSE", "straße")],
)
def test_spellings_of_one_topic_are_equal(one, other):
    assert normalise_topic(one) == normalise_topic(other)


def test_equal_courses_are_found_for_their_owner_only(course, alice, bob):
    mine = Syllabus.objects.owned_by(alice.pk).equal_to(" LINEAR algebra", "Beginner")

    assert list(mine) == [course]
    assert not Syllabus.objects.owned_by(alice.pk).equal_to("Linear algebra", "Advanced")
    assert not Syllabus.objects.owned_by(bob.pk).equal_to("Linear algebra", "Beginner")


def test_a_course_has_a_known_level_and_a_title(alice):
    refused(Syllabus, user=alice, topic="x", level="Expert", title="x")
    refused(Syllabus, user=alice, topic="x", level="Beginner", title="")


def test_places_and_titles_are_taken_once(course):
    module = course.modules.first()

    refused(Module, syllabus=course, position=1, title="Another")
    refused(Module, syllabus=course, position=3, title="Module 1")
    refused(Module, syllabus=course, position=0, title="Another")
    refused(Lesson, module=module, position=1, title="Another", minutes=5)
    refused(Lesson, module=module, position=3, title="Lesson 1.1", minutes=5)
    refused(Lesson, module=module, position=3, title="Another", minutes=0)


def test_reading_order_runs_across_modules(lessons):
    titles = [lesson.title for lesson in lessons]

    assert titles == ["Lesson 1.1", "Lesson 1.2", "Lesson 2.1", "Lesson 2.2"]
    assert [lesson.after() for lesson in lessons] == [*lessons[1:], None]
    assert [lesson.before() for lesson in lessons] == [None, *lessons[:-1]]


def test_progress_belongs_to_the_lesson_and_not_to_its_place(alice, lessons):
    first, second = lessons[:2]
    UserProgress.objects.create(user=alice, lesson=first)
    Lesson.objects.filter(pk=first.pk).update(position=9)
    Lesson.objects.filter(pk=second.pk).update(position=1)

    assert UserProgress.objects.get().lesson == first


def test_a_lesson_has_one_current_text(lessons):
    lesson = lessons[0]
    first = LessonContent.objects.create(lesson=lesson, exposition="# One")

    refused(LessonContent, lesson=lesson, exposition="# Two")
    LessonContent.objects.filter(pk=first.pk).update(is_current=False)
    second = LessonContent.objects.create(lesson=lesson, exposition="# Two")

    assert list(LessonContent.objects.current()) == [second]
    refused(LessonContent, lesson=lessons[1], exposition="")


def test_progress_is_one_row_with_a_score_from_0_to_1(alice, lessons):
    UserProgress.objects.create(user=alice, lesson=lessons[0])

    refused(UserProgress, user=alice, lesson=lessons[0])
    refused(UserProgress, user=alice, lesson=lessons[1], score=1.5)
    refused(UserProgress, user=alice, lesson=lessons[1], ability=-0.1)
    refused(UserProgress, user=alice, lesson=lessons[1], state="completed")
    refused(UserProgress, user=alice, lesson=lessons[1], completed_at=timezone.now())


def test_a_passed_lesson_stays_completed_with_its_best_score(alice, lessons):
    progress = UserProgress.objects.create(user=alice, lesson=lessons[0])

    progress.record_assessment(0.4, passed=False)
    assert progress.state == "in_progress"
    progress.record_assessment(0.9, passed=True)
    completed_at = progress.completed_at
    progress.record_assessment(0.2, passed=False)
    progress.record_assessment(0.8, passed=True)

    progress.refresh_from_db()
    assert (progress.state, progress.score) == ("completed", 0.9)
    assert progress.completed_at == completed_at


def test_ability_follows_the_answers_within_its_bounds(alice, lessons):
    progress = UserProgress.objects.create(user=alice, lesson=lessons[0])

    progress.record_answer(1.0)
    assert progress.ability == pytest.approx(2 / 3)
    for _ in range(50):
        progress.record_answer(0.0)
    progress.refresh_from_db()
    assert 0 <= progress.ability < 0.01


def test_a_message_has_one_reply_and_only_the_tutor_replies(alice, lessons):
    said = {"user": alice, "lesson": lessons[0]}
    question = ConversationHistory.objects.create(**said, role="user", content="Why?")
    ConversationHistory.objects.create(
        **said, role="assistant", content="Because.", reply_to=question
    )

    refused(ConversationHistory, **said, role="assistant", content="Again", reply_to=question)
    refused(ConversationHistory, **said, role="user", content="Me too", reply_to=question)


def test_a_conversation_is_ordered_and_belongs_to_two(alice, bob, lessons):
    for person in (alice, bob, alice):
        ConversationHistory.objects.create(
            user=person, lesson=lessons[0], role="user", content=person.username
        )

    talk = ConversationHistory.objects.between(alice.pk, lessons[0].pk)

    assert [message.content for message in talk] == ["alice", "alice"]
    assert list(talk) == sorted(talk, key=lambda message: message.pk)


def test_one_open_exercise_and_one_open_assessment(alice, lessons):
    mine = {"user": alice, "lesson": lessons[0]}
    asked = {"kind": "fill_in", "question": "?", "key": [["x"]], "solution": "x"}
    Exercise.objects.create(**mine, **asked)
    assessment = Assessment.objects.create(**mine)

    refused(Exercise, **mine, **asked)
    refused(Assessment, **mine)
    Exercise.objects.create(**mine, **asked, assessment=assessment, position=1)
    refused(Exercise, **mine, **asked, assessment=assessment, position=1)
    refused(Exercise, **mine, **asked, state="solved", score=2)


def test_a_finished_call_is_in_the_ledger_once(course):
    call = {
        "task_id": course.pk, "ordinal": 1, "request_hash": "a" * 64, "role": "fast", "provider": "demo",
        "model": "demo", "prompt": "p", "prompt_version": "1", "latency_ms": 1,
    }  # fmt: skip
    LLMCall.objects.create(**call, outcome="rate_limited")
    LLMCall.objects.create(**call, outcome="rate_limited")
    LLMCall.objects.create(**call, outcome="ok")

    refused(LLMCall, **call, outcome="ok")


def test_rows_say_what_they_are(alice, lessons):
    lesson = lessons[0]
    progress = UserProgress.objects.create(user=alice, lesson=lesson)
    content = LessonContent.objects.create(lesson=lesson, exposition="x")
    message = ConversationHistory.objects.create(
        user=alice, lesson=lesson, role="user", content="Why?"
    )
    assessment = Assessment.objects.create(user=alice, lesson=lesson)
    exercise = Exercise(question="What is a vector?")
    call = LLMCall(prompt="tutor.chat", model="demo", outcome="ok")

    assert str(lesson.module.syllabus) == "Linear algebra"
    assert str(lesson.module) == "Module 1"
    assert str(progress) == "alice: Lesson 1.1 (In progress)"
    assert str(content).startswith("Lesson 1.1 (")
    assert str(message) == "Learner: Why?"
    assert str(assessment) == "alice: Lesson 1.1 (Open)"
    assert str(exercise) == "What is a vector?"
    assert str(call) == "tutor.chat → demo (OK)"
