"""Sentences of Django's admin that our catalogue says in our own way: je, short, and without its jargon.

Never called: `make messages` collects what stands here, and our catalogue goes before Django's.
"""

from __future__ import annotations

from django.utils.translation import gettext_noop as _
from django.utils.translation import ngettext


def said_otherwise(count: int = 1) -> list[str]:
    return [
        _("The {name} “{obj}” was added successfully."),
        _("You may edit it again below."),
        _("The {name} “{obj}” was added successfully. You may add another {name} below."),
        _("The {name} “{obj}” was changed successfully."),
        _("The {name} “{obj}” was changed successfully. You may edit it again below."),
        _("The {name} “{obj}” was changed successfully. You may add another {name} below."),
        _("The %(name)s “%(obj)s” was deleted successfully."),
        ngettext(
            "%(count)s %(name)s was changed successfully.",
            "%(count)s %(name)s were changed successfully.",
            count,
        ),
        _("Successfully deleted %(count)d %(items)s."),
        _("Items must be selected in order to perform actions on them. No items have been changed."),
        _("You don’t have permission to view or edit anything."),
        _("This object doesn’t have a change history. It probably wasn’t added via this admin site."),
        _("Change history: %s"),
        _("%(app)s administration"),
        _("Add another %(verbose_name)s"),
        _("Are you sure?"),
        _("Select this object for an action - {}"),
        _("Select all objects on this page for an action"),
        _("Click here to select the objects across all pages"),
        _("Select all %(total_count)s %(module_name)s"),
        _("0 of %(cnt)s selected"),
        _("Run the selected action"),
        _("After you’ve created a user, you’ll be able to edit more user options."),  # of Django 6.1
    ]
