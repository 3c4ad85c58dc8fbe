"""Addresses of the documents that the pipeline searches; under knowledge/documents/."""

from django.urls import path

from inference.views import documents

urlpatterns = [
    path("", documents.documents, name="documents"),
    path("add/", documents.add, name="add_passage"),
    path("upload/", documents.upload, name="upload_leaflets"),
    path("by-id/", documents.evidence, name="evidence"),
    path("<int:pk>/", documents.document, name="document"),
    path("<int:pk>/change/", documents.change, name="change_passage"),
    path("<int:pk>/remove/", documents.remove, name="remove_document"),
]
