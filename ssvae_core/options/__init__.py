"""What can be chosen: the names of the models, and the options of a session, with their checks."""
