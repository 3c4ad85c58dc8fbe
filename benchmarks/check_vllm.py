"""Whether the pipeline works through a real vLLM: `make check-vllm`. Prints figures; ends with 1 where something fails.

A tiny Qwen3 of random weights is made on the spot and served by vLLM on the processors. The demo's benchmark is judged
by it, as by any served model. What it answers means nothing; but every reply must be JSON by the schema, no pair may be
lost, and the part of the prompts that all pairs share must come from vLLM's cache. Then a few pairs are judged by the same
model run in this process: by transformers and by vLLM.
"""

import argparse
import contextlib
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
START_SECONDS = 600
OPTIONS = (
    *("--enforce-eager", "--enable-prompt-tokens-details", "--max-model-len", "16384", "--max-num-seqs", "32"),
    *("--gpu-memory-utilization", "0.4"),
    *("--structured-outputs-config", '{"backend": "xgrammar", "disable_any_whitespace": true}'),
)
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "VLLM_CPU_KVCACHE_SPACE": "2",
    "VLLM_LOGGING_LEVEL": "WARNING",
}
LONGEST_REPLY = 2500
"""Tokens; random weights write every list and the reason as long as the schema lets them."""
CACHE = re.compile(r"^vllm:prefix_cache_(queries|hits)_total\{.*\} (\S+)$", re.MULTILINE)


def main() -> None:
    """Make, serve, judge, see."""
    given = arguments()
    os.environ |= QUIET
    with tempfile.TemporaryDirectory(prefix="arweb-vllm-") as folder:
        model = Path(folder, "tiny")
        run(ROOT / "benchmarks" / "tiny_model.py", model)
        found = {}
        with served(model, Path(folder, "vllm.log")) as server:
            found["served by vLLM"] = judged(folder, f"{server}/v1", given.some, given.in_flight)
            cache = {name: float(value) for name, value in CACHE.findall(fetched(f"{server}/metrics"))}
        for engine in given.engines:
            found[f"{engine} in process"] = judged(folder, f"inprocess:{engine}:{model}", given.few, given.few)
    print(json.dumps({**found, "prefix cache": cache}, indent=2))
    wrong = [f"{name}: {one['wrong']}" for name, one in found.items() if one["wrong"]]
    wrong += [] if cache.get("hits") else ["no prompt came from the prefix cache"]
    print("\n".join(["check-vllm failed:", *wrong]) if wrong else "check-vllm passed")
    sys.exit(bool(wrong))


def arguments() -> argparse.Namespace:
    """What to judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--some", type=int, default=0, help="pairs judged by the server; all of the demo if left out")
    parser.add_argument("--in-flight", type=int, default=32)
    parser.add_argument("--few", type=int, default=8, help="pairs judged in process")
    parser.add_argument("--engines", nargs="*", default=["transformers", "vllm"], help="that run the model in process")
    return parser.parse_args()


def judged(folder: str, address: str, some: int, in_flight: int) -> dict[str, Any]:
    """The figures of the pairs judged by a model, and what is wrong with them."""
    out = Path(folder, "report.json")
    options = ["--address", address, "--model", "tiny", "--in-flight", str(in_flight), "--report", str(out)]
    options += ["--max-tokens", str(LONGEST_REPLY), *(["--some", str(some)] if some else [])]
    run(ROOT / "benchmarks" / "served.py", *options)
    report = json.loads(out.read_text(encoding="utf-8"))
    figures, replies = report["model"], report["replies"]
    print(f"{address.split(':/')[0]}: {json.dumps(figures)}", file=sys.stderr)
    broken = [text for text in replies if not by_schema(text)]
    wrong = f"{figures['loss_rate']:.1%} lost, {figures['failures']}" if figures["loss_rate"] else ""
    if broken or not replies:
        wrong += f" {len(broken)} of {len(replies)} replies are not by the schema, such as {broken[0][-200:] if broken else None!r}"
    kept = (
        "pairs",
        "loss_rate",
        "seconds",
        "seconds_a_pair",
        "calls",
        "tokens_read",
        "tokens_written",
        "tokens_cached",
    )
    return {**{name: figures[name] for name in kept}, "replies": len(replies), "wrong": wrong}


def by_schema(text: str) -> bool:
    """Whether a reply is JSON with the fields that are asked for, each of its kind, and no others."""
    try:
        said = json.loads(text, strict=False)  # xgrammar lets control characters through in texts of a bounded length
    except ValueError:
        return False
    kinds = {"mismatched": list, "rules": list, "level": str, "reason": str}
    return isinstance(said, dict) and {name: type(value) for name, value in said.items()} == kinds


@contextlib.contextmanager
def served(model: Path, log: Path) -> Iterator[str]:
    """A running server of a model, which is gone afterwards."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = str(free.getsockname()[1])
    address = ("--host", "127.0.0.1", "--port", port, "--model", str(model), "--served-model-name", "tiny")
    command = (sys.executable, "-m", "vllm.entrypoints.openai.api_server", *address, *OPTIONS)
    with log.open("w") as out, subprocess.Popen(command, stdout=out, stderr=out) as server:
        try:
            wait_for(server, f"http://127.0.0.1:{port}/health", log)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def wait_for(server: subprocess.Popen[bytes], address: str, log: Path) -> None:
    """Wait until a server answers. Exits with the end of its log where it does not."""
    started = time.monotonic()
    while time.monotonic() - started < START_SECONDS and server.poll() is None:
        with contextlib.suppress(OSError):
            fetched(address)
            print(f"vLLM started in {time.monotonic() - started:.0f} s", flush=True)
            return
        time.sleep(1)
    sys.exit(f"vLLM did not start:\n{log.read_text(errors='replace')[-3000:]}")


def fetched(address: str) -> str:
    """What a server of this machine answers."""
    with urllib.request.urlopen(address, timeout=10) as answer:  # noqa: S310 - an address made here
        said: str = answer.read().decode()
        return said


def run(script: Path, *options: object) -> str:
    """What a script prints; its complaints go where ours go."""
    command = (sys.executable, str(script), *map(str, options))
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        sys.exit(f"{script.name} failed:\n{done.stdout}")
    return done.stdout


if __name__ == "__main__":
    main()
