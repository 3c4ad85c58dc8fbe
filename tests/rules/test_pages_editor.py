"""The rule editor: reading the form, saving the draft, rows that come and go, two people at once."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.http import QueryDict
from django.test import Client

from rules.engine.attributes import Attribute, Level, Side
from rules.engine.content import Example, RuleContent
from rules.engine.rule import Condition, Effect, EffectKind, Operator
from rules.forms import editor_data, posted_content, split_values
from rules.models import Change, Rule
from rules.services.proposals import add_rule, edit_rule, open_proposal, save_change
from tests.rules.publishing import published_rules

FORM = "application/x-www-form-urlencoded"
NONSENSE = "9" * 5000
HTMX = {"HTTP_HX_REQUEST": "true"}
FULL = RuleContent(
    title="Sprays",
    conditions=(
        Condition(Side.QUERY, Operator.IS_ANY_OF, Attribute.DOSAGE_FORM, ("气雾剂", "喷雾剂")),
        Condition(Side.BOTH, Operator.DIFFERS, Attribute.DOSAGE_FORM),
        Condition(Side.PRODUCT, Operator.TEXT_CONTAINS, None, ("软膏",)),
    ),
    effect=Effect(EffectKind.REQUIRE, Level.WEAKLY, (Attribute.BRAND, Attribute.STRENGTH)),
    instruction="Say so.",
    rationale="A spray is not an ointment.",
    source="Leaflet",
    examples=(Example("某某气雾剂", "某某软膏 30g", Level.WEAKLY),),
)


@pytest.fixture
def lead(client: Client) -> User:
    lead = User.objects.create_superuser("lead")
    client.force_login(lead)
    return lead


@pytest.fixture
def change(lead: User) -> Change:
    """A change that adds `FULL`."""
    return add_rule(by=lead, proposal=open_proposal(by=lead), content=FULL)


def path_of(change: Change) -> str:
    return f"/proposals/{change.proposal_id}/changes/{change.pk}/"


def typed(change: Change, **fields: str) -> QueryDict:
    """The form as the editor shows it, with some fields typed over."""
    data = editor_data(FULL, change.edition)
    for name, value in fields.items():
        data[name.replace("__", "-")] = value
    return data


def stored(change: Change) -> RuleContent:
    change.refresh_from_db()
    return RuleContent.from_json(change.content)


def test_the_form_gives_back_the_content_it_shows() -> None:
    assert posted_content(editor_data(FULL, 1)) == FULL


@pytest.mark.parametrize("text", ["甲、乙", "甲,乙", "甲，乙", "甲;乙", "甲\r\n乙", " 甲 、、 乙、甲 "])
def test_values_are_split_at_any_separator(text: str) -> None:
    assert split_values(text) == ("甲", "乙")


def test_a_blank_row_is_no_condition() -> None:
    data = editor_data(FULL, 1)
    data["conditions-0-attribute"] = data["conditions-0-values"] = ""
    read = posted_content(data)
    assert read and read.conditions == FULL.conditions[1:]


@pytest.mark.parametrize(
    "broken",
    [{"effect": "explode"}, {"valid_from": "tomorrow"}, {"conditions-0-side": "nowhere"}, {"title": "t" * 201}],
)
def test_what_cannot_be_read_is_no_content(broken: dict[str, str]) -> None:
    data = editor_data(FULL, 1)
    data.update(broken)
    for name, value in broken.items():
        data[name] = value
    assert posted_content(data) is None


@pytest.mark.django_db
class TestSaving:
    def test_a_plain_submit_saves_and_comes_back(self, client: Client, change: Change) -> None:
        response = client.post(path_of(change), typed(change, title="Sprays again").dict() | {"attributes": "brand"})
        assert (response.status_code, response["Location"]) == (302, path_of(change))
        assert stored(change).title == "Sprays again"

    def test_saves_itself_while_one_types(self, client: Client, change: Change) -> None:
        data = typed(change, title="Spr")
        text = client.post(path_of(change), data.urlencode(), FORM, **HTMX).content.decode()
        assert stored(change).title == "Spr"
        assert "Draft saved at" in text
        assert f'id="id_edition" value="{change.edition}"' in text

    def test_the_difference_to_the_rule_in_force_follows_what_one_types(self, client: Client, lead: User) -> None:
        published_rules(by=lead, contents=[(1, FULL)])
        change = edit_rule(by=lead, proposal=open_proposal(by=lead), rule=Rule.objects.get())
        page = client.get(path_of(change)).content.decode()
        data = typed(change, instruction="Say so twice.")
        text = client.post(path_of(change), data.urlencode(), FORM, **HTMX).content.decode()
        assert "It says what is in force already." in page
        against = text.partition('<div id="against" hx-swap-oob="true">')[2]
        assert "Say so<ins> twice</ins>." in against

    def test_an_incomplete_rule_is_kept_and_told_what_is_missing(self, client: Client, change: Change) -> None:
        data = typed(change, title="")
        text = client.post(path_of(change), data.urlencode(), FORM, **HTMX).content.decode()
        assert stored(change).title == ""
        assert "Give the rule a title." in text

    def test_what_cannot_be_read_is_not_saved(self, client: Client, change: Change) -> None:
        response = client.post(path_of(change), typed(change, valid_from="tomorrow").urlencode(), FORM)
        assert response.status_code == 422
        assert stored(change) == FULL
        assert "tomorrow" in response.content.decode()

    def test_somebody_elses_save_is_not_overwritten(self, client: Client, change: Change, lead: User) -> None:
        mine = typed(change, title="Mine")
        theirs = RuleContent.from_json(FULL.to_json() | {"title": "Theirs"})
        save_change(by=lead, change=change, content=theirs, edition=change.edition)
        response = client.post(path_of(change), mine.urlencode(), FORM)
        assert response.status_code == 409
        assert stored(change).title == "Theirs"
        assert "Keep mine instead" in response.content.decode()

    def test_mine_is_kept_when_told_so(self, client: Client, change: Change, lead: User) -> None:
        mine = typed(change, title="Mine")
        theirs = RuleContent.from_json(FULL.to_json() | {"title": "Theirs"})
        saved = save_change(by=lead, change=change, content=theirs, edition=change.edition)
        mine["over"] = str(saved.edition)
        client.post(path_of(change), mine.urlencode(), FORM)
        assert stored(change).title == "Mine"

    def test_a_reader_is_sent_to_the_proposal(self, client: Client, change: Change) -> None:
        client.force_login(User.objects.create_user("reader"))
        assert client.get(path_of(change))["Location"] == f"/proposals/{change.proposal_id}/"


@pytest.mark.django_db
class TestRows:
    def test_a_row_can_be_added_without_a_script(self, client: Client, change: Change) -> None:
        data = typed(change, add="conditions")
        text = client.post(path_of(change), data.urlencode(), FORM).content.decode()
        assert 'name="conditions-3-side"' in text
        assert stored(change) == FULL

    def test_a_row_can_be_removed_without_a_script(self, client: Client, change: Change) -> None:
        data = typed(change, remove="conditions-1")
        client.post(path_of(change), data.urlencode(), FORM)
        assert stored(change).conditions == (FULL.conditions[0], FULL.conditions[2])

    def test_htmx_gets_the_rows_alone(self, client: Client, change: Change) -> None:
        response = client.post(path_of(change), typed(change, add="examples").urlencode(), FORM, **HTMX)
        text = response.content.decode()
        assert text.strip().startswith('<section id="examples"')
        assert 'name="examples-1-query"' in text
        assert response["HX-Trigger-After-Settle"] == '{"rule-changed": {}}'

    def test_a_problem_is_said_at_the_row_it_was_typed_in(self, client: Client, change: Change) -> None:
        data = typed(change, conditions__0__attribute="", conditions__0__values="", conditions__2__values="")
        data["conditions-2-attribute"] = "brand"
        data["conditions-2-operator"] = "is"
        text = client.post(path_of(change), data.urlencode(), FORM, **HTMX).content.decode()
        assert '<div class="errors" id="errors-conditions-1" hx-swap-oob="true"></div>' in text
        assert '<div class="errors" id="errors-conditions-2" hx-swap-oob="true"></div>' not in text
        assert 'id="errors-conditions-2"' in text


@pytest.mark.django_db
@pytest.mark.parametrize(
    "fields",
    [
        {"over": NONSENSE},
        {"edition": NONSENSE},
        {"examples__TOTAL_FORMS": NONSENSE, "add": "conditions"},
        {"remove": f"examples-{NONSENSE}"},
    ],
)
def test_numbers_beyond_reason_are_refused(client: Client, change: Change, fields: dict[str, str]) -> None:
    response = client.post(path_of(change), typed(change, **fields).urlencode(), content_type=FORM)
    assert (response.status_code in {200, 422}, stored(change)) == (True, FULL)


@pytest.mark.django_db
def test_a_row_is_added_where_it_is_without_scripts(client: Client, change: Change) -> None:
    text = client.get(path_of(change)).content.decode()
    assert text.count(f'formaction="{path_of(change)}#conditions"') == 4
    response = client.post(path_of(change), typed(change, add="conditions").urlencode(), content_type=FORM)
    assert response.content.decode().count('aria-label="Remove condition ') == 4


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("fields", "slot"),
    [({"source": "s" * 301}, "source"), ({"conditions__2__values": "v" * 101}, "conditions-2")],
)
def test_what_is_too_long_is_said_where_it_was_typed(
    client: Client, change: Change, fields: dict[str, str], slot: str
) -> None:
    response = client.post(path_of(change), typed(change, **fields).urlencode(), FORM, **HTMX)
    said = response.content.decode().partition(f'id="errors-{slot}" hx-swap-oob="true">')[2].partition("</div>")[0]
    assert ("at most" in said, stored(change)) == (True, FULL)


@pytest.mark.django_db
def test_as_many_examples_as_a_rule_may_have_are_shown(client: Client, lead: User) -> None:
    examples = tuple(Example(f"query {n}", "title", Level.WEAKLY) for n in range(50))
    change = add_rule(by=lead, proposal=open_proposal(by=lead), content=replace(FULL, examples=examples))
    assert client.get(path_of(change)).content.decode().count('aria-label="Remove example ') == 50
