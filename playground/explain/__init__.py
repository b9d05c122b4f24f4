"""Why a network predicts what it does: attributions, what is inside its layers, how gradients flow through it, and the most similar
training examples. All on copies of the network."""

from playground.explain.attribution import attribute
from playground.explain.base import Attribution, Method
from playground.explain.baselines import BASELINE_TITLES, Baseline, baseline_titles, make_baseline
from playground.explain.errors import ExplainError
from playground.explain.feature_maps import feature_maps
from playground.explain.grad_cam import GradCam
from playground.explain.gradient_flow import GradientFlow, gradient_flow, gradient_norms, recurrent_layers
from playground.explain.integrated_gradients import IntegratedGradients
from playground.explain.layers import LayerInfo, layers
from playground.explain.methods import METHODS
from playground.explain.observing import Observer, observe
from playground.explain.occlusion import Occlusion
from playground.explain.prefixes import Prefixes, outputs_of_prefixes
from playground.explain.saliency import Saliency
from playground.explain.similar import SimilarExample, most_similar

__all__ = [
    "BASELINE_TITLES",
    "METHODS",
    "Attribution",
    "Baseline",
    "ExplainError",
    "GradCam",
    "GradientFlow",
    "IntegratedGradients",
    "LayerInfo",
    "Method",
    "Observer",
    "Occlusion",
    "Prefixes",
    "Saliency",
    "SimilarExample",
    "attribute",
    "baseline_titles",
    "feature_maps",
    "gradient_flow",
    "gradient_norms",
    "layers",
    "make_baseline",
    "most_similar",
    "observe",
    "outputs_of_prefixes",
    "recurrent_layers",
]
