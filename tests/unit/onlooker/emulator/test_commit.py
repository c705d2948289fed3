import json

import pytest

from onlooker.emulator.commit import DamagedLineError, Write, decode_commit, encode_commit, one_line

WRITES = [
    Write("PutItem", "000000000000", "us-east-1", '{"Item": {"pk": {"S": "ü\\n\\"漢"}}}'.encode()),
    Write("DeleteTable", "123456789012", "eu-central-1", b'{"TableName":"t"}'),
]


def test_what_is_written_is_read() -> None:
    line = encode_commit(WRITES)
    read = decode_commit(line)
    assert [(write.operation, write.account, write.region) for write in read] == [
        (write.operation, write.account, write.region) for write in WRITES
    ]
    assert [json.loads(write.body) for write in read] == [json.loads(write.body) for write in WRITES]


def test_a_commit_is_one_line() -> None:
    body = one_line(b'{\r\n  "TableName":\n"t"\n}')
    line = encode_commit([Write("DeleteTable", "000000000000", "us-east-1", body)])
    assert line.count(b"\n") == 1
    assert line.endswith(b"\n")
    assert json.loads(decode_commit(line)[0].body) == {"TableName": "t"}


def test_a_line_that_was_cut_off_anywhere_is_noticed() -> None:
    line = encode_commit(WRITES)
    for length in range(len(line)):
        with pytest.raises(DamagedLineError):
            decode_commit(line[:length])


def test_a_changed_byte_anywhere_is_noticed() -> None:
    line = encode_commit(WRITES)
    for place in range(len(line)):
        with pytest.raises(DamagedLineError):
            decode_commit(line[:place] + bytes([line[place] ^ 1]) + line[place + 1 :])


@pytest.mark.parametrize("body", [b"", b"not json", b"\xff", '{"a": 1}'.encode("utf-16"), b'{"raw\nbreak": 1}'])
def test_what_the_journal_could_not_hold_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        one_line(body)
