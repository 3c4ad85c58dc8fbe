"""How a stored trace reads on a page: marked words, one step after another, and the reason in a sentence."""

from inference.traces.pieces import Piece, marked
from inference.traces.sentence import reason
from inference.traces.view import TraceView, view_trace
from inference.traces.wording import failure_text

__all__ = ["Piece", "TraceView", "failure_text", "marked", "reason", "view_trace"]
