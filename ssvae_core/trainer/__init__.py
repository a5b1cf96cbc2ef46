"""The hot loop of a session: takes labels between two steps, and shows what it has learned."""
