"""The HTML of each kind of page, held against the standard by its own checker."""

import json
import os
import shutil
import subprocess

import pytest
from django.test import Client

from tests.test_readers_in_browser import kinds_of_page, site  # noqa: F401

pytestmark = pytest.mark.django_db

HOW = "set VNU_JAR to the jar of the Nu Html Checker (vnu-jar of npm), with Java"


@pytest.fixture
def checker():
    jar = os.environ.get("VNU_JAR", "")
    if not (os.path.isfile(jar) and shutil.which("java")):
        message = f"No HTML checker on this machine: {HOW}."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return ["java", "-Xss4m", "-jar", jar, "--format", "json", "--exit-zero-always"]


def test_no_kind_of_page_has_an_error(checker, site, tmp_path):  # noqa: F811
    kinds = kinds_of_page(site)
    for kind, address in kinds.items():
        text = Client().get(address).content.decode()
        assert text.startswith("<!doctype html>")
        (tmp_path / f"{kind}.html").write_text(text)
    run = subprocess.run(
        [*checker, str(tmp_path)], capture_output=True, text=True, check=False
    )
    said = json.loads(run.stderr)["messages"]
    errors = {f"{m['url'].rpartition('/')[2]}: {m['message']}" for m in said}
    assert errors == set()
