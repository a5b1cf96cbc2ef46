"""A fit from labels to predictions without a session: the command line, the estimator."""
