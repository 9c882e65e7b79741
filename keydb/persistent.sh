#!/bin/sh
# Starts keydb-server as an active replica, in its data folder, so that its disk holds everything that any node of the
# mesh acknowledged more than two seconds ago:
#   keydb/persistent.sh --multi-master yes --active-replica yes --replicaof …
#
# Snapshots hold that. An append-only file does not: when KeyDB loads one, it discards everything that arrived by
# replication. A full resync counts as no change, so there is a snapshot every 10 s even without changes.
#
# The last snapshot is loaded as the start of an append-only file, which KeyDB allows. A node that loads dump.rdb
# itself continues with the replication id and offset in it, although it had got further. Its peers then accept
# partial resyncs that skip data, or begin in the middle of a command.
set -eu

[ ! -f dump.rdb ] || cp dump.rdb appendonly.aof
exec keydb-server "$@" --save 1 1 --save 10 0 --appendonly yes --appendfsync no
