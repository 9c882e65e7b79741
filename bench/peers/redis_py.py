"""A minimal listener with redis-py."""

import re
import sys
import time

import redis

client = redis.Redis.from_url(sys.argv[1], decode_responses=True)
subscriber = client.pubsub(ignore_subscribe_messages=True)
subscriber.subscribe("__keyevent@0__:set")

for message in subscriber.listen():
    if message["data"] != "shared_key":
        continue
    value = client.get("shared_key")
    micros = int(re.search(r" micros (\d+) ", value)[1])
    seconds = time.time() - micros / 1e6
    print(f"peer read shared_key: {value}, Time difference: {seconds:.6f} seconds")
    client.set("handshake_key", "Handshake from a peer")
    print("peer set handshake_key: Handshake from a peer")
