/*
 * The kernel as Node sees it: an object with a function `search(header, target, firstNonce, count)`
 * for each path that runs here, by the path's name. It keeps nothing, so that any number of threads
 * may load it.
 */

#define NAPI_VERSION 8
#include <node_api.h>

#include "sha256d.h"

#define NONCES ((int64_t)1 << 32)

/* The bytes of a Uint8Array of this length; NULL for anything else. */
static const uint8_t *bytesOf(napi_env env, napi_value value, size_t expected) {
  bool isTyped = false;
  napi_typedarray_type type;
  size_t length;
  void *bytes;
  if (napi_is_typedarray(env, value, &isTyped) != napi_ok || !isTyped) return NULL;
  if (napi_get_typedarray_info(env, value, &type, &length, &bytes, NULL, NULL) != napi_ok) {
    return NULL;
  }
  return type == napi_uint8_array && length == expected ? bytes : NULL;
}

static napi_value search(napi_env env, napi_callback_info info) {
  size_t given = 4;
  napi_value values[4], found;
  void *path;
  int64_t first, count;
  if (napi_get_cb_info(env, info, &given, values, NULL, &path) != napi_ok) return NULL;
  const uint8_t *header = bytesOf(env, values[0], 80), *target = bytesOf(env, values[1], 32);
  if (header == NULL || target == NULL ||
      napi_get_value_int64(env, values[2], &first) != napi_ok ||
      napi_get_value_int64(env, values[3], &count) != napi_ok ||
      first < 0 || count < 0 || count > NONCES || first > NONCES - count) {
    napi_throw_type_error(env, NULL, "search takes 80 bytes, 32 bytes and nonces below 2^32");
    return NULL;
  }
  Job job = prepare(header, target);
  int64_t nonce = ((const Path *)path)->search(&job, (uint32_t)first, (uint64_t)count);
  return napi_create_int64(env, nonce, &found) == napi_ok ? found : NULL;
}

NAPI_MODULE_INIT(/* napi_env env, napi_value exports */) {
  for (const Path *path = PATHS; path->name != NULL; path++) {
    napi_value one;
    if (!path->runsHere()) continue;
    if (napi_create_function(env, path->name, NAPI_AUTO_LENGTH, search, (void *)path, &one) !=
          napi_ok ||
        napi_set_named_property(env, exports, path->name, one) != napi_ok) {
      return NULL;
    }
  }
  return exports;
}
