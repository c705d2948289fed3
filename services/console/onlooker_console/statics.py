"""The scripts and styles that `make assets` builds: found by name, served for ever under their content's hash."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.types import Receive, Scope, Send

from onlooker_shared.errors import ConfigurationError

FOLDER = Path(__file__).parent / "static"
PREFIX = "/console/static/"
FOREVER = "public, max-age=31536000, immutable"
TYPES = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Assets:
    """What was built."""

    folder: Path
    manifest: Mapping[str, str]
    """From an asset's name (``app.js``) to its file."""

    @classmethod
    def load(cls, folder: Path = FOLDER) -> "Assets":
        """Read the manifest.

        Raises:
            ConfigurationError: nothing was built.
        """
        try:
            return cls(folder, json.loads((folder / "manifest.json").read_text()))
        except (OSError, ValueError) as error:
            raise ConfigurationError("The console's scripts and styles were not built: run `make assets`.") from error

    def url(self, name: str) -> str:
        """Return where an asset is. Raises KeyError if there is none of this name."""
        return f"{PREFIX}{self.manifest[name]}"

    def has(self, name: str) -> bool:
        """Whether there is an asset of this name: pages have their own script and style only where they need one."""
        return name in self.manifest

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a file, gzipped for whoever takes that."""
        await self._response(scope)(scope, receive, send)

    def _response(self, scope: Scope) -> Response:
        name = scope["path"].removeprefix(scope.get("root_path", "")).lstrip("/")
        file = self.folder / name
        if Path(name).name != name or file.suffix not in TYPES or not file.is_file():
            raise HTTPException(404)
        headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding"}
        packed = file.with_name(f"{name}.gz")
        if "gzip" in Headers(scope=scope).get("Accept-Encoding", "") and packed.is_file():
            file, headers["Content-Encoding"] = packed, "gzip"
        return FileResponse(file, media_type=TYPES[Path(name).suffix], headers=headers)
