"""What a server measures of itself for its operator, in Prometheus' terms (`/metrics`). Nothing here says who did what."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

MEASURES = CollectorRegistry(auto_describe=True)
"""Of this process."""

_SECONDS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)

WAITING = Histogram("playground_waiting_seconds", "From submitting a run to its first step.", registry=MEASURES, buckets=_SECONDS)
STEP = Histogram("playground_step_seconds", "From the command to take one step to its end.", registry=MEASURES, buckets=_SECONDS)
STEPS = Counter("playground_steps", "Training steps taken by all runs.", registry=MEASURES)
RUNS_ENDED = Counter("playground_runs_ended", "Runs that have ended, by how.", ["state"], registry=MEASURES)

PAGE = Histogram("playground_page_seconds", "Running the script of a page.", ["page"], registry=MEASURES, buckets=_SECONDS)
REQUEST = Histogram(
    "playground_request_seconds", "Answering an HTTP request, to its last byte.", ["route", "status"], registry=MEASURES, buckets=_SECONDS
)
SOCKETS = Gauge("playground_sockets", "Open WebSockets.", ["route"], registry=MEASURES)
FRAMES = Counter("playground_frames", "Messages over WebSockets.", ["route", "direction"], registry=MEASURES)
FRAME_BYTES = Counter("playground_frame_bytes", "Bytes of these messages.", ["route", "direction"], registry=MEASURES)
