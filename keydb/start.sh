#!/bin/sh
# Starts keydb-server, valkey-server or redis-server with the users of users.acl:
#   RUN_DIR=/run/me WRITER_PASSWORD=… … sh keydb/start.sh keydb-server --port 6379
#
# users.acl holds the rights, but no passwords: with it alone, no login succeeds. A copy in RUN_DIR gives each user the
# password in <USER>_PASSWORD, as a hash. The replication password is also needed in clear, to log in to peers. It goes
# through standard input, as every user of the machine can read command lines.
set -eu
umask 077

rules=$(dirname "$0")/users.acl
users=${RUN_DIR:?must name a folder for users.acl that no other user may write to}/users.acl

password_of() {
  variable=$(echo "$1_PASSWORD" | tr '[:lower:]' '[:upper:]')
  password=$(printenv "$variable") || password=
  case $password in
    "" | *[!A-Za-z0-9._~-]*)
      echo "$variable must be letters, digits and . _ ~ - only, at least one" >&2
      exit 1
      ;;
  esac
  printf %s "$password"
}

while read -r user name state rights; do
  if [ "$state" = on ]; then
    password=$(password_of "$name")
    rights="#$(printf %s "$password" | sha256sum | cut -d ' ' -f 1) $rights"
  fi
  echo "$user $name $state $rights"
done < "$rules" > "$users"

server=$1
shift
exec "$server" - "$@" << EOF
aclfile "$users"
masteruser replication
masterauth "$(password_of replication)"
EOF
