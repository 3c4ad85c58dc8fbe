"""arweb/static_files.py"""

import gzip
import os
from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client, override_settings

from arweb.settings import MIDDLEWARE
from arweb.static_files import compressed, keep

STYLES = (Path(settings.BASE_DIR) / "static" / "arweb.css").read_bytes()
as_served = override_settings(MIDDLEWARE=MIDDLEWARE)


@as_served
def test_styles_are_sent_compressed_to_who_takes_it() -> None:
    response = Client().get("/static/arweb.css", headers={"accept-encoding": "gzip, br"})
    sent = b"".join(response.streaming_content)
    assert (response["Content-Encoding"], response["Vary"]) == ("gzip", "Accept-Encoding")
    assert int(response["Content-Length"]) == len(sent) < len(STYLES) / 3
    assert gzip.decompress(sent) == STYLES


@as_served
def test_styles_are_sent_as_they_are_to_who_does_not() -> None:
    response = Client().get("/static/arweb.css")
    assert b"".join(response.streaming_content) == STYLES
    assert not response.has_header("Content-Encoding")


def test_a_file_that_changed_is_compressed_anew(tmp_path: Path) -> None:
    file = tmp_path / "some.js"
    file.write_text("first();" * 100)
    first = compressed(file)
    file.write_text("second();" * 100)
    second = compressed(file)
    assert first is not None
    assert second is not None
    assert (gzip.decompress(first.read_bytes()), gzip.decompress(second.read_bytes())) == (
        b"first();" * 100,
        b"second();" * 100,
    )


def test_pictures_and_small_files_are_left_alone(tmp_path: Path) -> None:
    small, picture = tmp_path / "small.css", tmp_path / "picture.png"
    small.write_text("a{}")
    picture.write_bytes(b"\x89PNG" * 1000)
    assert (compressed(small), compressed(picture)) == (None, None)


def test_what_a_process_of_the_same_number_elsewhere_writes_is_left_alone(tmp_path: Path) -> None:
    file, elsewhere = tmp_path / "copies" / "a.gz", tmp_path / "copies" / f"a.{os.getpid()}"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes(b"half of")
    keep(file, b"whole")
    assert {one.name: one.read_bytes() for one in elsewhere.parent.iterdir()} == {
        "a.gz": b"whole",
        elsewhere.name: b"half of",
    }


def test_a_copy_that_can_not_take_its_place_leaves_nothing_behind(tmp_path: Path) -> None:
    taken = tmp_path / "a.gz"
    (taken / "inside").mkdir(parents=True)
    with pytest.raises(OSError):
        keep(taken, b"whole")
    assert [one.name for one in tmp_path.iterdir()] == ["a.gz"]
