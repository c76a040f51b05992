"""The platform: accounts, mail, leads. Nothing in here knows the apps above: they register what is theirs."""
