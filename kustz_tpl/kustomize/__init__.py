"""Builds an application with the real kustomize, and checks what comes out."""
