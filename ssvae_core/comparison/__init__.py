"""Models of a session side by side: trained on the same labels, judged by the same images."""
