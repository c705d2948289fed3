"""The receipt of an erasure, as somebody reads it who has to answer for it: what was done, and what was not."""

from collections.abc import Iterator
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from onlooker import words

ERASED, PROVED = "erased", "proved"
"""How far an erasure is: nothing was found afterwards; nor a while later."""
PLACES = {
    "people": "records of people and names",
    "faces": "records of faces",
    "profiles": "profiles",
    "sightings": "sightings",
    "suggestions": "suggestions of who somebody is",
    "consents": "consents",
    "attendance": "entries of attendance",
    "collection_faces": "faces in Rekognition's collection",
    "crops": "pictures of faces",
    "faces_bucket": "objects in the faces bucket",
    "results": "results of pictures",
    "pictures": "pictures",
    "annotated": "annotated copies of pictures",
    "alerts": "alerts about these pictures",
    "old_versions": "earlier versions in S3",
}
"""What the receipt counts, in words, in the order in which it is shown; of others its own name is."""
POLICIES = {
    "redraw": "Pictures stay: they are drawn anew, and name them no more.",
    "delete": "Pictures that told of them are deleted, too.",
}
UNSEEN = {
    "annotated": "annotated copies, which are drawn anew meanwhile",
    "index": "the search index, which follows by messages",
    "sent": "mails and other alerts that were sent",
    "rules": "alert rules that name them (`onlooker alerts rules`)",
    "backups": "backups that somebody made",
}
"""What was not looked at, in words."""

Receipt = dict[str, Any]
"""What the API tells of an erasure; and `index`, in how many pictures the search index tells of them, if it was asked:
None if it refused."""


def show(console: Console, receipt: Receipt) -> None:
    """Print a receipt."""
    console.print(f"Erasure {receipt['erasure_id']}", style="bold")
    done_at = receipt["erased_at"] or receipt["proved_at"]
    done = f"done {words.minute(done_at)}" if done_at else "not done yet"
    console.print(f"asked for {words.minute(receipt['asked_at'])}, {done} (UTC)")
    if policy := POLICIES.get(receipt["policy"]):
        console.print(policy, soft_wrap=True)
    console.print(_table(receipt))
    for sentence in _sentences(receipt):
        console.print(sentence, soft_wrap=True)


def is_over(receipt: Receipt, *, proved: bool) -> bool:
    """Return whether everything was looked at, and nothing found; if wanted, also a while later."""
    return receipt["state"] in ({PROVED} if proved else {ERASED, PROVED})


def is_done(receipt: Receipt, *, proved: bool) -> bool:
    """Return whether it is over, and nothing else is known to tell of them still."""
    return is_over(receipt, proved=proved) and not receipt.get("index")


def _table(receipt: Receipt) -> Table:
    """Return a table of what was removed from where, what was looked at afterwards, and what was found."""
    removed, proof = receipt["removed"], receipt["proof"] or {}
    looked_at, found = proof.get("looked_at", {}), proof.get("found", {})
    table = Table(box=box.SIMPLE_HEAD)
    table.add_column("what", overflow="fold")
    for heading in ("removed", "read afterwards", "tell of them still"):
        table.add_column(heading, justify="right")
    for place in dict.fromkeys((*PLACES, *removed, *looked_at)):
        if removed.get(place) or place in looked_at:
            cells = (f"{counts[place]:,}" if place in counts else "" for counts in (removed, looked_at, found))
            table.add_row(PLACES.get(place, place), *cells, style="red" if found.get(place) else "")
    return table


def _sentences(receipt: Receipt) -> Iterator[str]:
    again = f"onlooker erase {receipt['erasure_id']}"
    proof = receipt["proof"]
    if not is_over(receipt, proved=False):
        yield f"It is not done yet, and goes on by itself; `onlooker queues` shows what it waits for. Later: {again}"
    if proof is None:
        return
    searched = words.many(proof["searched"], "picture")
    yield (
        f"Rekognition's collection was searched by {searched} of their faces, before these were removed, too: "
        f"{proof['recognized']} of the searches found a face of theirs."
    )
    if receipt["state"] == PROVED:
        yield f"All was looked at again {words.minute(receipt['proved_at'])} (UTC), when nothing was in work any more."
    elif receipt["state"] == ERASED:
        yield f"All is looked at once more in a minute, when nothing is in work any more: {again} --prove"
    asked = "index" in receipt
    if asked:
        yield _of_index(receipt["index"])
    unseen = [UNSEEN.get(place, place) for place in proof["not_looked_at"] if place != "index" or not asked]
    if unseen:
        yield f"Not looked at: {'; '.join(unseen)}."
    yield "Nobody is named in this receipt. It is kept: by its id it can be shown again."


def _of_index(pictures: int | None) -> str:
    if pictures is None:
        return "The search index was not asked: this access key lacks the scope tags:read."
    told = f"The search index tells of them in {words.many(pictures, 'picture')}."
    if not pictures:
        return told
    return (
        f"{told} It follows by messages: if it stays so, `onlooker queues` shows what they wait for, and "
        "`onlooker sweep` sends them anew."
    )
