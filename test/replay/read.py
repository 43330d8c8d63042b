"""Reads a recording with the official MCAP library, by its index or, with "stream", from its beginning; prints what it found as JSON. Arguments: file, way."""
import collections
import json
import sys

import jsonschema
from mcap.exceptions import EndOfFile
from mcap.reader import NonSeekingReader, make_reader

path, way = sys.argv[1:3]
counts = collections.Counter()
schemas = {}
invalid = []
statistics = None
cut = False
with open(path, "rb") as file:
    if way == "index":
        reader = make_reader(file, validate_crcs=True)
        statistics = reader.get_summary().statistics.message_count
        messages = reader.iter_messages()
    else:
        messages = NonSeekingReader(file, validate_crcs=True).iter_messages(log_time_order=False)
    try:
        for schema, channel, message in messages:
            schemas[channel.topic] = schema.name
            counts[channel.topic] += 1
            if counts[channel.topic] > 15:
                continue
            try:
                jsonschema.validate(json.loads(message.data), json.loads(schema.data))
            except jsonschema.ValidationError as error:
                invalid.append(f"{channel.topic}: {error.message[:200]}")
    except EndOfFile:
        cut = True
print(json.dumps({"counts": counts, "schemas": schemas, "invalid": invalid, "statistics": statistics, "cut": cut}))
