"""Turn one short kustz.yml per application into Kubernetes manifests."""

__version__ = "0.1.0"
