"""The pages: what a person sees. They talk to sessions and never import torch."""
