"""Before the first label: an M1, an image encoder (contrastive), and the starter that has both."""
