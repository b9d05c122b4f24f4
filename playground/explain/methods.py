"""The attribution methods, in menu order."""

from playground.catalog.variant import Registry
from playground.explain.base import Method
from playground.explain.grad_cam import GradCam
from playground.explain.integrated_gradients import IntegratedGradients
from playground.explain.occlusion import Occlusion
from playground.explain.saliency import Saliency

METHODS: Registry[Method] = Registry("method", Saliency, IntegratedGradients, GradCam, Occlusion)
