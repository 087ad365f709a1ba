import pytest

pytest.register_assert_rewrite("index.contract")
