"""Forms: one component and one plain twin per field, and rows that come and go."""

from __future__ import annotations

import datetime
import html
import json
import re

import pytest
from django import forms
from django.http import QueryDict
from django.template import Context, Template
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from comptoir.ui.forms import Choice, Renderer, all_errors, rows_of, without_errors
from comptoir.ui.style_guide import ExampleForm
from comptoir.ui.widgets import describe


def rendered(field: forms.Field, **options: object) -> str:
    """A form of one field called `it`, drawn by the project's renderer, blank space collapsed."""
    form = type("OneField", (forms.Form,), {"it": field})(renderer=Renderer(), **options)
    return " ".join(str(form).split())


def without_twin(text: str) -> str:
    """What stands on the page when scripts run."""
    return re.sub(r"<noscript>.*?</noscript>", "", text)


def attribute(text: str, name: str) -> str:
    """The value of an attribute, as a browser reads it."""
    match = re.search(rf' {name}="([^"]*)"', text)
    assert match is not None, text
    return html.unescape(match[1])


@pytest.mark.parametrize(
    ("field", "component"),
    [
        (forms.CharField(), '<gcds-input id="f_id_it" name="it" validate-on="other" required'),
        (forms.EmailField(), 'type="email"'),
        (forms.URLField(assume_scheme="https"), 'type="url"'),
        (forms.IntegerField(min_value=1), 'size="6" min="1" input-id="id_it"'),
        (forms.TimeField(), 'type="time"'),
        (forms.CharField(widget=forms.Textarea), "<gcds-textarea"),
        (forms.ChoiceField(choices=[("a", "A")]), "<gcds-select"),
        (
            forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect),
            "<gcds-radios",
        ),
        (forms.BooleanField(), "<gcds-checkboxes"),
        (forms.DateField(), "<gcds-date-input"),
        (forms.FileField(), "<gcds-file-uploader"),
        (forms.SplitDateTimeField(), 'class="field" id="f_id_it"'),
    ],
)
def test_every_kind_of_field_has_a_component_and_a_twin_of_the_same_name(
    field: forms.Field, component: str
) -> None:
    text = rendered(field)

    assert component in text
    assert re.search(r'<(?:input|select|textarea)[^>]* name="it(_0)?"', text)


def test_a_hidden_field_is_only_hidden() -> None:
    text = rendered(forms.CharField(widget=forms.HiddenInput))

    assert text == '<input type="hidden" name="it" id="id_it">'


def test_the_twin_is_never_a_second_field_while_scripts_run() -> None:
    text = without_twin(rendered(forms.CharField(widget=forms.Textarea), data={"it": "typed"}))

    assert "<textarea" not in text
    assert attribute(text, "value") == "typed"


def test_hint_error_and_requirement_reach_the_component_escaped() -> None:
    text = rendered(
        forms.EmailField(label='Your "best" address', help_text="Not <em>shared</em>."),
        data={"it": "<script>"},
    )

    assert attribute(text, "label") == 'Your "best" address'
    assert attribute(text, "hint") == "Not shared."
    assert attribute(text, "error-message") == "Enter a valid email address."
    assert attribute(text, "value") == "<script>"
    assert "<script>" not in text


def test_radios_carry_their_choices_with_hints_as_data_and_drop_the_blank_one() -> None:
    choices = [
        ("", "---------"),
        ("15", Choice(_("15 minutes"), 'One "simple" case')),
        ("30", "30 minutes"),
    ]
    field = forms.ChoiceField(choices=choices, widget=forms.RadioSelect, required=False)

    text = rendered(field, initial={"it": "30"})

    assert json.loads(attribute(text, "options")) == [
        {"id": "id_it_0", "label": "15 minutes", "value": "15", "hint": 'One "simple" case'},
        {"id": "id_it_1", "label": "30 minutes", "value": "30", "checked": True},
    ]


@pytest.mark.parametrize("data", [None, {}, {"it": "b"}])
def test_a_needed_answer_with_one_choice_is_said_and_sent_without_a_question(
    data: dict[str, str] | None,
) -> None:
    field = forms.ChoiceField(
        label="Basis", choices=[("a", Choice("Consent", "In writing."))], widget=forms.RadioSelect
    )

    text = rendered(field, data=data)

    assert '<input type="hidden" name="it" value="a">' in text
    assert text.count('name="it"') == 1
    assert "Consent" in text
    assert "In writing." in text
    assert "<gcds-" not in text


def test_what_was_wrong_with_a_settled_answer_is_said_beside_it() -> None:
    field = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect)

    assert '<p class="field__error">Select a valid choice.' in rendered(field, data={"it": "b"})


@pytest.mark.parametrize(("data", "chosen"), [({"it": "a"}, ["a"]), ({}, [])])
def test_an_answer_that_may_be_left_out_is_a_box_when_it_has_one_choice(
    data: dict[str, str], chosen: list[str]
) -> None:
    field = forms.ChoiceField(choices=[("a", "A")], widget=forms.RadioSelect, required=False)

    text = rendered(field, data=data)

    assert "<gcds-checkboxes" in text
    assert json.loads(attribute(text, "value")) == chosen


def test_a_choice_speaks_the_language_of_the_page_not_of_the_start() -> None:
    field = forms.ChoiceField(
        choices=[("60", Choice(_("Name"))), ("30", "30")], widget=forms.RadioSelect
    )

    with translation.override("fr"):
        text = rendered(field)

    assert json.loads(attribute(text, "options"))[0]["label"] == "Nom"


def test_chosen_boxes_are_data_too_and_a_lone_box_keeps_its_question() -> None:
    field = forms.MultipleChoiceField(
        label="Subjects", choices=[("a", "A")], widget=forms.CheckboxSelectMultiple
    )

    text = rendered(field, initial={"it": ["a"]})

    assert json.loads(attribute(text, "value")) == ["a"]
    assert '<p class="field__legend">Subjects</p>' in text


@pytest.mark.parametrize(("data", "chosen"), [({"it": "on"}, ["on"]), ({}, [])])
def test_a_single_box_is_a_group_of_one(data: dict[str, str], chosen: list[str]) -> None:
    text = rendered(forms.BooleanField(label="I agree", required=False), data=data)

    assert json.loads(attribute(text, "value")) == chosen
    assert json.loads(attribute(text, "options"))[0]["label"] == "I agree"


def test_a_form_whose_fields_are_all_filled_in_need_not_say_that_they_are_required() -> None:
    class Filled(forms.Form):
        it = forms.CharField(initial="there")
        says_required = False

    assert describe(Filled()["it"]).required is False
    assert Filled({}).is_valid() is False


def test_a_required_select_asks_for_a_choice_and_an_optional_one_can_be_emptied() -> None:
    choices = [("", "---------"), ("a", "A")]

    required = without_twin(rendered(forms.ChoiceField(choices=choices)))
    optional = without_twin(rendered(forms.ChoiceField(choices=choices, required=False)))

    assert 'default-value="Select an option"' in required
    assert '<option value="">' not in required
    assert '<option value="" selected>—</option>' in optional


def test_a_select_without_an_empty_choice_sends_the_first_one_when_nobody_touches_it() -> None:
    class Untouched(forms.Form):
        notice = forms.ChoiceField(choices=[("0", "None"), ("60", "An hour")])

    described = describe(Untouched()["notice"])
    given = describe(Untouched({"notice": "60"})["notice"])

    assert [option.value for option in described.options if option.chosen] == ["0"]
    assert described.value == "0"
    assert [option.value for option in given.options if option.chosen] == ["60"]


def test_groups_of_a_select_stay_groups() -> None:
    text = rendered(forms.ChoiceField(choices=[("North", [("a", "A"), ("b", "B")])]))

    assert '<optgroup label="North"> <option value="a">A</option>' in text


def test_dates_and_times_travel_as_browsers_write_them() -> None:
    day = rendered(forms.DateField(), initial={"it": datetime.date(2026, 12, 15)})
    hour = rendered(forms.TimeField(), initial={"it": datetime.time(9, 5)})

    assert attribute(day, "value") == "2026-12-15"
    assert '<input type="date" id="id_it" name="it" value="2026-12-15">' in day
    assert attribute(hour, "value") == "09:05"


def test_the_summary_names_each_field_and_links_to_its_host() -> None:
    with translation.override("fr"):
        text = rendered(forms.CharField(label=_("Name")), data={})

    assert "Il y a un problème" in text
    assert '<a href="#f_id_it">Nom : Ce champ est obligatoire.</a>' in text


@pytest.mark.parametrize(
    ("label", "error"),
    [
        ("How much notice do you need?", "How much notice do you need: This field is required."),
        ("De combien de préavis ?", "De combien de préavis: This field is required."),
        ("From:", "From: This field is required."),
        ("Say when.", "Say when: This field is required."),
    ],
)
def test_a_name_in_the_summary_ends_with_one_sign_whatever_its_label_ends_with(
    label: str, error: str
) -> None:
    form = type("One", (forms.Form,), {"it": forms.CharField(label=label)})({})

    assert [said for _, said in all_errors([form])] == [error]


def test_one_summary_may_speak_for_several_forms() -> None:
    form, cases = ExampleForm({}), Cases(posted(1), prefix="cases")
    page = Template(
        "{% load fields %}{% error_summary form cases %}{% form_fields form %}{{ cases }}"
    )

    text = page.render(Context({"form": form, "cases": cases}))

    assert text.count("data-error-summary") == 1
    assert 'href="#f_id_cases-0-number">Case 1, Number: This field is required.' in text


def test_a_disabled_field_and_an_unnamed_template_value_do_not_break_the_page() -> None:
    text = rendered(forms.CharField(disabled=True), initial={"it": None})

    assert " disabled" in text
    assert attribute(text, "value") == ""


def test_every_field_of_the_style_guide_is_described() -> None:
    kinds = [describe(field).kind for field in ExampleForm()]

    assert set(kinds) >= {
        "input",
        "textarea",
        "select",
        "radios",
        "checkbox",
        "checkboxes",
        "date",
        "file",
    }


class CaseForm(forms.Form):
    """A row."""

    number = forms.CharField(label="Number")


Cases = rows_of(CaseForm, most=3, name="Case", add="Add another case")


def posted(total: int, **values: str) -> QueryDict:
    """What a browser sends for so many rows; `__` stands for `-` in the names."""
    data = QueryDict(mutable=True)
    data["cases-TOTAL_FORMS"], data["cases-INITIAL_FORMS"] = str(total), "0"
    for name, value in values.items():
        data[name.replace("__", "-")] = value
    return data


def numbers(cases: forms.BaseFormSet[forms.Form]) -> list[object]:
    """What stands in the rows."""
    return [row["number"].value() for row in cases.forms]


def test_a_new_formset_shows_the_least_rows_and_a_button_for_more() -> None:
    text = str(Cases(prefix="cases"))

    assert text.count("<fieldset") == 1
    assert 'name="cases-add"' in text
    assert "Add another case" in text
    assert 'name="cases-remove"' not in text


def test_adding_a_row_keeps_what_was_typed_and_judges_nothing() -> None:
    cases = Cases(posted(1, cases__0__number="W1", cases__add="1"), prefix="cases")

    assert cases.rows_changed
    assert not cases.is_valid()
    assert numbers(cases) == ["W1", None]
    assert "error-message" not in str(cases)
    assert cases.total_error_count() == 0


def test_removing_a_row_moves_the_others_up() -> None:
    data = posted(3, cases__0__number="A", cases__1__number="B", cases__2__number="C")
    data["cases-remove"] = "1"

    assert numbers(Cases(data, prefix="cases")) == ["A", "C"]


@pytest.mark.parametrize("row", ["3", "-1", "x", ""])
def test_removing_a_row_that_is_not_there_changes_nothing(row: str) -> None:
    data = posted(2, cases__0__number="A", cases__1__number="B", cases__remove=row)

    assert numbers(Cases(data, prefix="cases")) == ["A", "B"]


def test_there_are_never_fewer_rows_than_the_least_nor_more_than_the_most() -> None:
    none, many = Cases(posted(0), prefix="cases"), Cases(posted(9), prefix="cases")

    assert not none.is_valid()
    assert none.errors == [{"number": ["This field is required."]}]
    assert len(many.forms) == 3
    assert 'name="cases-add"' not in str(many)


def test_a_row_that_was_added_and_left_blank_is_reported_as_its_own() -> None:
    rows = Cases(posted(2, cases__0__number="W1", cases__1__number=""), prefix="cases")

    assert not rows.is_valid()
    assert all_errors([rows]) == [
        ("f_id_cases-1-number", "Case 2, Number: This field is required.")
    ]


def test_more_rows_than_the_most_are_named_and_the_summary_leads_to_them() -> None:
    few = rows_of(CaseForm, most=2)
    few.absolute_max = 3
    rows = few(
        posted(3, cases__0__number="A", cases__1__number="B", cases__2__number="C"), prefix="cases"
    )

    assert all_errors([rows]) == [("cases-rows", "At most 2 can be given: remove the others.")]


def test_a_total_that_is_no_number_is_refused_without_failing() -> None:
    data = posted(1, cases__add="1")
    data["cases-TOTAL_FORMS"] = "many"

    assert not Cases(data, prefix="cases").is_valid()


def test_a_page_may_show_its_other_form_unjudged_too() -> None:
    form = without_errors(ExampleForm({"name": "Ann"}))

    assert form.errors == {}
    assert form["name"].value() == "Ann"


@pytest.mark.parametrize("typed", ["²", "-1", "9" * 5000, "x", ""])
def test_a_row_that_is_no_number_is_none(typed: str) -> None:
    rows = rows_of(ExampleForm, most=3)

    for key in ("form-TOTAL_FORMS", "form-remove"):
        data = QueryDict(mutable=True)
        data.update({"form-TOTAL_FORMS": "1", "form-INITIAL_FORMS": "0", "form-remove": "1"})
        data[key] = typed

        assert not rows(data).rows_changed
