"""What every page knows."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from core.theme import chosen_theme


def site(request: HttpRequest) -> dict[str, Any]:
    """Tell templates whether answers come from the demo model, and which theme was chosen."""
    return {"demo_model": settings.LLM_PROVIDER == "demo", "theme": chosen_theme(request)}
