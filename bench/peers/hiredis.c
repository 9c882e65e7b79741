/* A minimal listener with hiredis: about the fastest possible. */

#include <hiredis/hiredis.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>

static redisContext *connect_to(const char *host, int port) {
  redisContext *context = redisConnect(host, port);
  if (context == NULL || context->err) exit(1);
  return context;
}

int main(int argc, char **argv) {
  char host[256];
  int port;
  if (argc < 2 || sscanf(argv[1], "redis://%255[^:]:%d", host, &port) != 2) return 2;
  redisContext *subscriber = connect_to(host, port);
  redisContext *client = connect_to(host, port);
  redisReply *message;
  freeReplyObject(redisCommand(subscriber, "SUBSCRIBE __keyevent@0__:set"));
  while (redisGetReply(subscriber, (void **)&message) == REDIS_OK) {
    if (strcmp(message->element[2]->str, "shared_key") == 0) {
      redisReply *value = redisCommand(client, "GET shared_key");
      struct timeval now;
      int64_t micros = strtoll(strstr(value->str, " micros ") + 8, NULL, 10);
      gettimeofday(&now, NULL);
      double seconds = (now.tv_sec * 1000000LL + now.tv_usec - micros) / 1e6;
      printf("peer read shared_key: %s, Time difference: %.6f seconds\n", value->str, seconds);
      freeReplyObject(redisCommand(client, "SET handshake_key %s", "Handshake from a peer"));
      printf("peer set handshake_key: Handshake from a peer\n");
      freeReplyObject(value);
    }
    freeReplyObject(message);
  }
  return 1;
}
