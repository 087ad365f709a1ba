"""A Qdrant server for several processes, where none is installed: the REST calls that Bookside makes, over HTTP.

The engine behind it is the Python form that qdrant-client brings along, in the memory of the test process. So requests,
answers and results are Qdrant's; speed, durability and whatever else the real server does are not shown by it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from qdrant_client import AsyncQdrantClient, models

from model_server import running


@contextmanager
def qdrant_server() -> Iterator[str]:
    """The address of a running server with no collection in it."""
    config = uvicorn.Config(_application(), port=0, log_level="critical", timeout_graceful_shutdown=1)
    with running(uvicorn.Server(config)) as url:
        yield url


def _answer(result: Any) -> dict[str, Any]:
    if isinstance(result, BaseModel):
        result = result.model_dump(mode="json")
    return {"result": result, "status": "ok", "time": 0.0}


def _application() -> FastAPI:
    app = FastAPI()
    engine = AsyncQdrantClient(":memory:")

    @app.exception_handler(ValueError)
    async def not_there(_: Request, error: ValueError) -> JSONResponse:
        return JSONResponse({"status": {"error": str(error)}, "time": 0.0}, 404)

    @app.get("/collections")
    async def collections() -> Any:
        return _answer(await engine.get_collections())

    @app.get("/aliases")
    async def aliases() -> Any:
        return _answer(await engine.get_aliases())

    @app.post("/collections/aliases")
    async def change_aliases(body: models.ChangeAliasesOperation) -> Any:
        return _answer(await engine.update_collection_aliases(body.actions))

    @app.get("/collections/{name}")
    async def collection(name: str) -> Any:
        return _answer(await engine.get_collection(name))

    @app.put("/collections/{name}")
    async def create(name: str, body: models.CreateCollection) -> Any:
        sparse = body.sparse_vectors
        return _answer(
            await engine.create_collection(
                name, vectors_config=body.vectors, sparse_vectors_config=sparse, metadata=body.metadata
            )
        )

    @app.patch("/collections/{name}")
    async def update(name: str, body: models.UpdateCollection) -> Any:
        return _answer(await engine.update_collection(name, metadata=body.metadata))

    @app.delete("/collections/{name}")
    async def delete(name: str) -> Any:
        return _answer(await engine.delete_collection(name))

    @app.put("/collections/{name}/index")
    async def index_field(name: str, body: models.CreateFieldIndex) -> Any:
        """The engine looks at every point anyway."""
        return _answer(models.UpdateResult(operation_id=0, status=models.UpdateStatus.COMPLETED))

    @app.put("/collections/{name}/points")
    async def upsert(name: str, body: models.PointsList) -> Any:
        return _answer(await engine.upsert(name, body.points))

    @app.post("/collections/{name}/points")
    async def retrieve(name: str, body: models.PointRequest) -> Any:
        with_payload = body.with_payload if body.with_payload is not None else True
        records = await engine.retrieve(
            name, body.ids, with_payload=with_payload, with_vectors=body.with_vector or False
        )
        return _answer([record.model_dump(mode="json") for record in records])

    @app.post("/collections/{name}/points/count")
    async def count(name: str, body: models.CountRequest) -> Any:
        return _answer(await engine.count(name, body.filter))

    @app.post("/collections/{name}/points/scroll")
    async def scroll(name: str, body: models.ScrollRequest) -> Any:
        points, following = await engine.scroll(
            name,
            scroll_filter=body.filter,
            limit=body.limit or 10,
            offset=body.offset,
            with_payload=body.with_payload if body.with_payload is not None else True,
            with_vectors=body.with_vector or False,
        )
        return _answer(models.ScrollResult(points=points, next_page_offset=following))

    @app.post("/collections/{name}/points/query/batch")
    async def query(name: str, body: models.QueryRequestBatch) -> Any:
        answers = await engine.query_batch_points(name, body.searches)
        return _answer([answer.model_dump(mode="json") for answer in answers])

    @app.post("/collections/{name}/facet")
    async def facet(name: str, body: models.FacetRequest) -> Any:
        return _answer(await engine.facet(name, body.key, facet_filter=body.filter, limit=body.limit or 10))

    return app
