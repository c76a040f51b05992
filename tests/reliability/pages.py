"""A page as somebody without JavaScript has it: its forms, what stands in them, and its links."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser


@dataclass
class Form:
    action: str
    id: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    choices: dict[str, list[str]] = field(default_factory=dict)  # of radios, and of buttons with a name


class Page(HTMLParser):
    """Values by name in every form; also of fields outside a form that name theirs by its id."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._open: Form | None = None
        self._area: tuple[Form, str] | None = None
        self._select: tuple[Form, str] | None = None
        self._words: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("id", ""))
            self.forms.append(self._open)
            return
        name, form = given.get("name", ""), self._form_of(given)
        if form is None or not name:
            if tag == "option" and self._select and "selected" in given:
                self._select[0].fields[self._select[1]] = given.get("value", "")
            return
        if tag == "textarea":
            self._area, self._words = (form, name), []
        elif tag == "select":
            self._select = (form, name)
            form.fields.setdefault(name, "")
        elif tag == "button":
            form.choices.setdefault(name, []).append(given.get("value", ""))
        elif tag == "input":
            self._input(form, name, given)

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind, value = given.get("type", "text"), given.get("value", "on" if "checked" in given else "")
        if kind == "radio":
            form.choices.setdefault(name, []).append(value)
            if "checked" in given:
                form.fields[name] = value
        elif kind == "checkbox":
            if "checked" in given:
                form.fields[name] = value
        elif kind != "submit":
            form.fields.setdefault(name, value)

    def _form_of(self, given: dict[str, str]) -> Form | None:
        if wanted := given.get("form"):
            return next((one for one in self.forms if one.id == wanted), None)
        return self._open

    def handle_data(self, data: str) -> None:
        if self._area:
            self._words.append(data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea" and self._area:
            form, name = self._area
            form.fields[name] = "".join(self._words).removeprefix("\n")
            self._area = None

    def form(self, action: str = "", *, has: str = "") -> Form | None:
        """The first whose action ends so, or that has this field."""
        for one in self.forms:
            known = has in one.fields or has in one.choices
            if (not action or one.action.endswith(action)) and (not has or known):
                return one
        return None

    def kept(self, names: list[str]) -> dict[str, str]:
        """What the page shows of these fields, in whatever form they stand."""
        found: dict[str, str] = {}
        for form in self.forms:
            for name in names:
                if form.fields.get(name):
                    found.setdefault(name, form.fields[name])
        return found
