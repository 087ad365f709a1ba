"""A question becomes passages: candidates of both kinds are fused, boosted and scoped."""
