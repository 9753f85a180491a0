"""Asks the API server of a cluster about the objects of an application, through kubectl."""
