"""Why a service over HTTP refused a request: the only place that puts a status into words."""


def refusal(status: int, *, tries: str | None = None) -> str:
    """Why, without the endpoint's own words: they may repeat the key.

    Args:
        tries: How often it was tried, said where trying again may help.
    """
    tried = f", {tries}" if tries else ""
    match status:
        case 401 | 403:
            return f"the endpoint refuses the key ({status})"
        case 404:
            return "the endpoint does not know this model, or its address is wrong (404)"
        case 429:
            return f"over the endpoint's rate limit or quota (429){tried}"
        case _ if status >= 500:
            return f"the endpoint failed ({status}){tried}"
        case _:
            return f"the endpoint refuses the request ({status})"
