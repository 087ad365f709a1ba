"""The contract's modules are imported, not collected; their assertions explain themselves all the same."""

import pytest

pytest.register_assert_rewrite("store")
