"""The form that a browser without scripts sends: some files, and where they go."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.datastructures import FormData, UploadFile

from onlooker_console.apis import Api
from onlooker_console.uploads.sending import send
from onlooker_shared.errors import BadRequestError

PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Form:
    """What was sent. Starlette keeps files beyond a megabyte on disk until the form is closed."""

    bucket: str
    folder: str
    replace: bool
    files: tuple[UploadFile, ...]

    @classmethod
    def read(cls, fields: FormData) -> "Form":
        """Return a form's content.

        Raises:
            BadRequestError: no file was chosen, or a field is missing.
        """
        files = tuple(each for each in fields.getlist("pictures") if isinstance(each, UploadFile) and each.filename)
        if not files:
            raise BadRequestError("No picture was chosen. Go back, choose some, and send them.")
        bucket, folder = fields.get("bucket"), fields.get("folder", "")
        if not isinstance(bucket, str) or not isinstance(folder, str):
            raise BadRequestError("The form does not say where the pictures go. Load the page again.")
        return cls(bucket, folder.strip().strip("/"), fields.get("existing") == "replace", files)

    def key(self, file: UploadFile) -> str:
        """Return the key that a file is stored under."""
        name = (file.filename or "").replace("\\", "/").rpartition("/")[2]
        return f"{self.folder}/{name}" if self.folder else name

    async def store(self, api: Api, file: UploadFile) -> str:
        """Store a file and return the picture's id; raises as `send`."""
        return await send(api, self.bucket, self.key(file), _pieces(file), size=file.size, replace=self.replace)


async def _pieces(file: UploadFile) -> AsyncIterator[bytes]:
    while piece := await file.read(PIECE):
        yield piece
