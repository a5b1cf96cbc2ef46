"""How each lesson is worked out, a file a lesson; torch is loaded here."""
