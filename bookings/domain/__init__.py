"""The pure rules of impact calls: no Django, no database, no clock of its own."""
