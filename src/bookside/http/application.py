"""Routes, errors, origins and log lines put together into one application."""

from fastapi import FastAPI
from fastapi.middleware.cors import CORSMiddleware

from bookside import __version__
from bookside.http import problems, routes, site
from bookside.http.sending import DirectSend
from bookside.http.streams import RUN_HEADER

LOOPBACK_ORIGINS = r"https?://(localhost|127\.0\.0\.1|\[::1\])(:\d+)?"


def application(
    services: routes.Services,
    pages: site.Site,
    *,
    allowed_origins: tuple[str, ...],
    allow_loopback_origins: bool,
) -> FastAPI:
    """The server's application.

    Args:
        allowed_origins: Sites whose pages may use the assistant; ``*`` for any.
        allow_loopback_origins: Whether pages served on this machine may, too.
    """
    app = FastAPI(
        title="Bookside", version=__version__, docs_url=None, redoc_url=None, openapi_url="/assistant/openapi.json"
    )
    app.state.services = services
    app.state.site = pages
    app.add_middleware(
        CORSMiddleware,
        allow_origins=list(allowed_origins),
        allow_origin_regex=LOOPBACK_ORIGINS if allow_loopback_origins else None,
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["*"],  # there are no cookies to ride on
        expose_headers=["Retry-After", RUN_HEADER],
        max_age=600,
    )
    app.add_middleware(DirectSend)  # the last one that is added is outside the others
    problems.install(app)
    app.include_router(routes.router)
    app.include_router(site.router)
    return app
