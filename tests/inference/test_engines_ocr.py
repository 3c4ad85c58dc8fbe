"""The real reader, on a picture of the demo. Slow: its models take a second to load."""

import pytest

from arweb.demo import DEMO_FOLDER
from inference.engines.ocr import UnreadableError, is_installed
from inference.engines.ocr_process import OcrProcess

pytestmark = pytest.mark.slow


@pytest.mark.skipif(not is_installed(), reason="requirements-ocr.txt is not installed: make ocr")
def test_the_words_of_a_package_are_read_in_a_process_of_its_own() -> None:
    with OcrProcess() as reader:
        with pytest.raises(UnreadableError) as failed:
            reader.read(b"no picture")
        read = reader.read((DEMO_FOLDER / "images" / "demo-001.png").read_bytes())
    assert failed.value.why == "not_an_image"
    assert (read.engine.split()[0], read.picture.width, read.picture.height) == ("rapidocr", 640, 420)
    assert {"999", "感冒灵颗粒", "颗粒剂"} <= {word.text for word in read.picture.words}
