"""The user's own filters."""


def shout(text: str) -> str:
    return _louder(text)


def _louder(text: str) -> str:
    return text.upper()
