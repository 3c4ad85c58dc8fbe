"""Rule sets in files, and going back to an older release: they become proposals."""

from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.management import CommandError, call_command

from rules.engine.exchange_reading import read_rules
from rules.enums import ChangeKind
from rules.models import Proposal, Release
from rules.selectors import rules_in
from rules.selectors.exchange import release_text
from rules.services.exchange import import_rules, restore_release
from tests.rules.publishing import publish, published_rules
from tests.rules.rows import content, person, titles

pytestmark = pytest.mark.django_db


def changes(proposal: Proposal) -> list[tuple[int, str]]:
    return [(one.rule.number, one.kind) for one in proposal.changes.order_by("rule__number") if one.rule]


def test_a_release_in_a_file_says_what_the_release_says(release: Release) -> None:
    read = read_rules(release_text(release).encode())
    assert read.rules == tuple((rule.number, rule.content) for rule in rules_in(release))
    assert (read.header.release, read.header.digest) == (release.number, release.digest)


def test_an_edited_file_becomes_a_proposal_and_no_release(expert: User, release: Release) -> None:
    text = release_text(release).replace("Other", "Another")
    proposal = import_rules(by=expert, data=text.encode(), title="From a file")
    assert (changes(proposal), Release.objects.count()) == ([(2, ChangeKind.EDIT)], 2)
    assert titles(publish(by=expert, proposal=proposal)) == {1: "Brand 999", 2: "Another"}


def test_rules_that_a_file_does_not_name_stay_unless_told_to_go(expert: User, release: Release) -> None:
    only_second = "\n".join(release_text(release).split("\n")[:4])
    only_second += "\n- rule: 2\n" + release_text(release).partition("- rule: 2\n")[2].replace("Other", "Another")
    kept = import_rules(by=expert, data=only_second.encode(), title="Kept")
    gone = import_rules(by=expert, data=only_second.encode(), title="Gone", replace=True)
    assert (changes(kept), changes(gone)) == ([(2, "edit")], [(1, "retire"), (2, "edit")])


def test_a_file_that_changes_nothing_opens_nothing(expert: User, release: Release) -> None:
    before = Proposal.objects.count()
    with pytest.raises(ValidationError, match="nothing differs"):
        import_rules(by=expert, data=release_text(release).encode(), title="Same", replace=True)
    assert Proposal.objects.count() == before


def test_a_faulty_file_opens_nothing_and_says_where(expert: User, release: Release) -> None:
    before = Proposal.objects.count()
    text = release_text(release).replace("moderately", "modestly", 1).replace("Other", "Another")
    with pytest.raises(ValidationError) as caught:
        import_rules(by=expert, data=text.encode(), title="Faulty")
    (told,) = caught.value.messages
    assert told.startswith("Line 15, R1: One of these is expected here")
    assert Proposal.objects.count() == before


def test_who_may_not_draft_may_not_import(release: Release) -> None:
    with pytest.raises(PermissionDenied):
        import_rules(by=User.objects.create_user("reader"), data=b"", title="Mine")


def test_going_back_makes_a_proposal_that_restores_every_rule(expert: User, release: Release) -> None:
    published_rules(by=expert, contents=[(1, content("Changed")), (3, content("Third", "y"))])
    proposal = restore_release(by=expert, release=release, title="Back", reason="Worse")
    assert (changes(proposal), proposal.restores) == ([(1, "edit"), (3, "retire")], release)
    assert titles(publish(by=expert, proposal=proposal)) == titles(release)


def test_going_back_to_what_is_in_force_opens_nothing(expert: User, release: Release) -> None:
    with pytest.raises(ValidationError, match="Release 1 says what is in force already"):
        restore_release(by=expert, release=release, title="Back")
    assert not Proposal.objects.filter(restores=release).exists()


class TestCommands:
    def test_a_written_file_is_read_back(self, expert: User, release: Release, tmp_path: Path) -> None:
        file = tmp_path / "rules.yaml"
        published_rules(by=expert, contents=[(1, content("Changed"))])
        call_command("export_rules", str(file), "--release", "1", verbosity=0)
        call_command("import_rules", str(file), "--title", "Back", "--by", "expert", "--replace", verbosity=0)
        assert changes(Proposal.objects.get(title="Back")) == [(1, "edit")]

    def test_without_a_file_it_is_printed(self, release: Release, capsys: pytest.CaptureFixture[str]) -> None:
        call_command("export_rules")
        assert capsys.readouterr().out == release_text(release)

    @pytest.mark.parametrize(
        "arguments",
        [
            ("export_rules", "--release", "9"),
            ("export_rules", "/nowhere/rules.yaml"),
            ("export_rules", "/"),
            ("import_rules", "/nowhere.yaml", "--title", "x", "--by", "expert"),
            ("import_rules", __file__, "--title", "x", "--by", "expert"),
            ("import_rules", __file__, "--title", "x", "--by", "nobody"),
        ],
    )
    def test_what_can_t_be_done_is_said(self, release: Release, arguments: tuple[str, ...]) -> None:
        with pytest.raises(CommandError):
            call_command(*arguments)

    def test_importing_asks_for_the_right_to_draft(self, release: Release, tmp_path: Path) -> None:
        file = tmp_path / "rules.yaml"
        file.write_text(release_text(release), "utf-8")
        person("x").user_permissions.clear()
        with pytest.raises(CommandError, match="may not"):
            call_command("import_rules", str(file), "--title", "x", "--by", "x")
