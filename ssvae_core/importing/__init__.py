"""From files to a data set: read, decoded, brought to one size, checked, reported."""
