"""The HTTP face: routes parse, call one method, and answer."""
