"""How near the client of served models comes to what a server could answer, at what cost of processor and memory.

    python benchmarks/client.py                    # 4,400 calls, 64 in flight, a server of 50 ms; 1, 2 and 4 processes
    python benchmarks/client.py --long 100000      # memory over a long run

The server is the scripted one of the tests, one for every process that asks, each in a process of its own.
"""

import argparse
import asyncio
import multiprocessing
import resource
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from inference.engines.chat import ChatClient, ask_each
from inference.engines.protocol import ChatReply, ChatRequest, Endpoint, Message
from tests.scripted_model.script import Always, Reply
from tests.scripted_model.server import MODEL, start

DELAY = 0.05
SCRIPT = Always(Reply('{"level": "highly", "reason": "同名"}'))
GUIDE = "Say how relevant the product is to the query. " * 60
"""As long as the part of a prompt that all pairs share."""
SAMPLES = 10
SCHEMA = {"type": "object", "properties": {"level": {"enum": ["highly", "irrelevant"]}, "reason": {"type": "string"}}}


@dataclass(frozen=True)
class Measured:
    """What one process that asks found: seconds it took, seconds of processor, calls without a whole reply."""

    seconds: float
    processor: float
    lost: int


def requests(count: int) -> Iterator[ChatRequest]:
    """That many requests, each about another pair."""
    for number in range(count):
        pair = Message("user", f"query: 感冒灵颗粒 {number}\ntitle: 三九感冒灵颗粒10g*9袋 {number}")
        yield ChatRequest((Message("system", GUIDE), pair), schema=SCHEMA)


async def ask_all(address: str, count: int, in_flight: int) -> Measured:
    """Ask for so many calls and see that each has its reply."""
    async with ChatClient(Endpoint(address, MODEL, in_flight=in_flight)) as client:
        await client.models()
        started, processor = time.perf_counter(), time.process_time()
        lost = 0
        async for asked in ask_each(client, requests(count)):
            lost += not isinstance(asked.outcome, ChatReply)
        return Measured(time.perf_counter() - started, time.process_time() - processor, lost)


def ask_from_one(address: str, count: int, in_flight: int) -> Measured:
    """What each process that asks does."""
    return asyncio.run(ask_all(address, count, in_flight))


def speed(calls: int, in_flight: int, processes: int) -> None:
    """Print how long `calls` calls of each process take, `in_flight` of each at a time."""
    servers = [start(SCRIPT, delay=DELAY, process=True) for _ in range(processes)]
    work = [(server.address, calls, in_flight) for server in servers]
    with multiprocessing.get_context("spawn").Pool(processes) as pool:
        measured = pool.starmap(ask_from_one, work)
    for server in servers:
        server.stop()
    ideal = DELAY * -(-calls // in_flight)
    took = max(one.seconds for one in measured)
    spent = sum(one.processor for one in measured) / (calls * processes) * 1000
    print(
        f"{processes} × {calls:,} calls, {in_flight} in flight each: {took:.2f} s, ideal {ideal:.2f} s ({ideal / took:.0%}), "
        f"{calls * processes / took:,.0f} calls/s, {spent:.2f} ms of processor a call, {sum(one.lost for one in measured)} lost"
    )


async def memory(address: str, count: int, in_flight: int) -> None:
    """Print the memory of this process along a long run, then at its start, in its middle and at its end.

    The start is a tenth of a sample in: what is only made once, such as connections, is there by then.
    """
    lost, every = 0, max(count // SAMPLES, 1)
    held: dict[int, float] = {}
    async with ChatClient(Endpoint(address, MODEL, in_flight=in_flight)) as client:
        done, started = 0, time.perf_counter()
        async for asked in ask_each(client, requests(count)):
            lost += not isinstance(asked.outcome, ChatReply)
            done += 1
            if done == max(every // 10, 1) or done % every == 0:
                held[done] = resident()
                took = time.perf_counter() - started
                print(f"{done:>9,} calls  {took:6.1f} s  {held[done]:6.1f} MB now  {lost} lost", flush=True)
    samples = list(held.values())
    start, middle, end = samples[0], samples[len(samples) // 2], samples[-1]
    print(
        f"memory at the start {start:.1f} MB, in the middle {middle:.1f} MB, at the end {end:.1f} MB ({end - start:+.1f})"
    )


def resident() -> float:
    """Megabytes that this process holds now; the most it ever held where the system does not say."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text().split()[1]) * resource.getpagesize() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--calls", type=int, default=4400)
    parser.add_argument("--in-flight", type=int, default=64)
    parser.add_argument("--processes", type=int, nargs="*", default=[1, 2, 4])
    parser.add_argument("--long", type=int, default=0, help="calls of a long run, to see the memory")
    return parser.parse_args()


def main() -> None:
    """Measure."""
    given = arguments()
    if given.long:
        with start(SCRIPT, delay=DELAY, process=True) as server:
            asyncio.run(memory(server.address, given.long, given.in_flight))
        return
    for processes in given.processes:
        speed(given.calls, given.in_flight, processes)


if __name__ == "__main__":
    main()
