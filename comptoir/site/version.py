"""Which version of the product runs."""

import importlib.metadata


def product_version() -> str:
    """The installed version; a checkout that was never installed says so."""
    try:
        return importlib.metadata.version("comptoir")
    except importlib.metadata.PackageNotFoundError:
        return "(not installed)"
