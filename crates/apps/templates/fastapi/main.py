"""A web API. Its documentation is at /docs."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/")
def root() -> dict[str, str]:
    return {"hello": "world"}


@app.get("/items/{number}")
def item(number: int, detail: str | None = None) -> dict[str, int | str | None]:
    return {"number": number, "detail": detail}
