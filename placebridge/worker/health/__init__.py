"""What a worker tells of its health over HTTP: /healthz, /readyz and /metrics."""
