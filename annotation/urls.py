"""Addresses of this app."""

from django.urls import include, path

from annotation.views import benchmarks, imports, products, proposal_cases, search

app_name = "annotation"

urlpatterns = [
    path("products/", products.products, name="products"),
    path("products/<int:pk>/", products.product, name="product"),
    path("benchmarks/", benchmarks.benchmarks, name="benchmarks"),
    path("benchmarks/<slug:slug>/", benchmarks.benchmark, name="benchmark"),
    path("benchmarks/<slug:slug>/pairs/<int:pk>/must-hold/", benchmarks.must_hold, name="must_hold"),
    path("benchmarks/<slug:slug>/", include("annotation.urls_labelling")),
    path("benchmarks/<slug:slug>/", include("annotation.urls_benchmark_people")),
    path("benchmarks/<slug:slug>/releases/", include("annotation.urls_releases")),
    path("bad-cases/", include("annotation.urls_cases")),
    path("proposals/<int:pk>/cases/", proposal_cases.proposal_cases, name="proposal_cases"),
    path("search/", search.search, name="search"),
    path("imports/", imports.imports, name="imports"),
    path("imports/<int:pk>/", imports.import_job, name="import"),
]
