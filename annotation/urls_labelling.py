"""Addresses of the labelling of a benchmark: the page of the annotator, and the pages of its lead."""

from django.urls import path, re_path

from annotation.views import benchmark_files, label, labelling, sampling

urlpatterns = [
    path("label/", label.label, name="label"),
    path("label/next/", label.take, name="label_next"),
    path("label/back/", label.back, name="label_back"),
    path("label/keep/", label.stay, name="label_keep"),
    path("label/<int:pk>/", label.answer, name="label_answer"),
    path("labelling/", labelling.labelling, name="labelling"),
    path("labelling/guideline/", labelling.guideline, name="guideline"),
    path("labelling/pairs/", labelling.queue, name="queue"),
    path("labelling/labels.jsonl", benchmark_files.said, name="said_labels"),
    path("labelling/sample/", sampling.sample, name="sample"),
    re_path(r"^labelling/pairs/(?P<source>sample|cases|gold)/$", labelling.add_pairs, name="add_pairs"),
]
