"""What the groups may do."""

import pytest
from django.contrib.auth.models import Group, User

WRITES = (
    "rules.change_proposal",
    "rules.publish_release",
    "annotation.import_catalogue",
    "inference.launch_run",
    "inference.cancel_run",
)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("role", "may"),
    [("annotator", ()), ("reviewer", ("inference.launch_run",)), ("expert", WRITES), ("lead", WRITES)],
)
def test_a_role_may_do_what_the_table_says(role: str, may: tuple[str, ...]) -> None:
    person = User.objects.create_user(role)
    person.groups.add(Group.objects.get(name=role))
    assert tuple(permission for permission in WRITES if person.has_perm(permission)) == may
    assert person.has_perm("rules.view_release")
