"""Packages that only measuring needs: imported where they are used, and named in a sentence where they are missing."""

from importlib.util import find_spec

from corpus.errors import UserError


class MissingPackage(UserError):
    """A package that only measuring needs is not installed."""


def require(package: str, purpose: str) -> None:
    """Raises MissingPackage where the package, by the name of its module, is not installed. `purpose` begins the sentence."""
    if find_spec(package) is None:
        raise MissingPackage(f'{purpose} {package}, which is not installed. Run `pip install -c constraints.txt -e ".[test]"`.')
