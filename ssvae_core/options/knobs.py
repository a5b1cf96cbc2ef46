"""The numbers of each model that can be chosen, with their ranges: for menus, which load no torch.

They are those of the Configs of models/, which tests hold them to.
"""

from __future__ import annotations

from dataclasses import dataclass, replace


@dataclass(frozen=True)
class KnobRange:
    """A number of a model's Config: what it is if nobody chooses, and where it may lie."""

    default: float
    low: float
    high: float
    help: str


KNOBS: dict[str, dict[str, KnobRange]] = {
    "guided": {
        "latent_dim": KnobRange(12, 1, 256, "how many numbers describe an example's style"),
        "hidden_dim": KnobRange(400, 16, 4096, "width of the generator's hidden layers"),
        "n_features": KnobRange(128, 8, 4096, "width of the classifier's last hidden layer"),
        "n_drawn": KnobRange(96, 1, 4096, "unlabelled ones a step that the generator learns from"),
        "n_given": KnobRange(8, 1, 4096, "labelled ones; more would have it learn a few by heart"),
        "reader": KnobRange(1.0, 0.0, 1000.0, "weight of finding the class again in what is drawn"),
        "beta": KnobRange(0.25, 0.0, 10.0, "weight of the style's divergence; 1 is the bound"),
        "learning_rate": KnobRange(
            0.002, 1e-06, 0.1, "step size of Adam; the generator has half more"
        ),
    },
    "guided-m1": {
        "latent_dim": KnobRange(16, 1, 256, "how many numbers describe an example's style"),
        "hidden_dim": KnobRange(300, 16, 4096, "width of the generator's hidden layer"),
        "n_features": KnobRange(128, 8, 4096, "width of the classifier's last hidden layer"),
        "n_drawn": KnobRange(64, 1, 4096, "unlabelled ones a step that the generator learns from"),
        "n_given": KnobRange(8, 1, 4096, "labelled ones; more would have it learn a few by heart"),
        "reader": KnobRange(0.5, 0.0, 1000.0, "weight of finding the class again in what is drawn"),
        "beta": KnobRange(1.0, 0.0, 10.0, "weight of the style's divergence; 1 is the bound"),
        "learning_rate": KnobRange(
            0.002, 1e-06, 0.1, "step size of Adam; the generator has half more"
        ),
    },
    "m1": {
        "n_landmarks": KnobRange(1200, 1, 5000, "how many examples the classifier compares with"),
        "width": KnobRange(1.3, 0.1, 10.0, "reach of a comparison; 1 is a typical distance"),
        "ridge": KnobRange(0.002, 1e-06, 100.0, "how strongly the classifier is kept smooth"),
        "prior": KnobRange(
            1.0, 0.001, 1000.0, "examples a latent that a class's Gaussian is drawn to"
        ),
    },
    "m2": {
        "latent_dim": KnobRange(50, 1, 256, "how many numbers describe an example's style"),
        "hidden_dim": KnobRange(500, 16, 4096, "width of each network's hidden layers"),
        "n_layers": KnobRange(1, 1, 4, "hidden layers of each network"),
        "alpha": KnobRange(
            0.1, 0.0, 10.0, "weight of the classifier's own loss; Eq. 9's alpha / N"
        ),
        "min_class_probability": KnobRange(
            0.0, 0.0, 0.05, "classes less likely than this are left out of the bound"
        ),
        "learning_rate": KnobRange(0.002, 1e-06, 0.1, "step size of Adam"),
    },
    "m1m2": {
        "latent_dim": KnobRange(16, 1, 256, "how many numbers describe an example's style"),
        "hidden_dim": KnobRange(300, 16, 4096, "width of each network's one hidden layer"),
        "alpha": KnobRange(
            0.1, 0.0, 10.0, "weight of the classifier's own loss; Eq. 9's alpha / N"
        ),
        "min_class_probability": KnobRange(
            0.0, 0.0, 0.05, "classes less likely than this are left out of the bound"
        ),
        "learning_rate": KnobRange(0.002, 1e-06, 0.1, "step size of Adam"),
    },
    "gmvae": {
        "latent_dim": KnobRange(
            16, 1, 256, "how many numbers describe an example, its class included"
        ),
        "hidden_dim": KnobRange(300, 16, 4096, "width of each network's two hidden layers"),
        "warm_up": KnobRange(500, 0, 100000, "steps in which k-means says the unlabelled classes"),
        "alpha": KnobRange(1.0, 0.0, 10.0, "weight of the classifier's own loss"),
        "learning_rate": KnobRange(0.001, 1e-06, 0.1, "step size of Adam"),
    },
    "cvae": {
        "latent_dim": KnobRange(32, 1, 256, "how many numbers describe an example's style"),
        "hidden_dim": KnobRange(
            128, 16, 4096, "width of the decoder's hidden layer; encoder's is twice"
        ),
        "n_features": KnobRange(128, 8, 4096, "what the encoder's convolutions make of an image"),
        "bound": KnobRange(
            0.002, 0.0, 10.0, "weight of the bound, next to the classifier's own loss"
        ),
        "learning_rate": KnobRange(0.002, 1e-06, 0.1, "step size of Adam"),
    },
    "ladder": {
        "latent_dim": KnobRange(
            8, 1, 256, "how many numbers the top layer has; each below twice more"
        ),
        "hidden_dim": KnobRange(
            256, 16, 4096, "width of the lowest hidden layer; each above half of it"
        ),
        "n_features": KnobRange(128, 8, 4096, "width of the classifier's last hidden layer"),
        "n_layers": KnobRange(3, 1, 5, "how many layers of latents there are"),
        "alpha": KnobRange(
            0.1, 0.0, 10.0, "weight of the classifier's own loss; Eq. 9's alpha / N"
        ),
        "warm_up": KnobRange(
            200, 0, 1000000, "steps in which the KL terms' weight rises from 0 to 1"
        ),
        "learning_rate": KnobRange(0.002, 1e-06, 0.1, "step size of Adam"),
    },
    "aae": {
        "latent_dim": KnobRange(10, 1, 256, "how many numbers describe an example's style"),
        "hidden_dim": KnobRange(400, 16, 4096, "width of the autoencoder's hidden layers"),
        "n_features": KnobRange(128, 8, 4096, "width of an image classifier's last hidden layer"),
        "judge_dim": KnobRange(100, 8, 4096, "width of each judge's two hidden layers"),
        "n_drawn": KnobRange(
            64, 1, 4096, "unlabelled examples of a step that are redrawn and judged"
        ),
        "picture": KnobRange(
            0.01, 0.0, 1.0, "weight of the reconstruction beside the classifier's"
        ),
        "reader": KnobRange(0.05, 0.0, 10.0, "weight of finding the class again in what is drawn"),
        "noise": KnobRange(
            0.0, 0.0, 2.0, "standard deviation of the noise on what the encoders see"
        ),
        "blur": KnobRange(0.3, 0.0, 2.0, "standard deviation of the noise on what the judges see"),
        "learning_rate": KnobRange(0.001, 1e-06, 0.1, "step size of Adam for the reconstruction"),
        "fool_rate": KnobRange(
            0.0003, 1e-06, 0.1, "step size of Adam for the judges and their fooling"
        ),
    },
    "aae-map": {
        "hidden_dim": KnobRange(400, 16, 4096, "width of the autoencoder's hidden layers"),
        "n_features": KnobRange(128, 8, 4096, "width of an image classifier's last hidden layer"),
        "judge_dim": KnobRange(100, 8, 4096, "width of the judge's two hidden layers"),
        "n_drawn": KnobRange(
            64, 1, 4096, "unlabelled examples of a step that are redrawn and judged"
        ),
        "gate": KnobRange(5.0, 0.0, 100.0, "weight of the labels in the gate's loss"),
        "picture": KnobRange(
            0.01, 0.0, 1.0, "weight of the reconstruction beside the classifier's"
        ),
        "noise": KnobRange(
            0.0, 0.0, 2.0, "standard deviation of the noise on what the encoder sees"
        ),
        "blur": KnobRange(0.05, 0.0, 2.0, "standard deviation of the noise on what the judge sees"),
        "learning_rate": KnobRange(0.001, 1e-06, 0.1, "step size of Adam for the reconstruction"),
        "fool_rate": KnobRange(
            0.0003, 1e-06, 0.1, "step size of Adam for the judge and its fooling"
        ),
    },
    "adgm": {
        "latent_dim": KnobRange(32, 1, 256, "how many numbers describe an example's style"),
        "auxiliary_dim": KnobRange(32, 1, 256, "how many numbers the auxiliary has"),
        "hidden_dim": KnobRange(300, 16, 4096, "width of each network's two hidden layers"),
        "n_features": KnobRange(
            128, 8, 4096, "what the classifier's convolutions make of an image"
        ),
        "n_drawn": KnobRange(
            64, 1, 4096, "unlabelled ones a step that the bound sees beside a teacher"
        ),
        "alpha": KnobRange(1.0, 0.0, 100.0, "weight of the classifier's own loss"),
        "weight": KnobRange(
            0.1, 0.0, 10.0, "weight of the bound beside the classifier and a teacher"
        ),
        "min_class_probability": KnobRange(
            0.01, 0.0, 0.05, "classes less likely than this are left out of the bound"
        ),
        "learning_rate": KnobRange(0.001, 1e-06, 0.1, "step size of Adam"),
    },
    "vfae": {
        "latent_dim": KnobRange(20, 1, 256, "how many numbers describe an example's style"),
        "hidden_dim": KnobRange(400, 16, 4096, "width of each network's hidden layers"),
        "alpha": KnobRange(
            0.1, 0.0, 10.0, "weight of the classifier's own loss; Eq. 9's alpha / N"
        ),
        "mmd": KnobRange(
            10.0, 0.0, 1000.0, "weight of the discrepancy between domains; 0 leaves it"
        ),
        "n_domains": KnobRange(0, 0, 250, "domains of the examples; 0: those of the data set"),
        "learning_rate": KnobRange(0.002, 1e-06, 0.1, "step size of Adam"),
    },
}
_paper = {"latent_dim": 50, "alpha": 1.0, "min_class_probability": 0.003, "learning_rate": 1e-3}
KNOBS["m1m2-paper"] = KNOBS["m1m2"] | {
    name: replace(KNOBS["m1m2"][name], default=value) for name, value in _paper.items()
}
KNOBS["sdgm"] = KNOBS["adgm"]
