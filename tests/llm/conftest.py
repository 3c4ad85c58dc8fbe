"""Tests of models that run in this process: only where what runs them is installed (`make check-vllm` has it)."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("torch") and find_spec("transformers") else ["test_*.py"]
