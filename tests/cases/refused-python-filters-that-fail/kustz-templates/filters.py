def probe(value):
    return value
