"""Rules that watch, in the whole service."""

from datetime import UTC, datetime, timedelta

from installation import client_of, eventually, installation, working
from notifying import Mailbox
from onlooker_notifier.__main__ import compose
from onlooker_shared.aws import Aws
from onlooker_shared.queue.sender import Sender
from onlooker_shared.results import Results, StoredResult
from recognitions import a_recognition, an_image, recognized

from .conftest import DESK


async def test_rules_that_watch_are_made_kept_as_yaml_and_tried_like_others(aws: Aws) -> None:
    async with installation(aws) as here, compose(here.aws, here.common) as service, client_of(service) as client:
        night = {"time": {"from": "22:00", "to": "06:00", "zone": "Europe/Berlin"}}
        absence = {"name": "Nobody at the desk", "when": {"all": [DESK, night]}}
        dead = {"name": "Dead letters", "when": {"dead_letter": {"queue": ["tagger", "notifier"]}}}
        made = [(await client.post("/alerts/rules", json=rule)).json() for rule in (absence, dead)]
        assert [rule["when"] for rule in made] == [absence["when"], dead["when"]]
        book = await client.get("/alerts/rules.yaml")
        assert (await client.put("/alerts/rules.yaml", content=book.content)).json()["unchanged"] == 3

        beside = await client.post("/alerts/rules", json={"name": "A", "when": {"all": [DESK, {"bucket": "a"}]}})
        [fault] = beside.json()["errors"]
        assert (beside.status_code, fault["location"]) == (422, "body.when")
        assert "when.all[0].absence: `absence` is asked of no picture" in fault["message"]

        results = Results(await aws.client("s3"), here.topology.results.name)
        now = datetime.now(UTC)
        for key, hours in (("desk/1.jpg", 3), ("desk/2.jpg", 1)):
            image = an_image(key).model_copy(update={"uploaded_at": now - timedelta(hours=hours)})
            await results.put(StoredResult(image=image, recognition=a_recognition(), rekognition={}))
        trial = (await client.post("/alerts/rules/test", json={"name": "A", "when": DESK})).json()
        assert (trial["told"], len(trial["absences"])) == (0, 2)
        since = [datetime.fromisoformat(each["since"]) for each in trial["absences"]]
        assert since == [now - timedelta(hours=3), now - timedelta(hours=1)]


async def test_pictures_that_come_by_the_queue_are_noted(aws: Aws, mailbox: Mailbox) -> None:
    async with installation(aws) as here, compose(here.aws, here.common) as service, client_of(service) as client:
        channels = [{"type": "email", "to": mailbox.address}]
        rule = (await client.post("/alerts/rules", json={"name": "A", "when": DESK, "channels": channels})).json()
        dynamodb = await aws.client("dynamodb")
        key = {"about": {"S": f"absence#{rule['rule_id']}"}, "notice_id": {"S": "current"}}

        async def seen_at() -> float:
            found = await dynamodb.get_item(TableName=here.topology.alert_notices.name, Key=key, ConsistentRead=True)
            return float(found["Item"]["seen_at"]["N"]) if "Item" in found else 0.0

        async with working(service):
            began_at = await eventually(seen_at)
            image = an_image("desk/1.jpg").model_copy(update={"uploaded_at": datetime.now(UTC)})
            sender = Sender(await aws.client("sqs"), await aws.queue_url(here.topology.notifier.name))
            await sender.send(recognized(image))
            assert await eventually(seen_at, lambda at: at > began_at) == round(image.uploaded_at.timestamp(), 3)
