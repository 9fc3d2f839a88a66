"""Fills an installation with people and a course to try it with."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.crypto import get_random_string

from syllabus.demo_course import seed_course

PASSWORD = "learning-by-heart"  # noqa: S105  (known on purpose; used with DEBUG on only)
PEOPLE = {"alice": False, "bob": False, "charlie": True}


class Command(BaseCommand):
    help = "Create alice, bob, charlie (staff) and a public demo course. Safe to run again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--force", action="store_true", help="also when DEBUG is off, with random passwords"
        )

    def handle(self, *args: Any, force: bool, **options: Any) -> None:
        if not settings.DEBUG and not force:
            raise CommandError(
                "DEBUG is off, so this may be a real site. Use --force if it is not."
            )
        with transaction.atomic():
            people = {name: self._person(name, staff=staff) for name, staff in PEOPLE.items()}
            course = seed_course(people["alice"])
        self.stdout.write(f"{course.title}: {course.get_absolute_url()}")

    def _person(self, name: str, *, staff: bool) -> User:
        """Return the person of this name; an account that exists keeps its password."""
        person = User.objects.filter(username=name).first()
        if person is not None:
            self.stdout.write(f"{name} exists already")
            return person
        password = PASSWORD if settings.DEBUG else get_random_string(20)
        self.stdout.write(f"{name} / {password}{' (staff)' if staff else ''}")
        return User.objects.create_user(
            name, f"{name}@example.com", password, is_staff=staff, is_superuser=staff
        )
