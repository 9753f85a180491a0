"""A user's templates over the built-in ones: take one out, compare it, bring it up to date."""
