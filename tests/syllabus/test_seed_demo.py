"""The command that fills an installation with people and a course to try it with."""

import io

import pytest
from django.contrib.auth.models import User
from django.core.management import CommandError, call_command

from core.models import LessonContent, LLMCall, Syllabus, UserProgress

pytestmark = pytest.mark.django_db
PASSWORD = "learning-by-heart"


@pytest.fixture
def seed(settings):
    """Run the command and return what it prints."""
    settings.DEBUG = True

    def seed(**options):
        out = io.StringIO()
        call_command("seed_demo", stdout=out, **options)
        return out.getvalue()

    return seed


def test_three_people_and_a_public_course_are_there(seed):
    printed = seed()

    course = Syllabus.objects.get()
    assert (course.title, course.user.username, course.is_public) == (
        "Linear algebra",
        "alice",
        True,
    )
    assert course.get_absolute_url() in printed
    for name, staff in {"alice": False, "bob": False, "charlie": True}.items():
        person = User.objects.get(username=name)
        assert person.check_password(PASSWORD)
        assert (person.is_staff, person.is_superuser) == (staff, staff)
        assert f"{name} / {PASSWORD}" in printed


def test_the_first_lessons_are_written_and_alice_is_in_the_second(seed):
    seed()

    first, second, third, *_ = Syllabus.objects.get().lessons()
    written = LessonContent.objects.current()
    assert {content.lesson for content in written} == {first, second, third}
    assert "theorem of Pythagoras" in written.get(lesson=first).exposition
    states = UserProgress.objects.filter(user__username="alice").values_list("lesson", "state")
    assert dict(states) == {first.pk: "completed", second.pk: "in_progress"}
    assert not LLMCall.objects.exists()


def rows():
    models = (User, Syllabus, LessonContent, UserProgress)
    return [list(model.objects.order_by("pk").values()) for model in models]


def test_a_second_run_changes_nothing(seed):
    seed()
    before = rows()

    assert "alice exists already" in seed()
    assert rows() == before


def test_what_people_changed_meanwhile_is_kept(seed):
    seed()
    course = Syllabus.objects.get()
    Syllabus.objects.update(is_public=False)
    UserProgress.objects.all().delete()
    alice = User.objects.get(username="alice")
    alice.set_password("her own words 1")
    alice.save()

    seed()

    course.refresh_from_db()
    alice.refresh_from_db()
    assert not course.is_public
    assert alice.check_password("her own words 1")


def test_a_real_site_is_left_alone(seed, settings):
    settings.DEBUG = False

    with pytest.raises(CommandError, match="DEBUG is off"):
        seed()

    assert not User.objects.exists()


def test_a_forced_run_on_a_real_site_uses_passwords_nobody_knows(seed, settings):
    settings.DEBUG = False

    printed = seed(force=True)

    assert PASSWORD not in printed
    word = printed.split("charlie / ")[1].split()[0]
    assert len(word) == 20
    assert User.objects.get(username="charlie").check_password(word)
