"""A labelling session: its verbs, its trainer, its past; and the workspace that holds them all."""
