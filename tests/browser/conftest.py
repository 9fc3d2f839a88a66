"""Real browsers on real installations."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from tests.browser.site import ROOT, Site, running
from tests.browser.watch import Watch

CHROMIUM = Path(os.environ.get("CHROMIUM", "/usr/bin/chromium"))
ENABLE = "no Chromium at /usr/bin/chromium: apt-get install chromium (or set CHROMIUM to its path)"
QUIET = "--no-sandbox --disable-gpu --disable-background-networking --disable-component-update"
PATIENCE = 15_000


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    if not CHROMIUM.exists():
        if os.environ.get("CI") == "true":
            pytest.fail(ENABLE)
        pytest.skip(ENABLE)
    return {"executable_path": str(CHROMIUM), "args": [*QUIET.split(), "--disable-sync"]}


@pytest.fixture(scope="session")
def static_files(testrun_uid: str) -> None:
    """Collect the static files as production serves them, named by their content: once for all test processes."""
    with (ROOT / "var" / "static.collected").open("a+") as collected:
        fcntl.flock(collected, fcntl.LOCK_EX)
        collected.seek(0)
        if collected.read() == testrun_uid:
            return
        command = [sys.executable, "manage.py", "collectstatic", "--no-input", "--verbosity=0"]
        subprocess.run(command, cwd=ROOT, env={**os.environ, "DEBUG": "false"}, check=True)
        collected.truncate(0)
        collected.write(testrun_uid)


@pytest.fixture(scope="session")
def demo_site(static_files: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An installation without a model."""
    with running(tmp_path_factory.mktemp("demo")) as site:
        yield site


@pytest.fixture
def site(demo_site: Site) -> Site:
    """The installation a test visits; a module may name another one."""
    return demo_site


@pytest.fixture
def browser_context_args(site: Site) -> dict[str, object]:
    return {"base_url": site.url, "viewport": {"width": 1280, "height": 800}}


@pytest.fixture
def watch(context: BrowserContext, site: Site) -> Iterator[Watch]:
    """Whatever a page does that it must not: script errors, CSP violations, requests to third parties."""
    context.set_default_timeout(PATIENCE)
    watch = Watch(context, site.url)
    yield watch
    assert watch.complaints() == []


@pytest.fixture
def page(watch: Watch, context: BrowserContext) -> Page:
    return context.new_page()
