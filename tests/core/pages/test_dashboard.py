"""What to do next, and how far one has come."""

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.test import Client
from django.utils import timezone

from core.models import Lesson, Module, Syllabus, UserProgress
from core.progress import course_rows


def complete(user: User, lesson: Lesson) -> None:
    UserProgress.objects.create(
        user=user, lesson=lesson, state="completed", score=1.0, completed_at=timezone.now()
    )


@pytest.fixture
def other_course(alice: User, course: Syllabus) -> Syllabus:
    other = Syllabus.objects.create(
        user=alice, topic="Light", level="Advanced", title="Light <b>&</b> colour"
    )
    module = Module.objects.create(syllabus=other, position=1, title="One")
    Lesson.objects.create(module=module, position=1, title="Rays", minutes=25)
    return other


def test_a_new_learner_is_asked_what_to_learn(client: Client, alice: User) -> None:
    client.force_login(alice)
    page = client.get("/").content.decode()
    assert 'action="/syllabus/generate/"' in page
    assert page.count("knowledge_level=") == 3


def test_the_next_lesson_comes_first(client: Client, alice: User, lessons: list[Lesson]) -> None:
    complete(alice, lessons[0])
    client.force_login(alice)
    page = client.get("/").content.decode()
    assert f'href="{lessons[1].get_absolute_url()}"' in page.split("Courses</h2>")[0]
    assert '<progress class="meter" max="4" value="1"' in page


def test_when_all_is_completed(client: Client, alice: User, lessons: list[Lesson]) -> None:
    for lesson in lessons:
        complete(alice, lesson)
    client.force_login(alice)
    page = client.get("/").content.decode()
    assert "Every course is completed" in page


def test_titles_are_text(client: Client, alice: User, other_course: Syllabus) -> None:
    client.force_login(alice)
    assert "Light &lt;b&gt;&amp;&lt;/b&gt; colour" in client.get("/").content.decode()


def test_nobody_sees_the_courses_of_another(client: Client, bob: User, course: Syllabus) -> None:
    client.force_login(bob)
    assert course.title not in client.get("/").content.decode().replace(
        "topic=Linear+algebra", ""
    ).replace(">Linear algebra</a>", "").replace('placeholder="Linear algebra"', "")
    assert course_rows(bob) == []


def test_a_visitor_has_no_courses(course: Syllabus) -> None:
    assert course_rows(AnonymousUser()) == []


def test_the_course_worked_on_last_comes_first(
    alice: User, lessons: list[Lesson], course: Syllabus, other_course: Syllabus
) -> None:
    assert [row.syllabus for row in course_rows(alice)] == [other_course, course]
    UserProgress.objects.create(user=alice, lesson=lessons[0])
    assert [row.syllabus for row in course_rows(alice)] == [course, other_course]


def test_the_lesson_that_is_open_is_the_next(alice: User, lessons: list[Lesson]) -> None:
    assert course_rows(alice)[0].next_lesson == lessons[0]
    UserProgress.objects.create(user=alice, lesson=lessons[1])
    UserProgress.objects.create(user=alice, lesson=lessons[3])
    assert course_rows(alice)[0].next_lesson == lessons[3]
    UserProgress.objects.get(lesson=lessons[1]).save()
    assert course_rows(alice)[0].next_lesson == lessons[1]


@pytest.mark.parametrize("address", ["dashboard", "course"])
def test_a_course_is_started_once(
    client: Client, alice: User, course: Syllabus, lessons: list[Lesson], address: str
) -> None:
    client.force_login(alice)
    url = "/" if address == "dashboard" else course.get_absolute_url()
    assert "Start" in client.get(url).content.decode()
    UserProgress.objects.create(user=alice, lesson=lessons[0])
    assert "Continue" in client.get(url).content.decode()


def test_what_another_learner_did_does_not_count(
    alice: User, bob: User, lessons: list[Lesson]
) -> None:
    complete(bob, lessons[0])
    assert course_rows(alice)[0].done == 0


def test_three_queries_for_any_number_of_courses(
    alice: User, other_course: Syllabus, lessons: list[Lesson], django_assert_num_queries
) -> None:  # type: ignore[no-untyped-def]
    complete(alice, lessons[0])
    with django_assert_num_queries(3):
        rows = course_rows(alice)
        places = [row.next_lesson.place for row in rows if row.next_lesson]
    assert len(places) == 2
