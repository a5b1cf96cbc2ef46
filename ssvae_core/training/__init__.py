"""Learning in steps: optimisation, label propagation, the teacher, the ensemble, numerics."""
