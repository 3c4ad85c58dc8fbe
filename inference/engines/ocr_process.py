"""Reading pictures in a process of its own: its memory goes with it, and a picture that kills it kills nothing else."""

import contextlib
import json
import os
import select
import struct
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from inference.engines.ocr import ReadPicture, UnreadableError, engine_name, installed_ocr
from inference.pipeline.case import Picture, Word

ROOT = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "inference.engines.ocr_process")
LONGEST_SECONDS = 120.0
"""How long one picture may take, the start of the process included."""
READY = b"ready\n"
"""The first line of the process, once the models are loaded."""
HEADER = struct.Struct(">Q")


class ReaderBrokenError(Exception):
    """The installed reader does not start, so that nothing can be said of any picture."""


class OcrProcess:
    """The installed reader, started with the first picture and again after one that ended it. Closed when done."""

    def __init__(self, command: Sequence[str] = COMMAND, seconds: float = LONGEST_SECONDS) -> None:
        self._command, self._seconds = command, seconds
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> "OcrProcess":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def engine(self) -> str:
        """The name and version of what reads."""
        return engine_name()

    def read(self, content: bytes) -> ReadPicture:
        """As `Ocr.read`. Raises UnreadableError("too_slow") or ("died") for a picture that stops the reader.

        Raises ReaderBrokenError where no reader starts.
        """
        process = self._process or self._start()
        assert process.stdin is not None
        try:
            process.stdin.write(HEADER.pack(len(content)) + content)
            process.stdin.flush()
        except BrokenPipeError:
            self.close()
            raise UnreadableError("died") from None
        line, late = self._line(process)
        if not line:
            self.close()
            raise UnreadableError("too_slow" if late else "died")
        return answer_of(json.loads(line))

    def _line(self, process: "subprocess.Popen[bytes]") -> tuple[bytes, bool]:
        """The next whole line of the process, and whether it was waited for in vain."""
        assert process.stdout is not None
        ready, _, _ = select.select([process.stdout], [], [], self._seconds)
        line = process.stdout.readline() if ready else b""
        return (line if line.endswith(b"\n") else b""), not ready

    def close(self) -> None:
        """End the process."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                pipe.close()  # type: ignore[union-attr]
        self._process = None

    def _start(self) -> "subprocess.Popen[bytes]":
        self._process = subprocess.Popen(self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT)
        line, _ = self._line(self._process)
        if line != READY:
            self.close()
            raise ReaderBrokenError
        return self._process


def answer_of(answer: dict[str, Any]) -> ReadPicture:
    """What the process wrote, as a reading. Raises UnreadableError."""
    if "why" in answer:
        raise UnreadableError(answer["why"])
    picture = answer["picture"]
    words = tuple(Word(one["text"], tuple(map(tuple, one["box"])), one["score"]) for one in picture["words"])
    read = Picture(picture["sha256"], words, picture["width"], picture["height"])
    return ReadPicture(read, answer["engine"], answer["seconds"])


def serve(source: IO[bytes], out: IO[bytes]) -> None:
    """Read pictures until the source ends: a length and the bytes in, a line of JSON out."""
    ocr = installed_ocr()
    out.write(READY)
    out.flush()
    while len(header := source.read(HEADER.size)) == HEADER.size:
        content = source.read(HEADER.unpack(header)[0])
        try:
            answer: dict[str, Any] = asdict(ocr.read(content))
        except UnreadableError as error:
            answer = {"why": error.why}
        out.write(json.dumps(answer).encode() + b"\n")
        out.flush()


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what libraries print is no answer
    serve(sys.stdin.buffer, answers)
