"""Fixtures of the people room's tests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.people.organization import Organization, trusted


@pytest.fixture
def there(settings: Any) -> Iterator[Organization]:
    """The service is configured to trust this organization."""
    with trusted(settings) as found:
        yield found
