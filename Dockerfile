# One image for all roles, with all that they load: a start needs no network but the servers'.
#   docker build --tag keydb-observable .
#   docker run --network host --env KEYDB_URL=redis://127.0.0.1:6379 keydb-observable listener_sync
# docker-compose.yaml does without it.

FROM denoland/deno:2.9.6

WORKDIR /app
COPY deno.json ./
COPY offline offline
COPY lib lib
COPY statistics statistics
COPY dashboard dashboard
COPY functions functions
RUN deno run -q --no-lock offline/flags.ts > import_flags \
  && deno cache --lock=functions/deno.lock $(cat import_flags) functions/*.ts \
  && chown -R deno:deno "$DENO_DIR"

USER deno
ENV BIND_ADDRESS=0.0.0.0
ENTRYPOINT ["sh", "-c", "exec deno run -q --no-prompt --cached-only --lock=functions/deno.lock $(cat import_flags) -P=$0 $(deno run -q --no-lock --cached-only -P=$0 lib/role/allow_net.ts $0) functions/$0.ts \"$@\""]
CMD ["writer"]
