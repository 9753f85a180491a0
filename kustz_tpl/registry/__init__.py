"""Image registries and the credentials for them, as the kubelet reads them."""
