from __future__ import annotations

from typing import Any

import polib
from django.core.management.base import BaseCommand

from portal.translations import catalogue_path, message_of, reworded, used_messages


class Command(BaseCommand):
    help = "Bring the Dutch catalogue up to date with the source; what was reworded comes in beside its old Dutch."
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        path = catalogue_path()
        old = polib.pofile(str(path)) if path.exists() else polib.POFile()
        known = {message_of(entry): entry for entry in old}
        used = used_messages()
        gone = [entry for message, entry in known.items() if message not in used and entry.translated()]
        new = polib.POFile(wrapwidth=110)
        new.metadata = {
            "Language": "nl",
            "MIME-Version": "1.0",
            "Content-Type": "text/plain; charset=UTF-8",
            "Content-Transfer-Encoding": "8bit",
            "Plural-Forms": "nplurals=2; plural=(n != 1);",
        }
        missing = 0
        for message, files in sorted(used.items(), key=lambda pair: (pair[1][0], pair[0])):
            context, singular, plural = message
            entry = known.get(message)
            fresh = polib.POEntry(msgctxt=context or None, msgid=singular, msgid_plural=plural)
            fresh.occurrences = [(name, "") for name in sorted(set(files))]
            if entry is not None and entry.translated():
                fresh.msgstr, fresh.msgstr_plural = entry.msgstr, entry.msgstr_plural
            else:
                missing += 1
                fresh.msgstr_plural = {0: "", 1: ""} if plural else {}
                self.stdout.write(f"not translated: {singular[:100]!r} ({files[0]})")
                was = reworded(singular, gone)
                fresh.tcomment = f"was: {was}" if was else entry.tcomment if entry else ""
                if fresh.tcomment:
                    self.stdout.write(f"           {fresh.tcomment}")
            if "%(" in singular or "%s" in singular or "%d" in singular:
                fresh.flags = ["python-format"]
            new.append(fresh)
        path.parent.mkdir(parents=True, exist_ok=True)
        new.save(str(path))
        self.stdout.write(f"{len(new)} messages, {missing} without Dutch")
