#!/bin/sh
# Starts keydb-server as an active replica, in the folder of its data, so that its disk holds what any node of
# the mesh acknowledged two seconds ago:
#   keydb/persistent.sh --multi-master yes --active-replica yes --replicaof …
#
# Snapshots hold that. An append-only file does not: when KeyDB loads one, it refuses all that had come by
# replication. What a full resync brings counts as no change, so there is a snapshot every 10 s without any, too.
#
# The last snapshot is loaded as the beginning of an append-only file, which may be one. A node that loads
# dump.rdb itself goes on under the replication id and offset in it, although it had gone further, and its peers
# then accept partial resyncs that leave out what they lack, or begin in the middle of a command.
set -eu

[ ! -f dump.rdb ] || cp dump.rdb appendonly.aof
exec keydb-server "$@" --save 1 1 --save 10 0 --appendonly yes --appendfsync no
