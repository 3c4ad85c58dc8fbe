"""What people type, checked before a service is asked: a file a subject."""

from rules.forms.editor import (
    SLOTS,
    EditorForm,
    editor_data,
    filled_editor,
    posted_content,
    posted_editor,
    split_values,
    with_rows_changed,
)
from rules.forms.library import LibraryFilter
from rules.forms.policy import PolicyForm
from rules.forms.proposals import DescriptionForm, OverrideForm, ReviewForm, ScheduleForm

__all__ = [
    "SLOTS",
    "DescriptionForm",
    "EditorForm",
    "LibraryFilter",
    "OverrideForm",
    "PolicyForm",
    "ReviewForm",
    "ScheduleForm",
    "editor_data",
    "filled_editor",
    "posted_content",
    "posted_editor",
    "split_values",
    "with_rows_changed",
]
