"""Addresses of the releases of one benchmark."""

from django.urls import path

from annotation.views import benchmark_difference, benchmark_files, benchmark_releases

urlpatterns = [
    path("", benchmark_releases.releases, name="benchmark_releases"),
    path("compare/", benchmark_difference.choose, name="choose_benchmark_releases"),
    path("<int:number>/", benchmark_releases.release, name="benchmark_release"),
    path("<int:number>/rows/", benchmark_releases.rows, name="benchmark_release_rows"),
    path("<int:number>/now/", benchmark_releases.now, name="benchmark_release_now"),
    path("<int:number>/verify/", benchmark_releases.verification, name="verify_benchmark_release"),
    path("<int:before>/compare/<int:after>/", benchmark_difference.compare, name="compare_benchmark_releases"),
    path("<int:number>/<str:kind>/", benchmark_files.export, name="export_benchmark_release"),
]
