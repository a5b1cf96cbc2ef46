"""What the review page asks of labels and guesses: numpy, SciPy and scikit-learn, nothing stored.

Each file answers one question: `audit` (how good are the guesses, really?), `label_errors` (which
labels are wrong?), `novel_classes` (is there one that nobody named?), `confusion` (what is taken
for what?), `agreement` (do people agree?), `forecast` (what would ten more labels bring?). All take
arrays and give frozen dataclasses; what was measured of each stands in
benchmarks/results/review.md.
"""
