"""Addresses of the knowledge: lists of entries, the page of one, and correcting it."""

from django.urls import path, register_converter

from inference.views import corrections, knowledge
from inference.views.entry_links import EntryKindConverter

register_converter(EntryKindConverter, "entry_kind")

urlpatterns = [
    path("", knowledge.knowledge, name="knowledge"),
    path("entries/<path:subject>", knowledge.entry_named, name="entry_named"),
    path("<entry_kind:kind>/", knowledge.knowledge, name="knowledge_kind"),
    path("<entry_kind:kind>/new/", corrections.add, name="entry_new"),
    path("<entry_kind:kind>/preview/", corrections.preview, name="entry_preview"),
    path("<entry_kind:kind>/entry/", knowledge.entry, name="entry"),
    path("<entry_kind:kind>/entry/judgments/", knowledge.judgments, name="entry_judgments"),
    path("<entry_kind:kind>/entry/correct/", corrections.correct, name="entry_correct"),
    path("<entry_kind:kind>/entry/withdraw/", corrections.withdraw, name="entry_withdraw"),
    path("<entry_kind:kind>/entry/restore/", corrections.restore, name="entry_restore"),
]
