"""`manage.py ask_about_names`: have a model asked about names of products that the knowledge lacks."""

from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from inference.models import ModelEndpoint, NameInquiry
from inference.selectors.knowledge import lexicon_in_use
from inference.selectors.proposed import askable_endpoints, cost_so_far, price_of_a_name
from inference.selectors.unknown_names import names_to_ask
from inference.services.name_inquiries import MOST_NAMES, ask_batch, begin_inquiry

SHOWN = 20


class Command(BaseCommand):
    """What the model proposes waits on the page of the knowledge; nothing of it is in use before a person accepts it."""

    help = "Ask a model what unknown names of products are. Nothing of it is in use before a person accepts it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Which model, how many names, and whether only to say what it would take."""
        parser.add_argument("endpoint", help="the name of an endpoint")
        parser.add_argument("--most", type=int, default=50, help=f"how many names at most, up to {MOST_NAMES}")
        parser.add_argument("--language", choices=("zh", "en"), default="zh", help="the language of the prompt")
        parser.add_argument("--dry-run", action="store_true", help="say which names there are and what they would take")

    def handle(self, *args: Any, **options: Any) -> None:
        """Ask to the end, batch by batch."""
        endpoint = askable_endpoints().filter(name=options["endpoint"]).first()
        if endpoint is None:
            raise CommandError(f"There is no endpoint {options['endpoint']!r}.")
        if options["dry_run"]:
            self.tell(endpoint, options["most"], options["language"])
            return
        try:
            inquiry = begin_inquiry(by=None, endpoint=endpoint, most=options["most"], language=options["language"])
        except ValidationError as refusal:
            raise CommandError(" ".join(refusal.messages)) from None
        self.ask(inquiry)

    def tell(self, endpoint: ModelEndpoint, most: int, language: str) -> None:
        """The names that would be asked about, and about what that takes."""
        names = names_to_ask(model=endpoint.model, revision=endpoint.revision)[:most]
        price = price_of_a_name(endpoint, lexicon_in_use(), language)
        for one in names[:SHOWN]:
            self.stdout.write(f"{one.products:6} {one.name}")
        cost = f", costing {price.cost * len(names):.4f}" if price.cost else ""
        self.stdout.write(f"{len(names)} names, about {price.tokens * len(names)} tokens{cost}")

    def ask(self, inquiry: NameInquiry) -> None:
        """Ask, telling after every batch how far it is."""
        more = True
        while more:
            more = ask_batch(inquiry_id=inquiry.pk)
            inquiry.refresh_from_db()
            self.stdout.write(f"{inquiry.done} of {inquiry.total} names, {inquiry.proposed} proposed")
        tokens = inquiry.prompt_tokens + inquiry.completion_tokens
        cost = cost_so_far(inquiry)
        told = f", costing {cost:.4f}" if cost else ""
        self.stdout.write(
            f"{inquiry.unsure} the model does not know, {inquiry.failed} without a usable reply; "
            f"{inquiry.calls} calls, {tokens} tokens{told}"
        )
