// The C interface between Go and V8. Everything is called from one thread at a
// time per isolate, except ow_interrupt, ow_debug_interrupt and ow_terminate,
// which any thread may call.
#ifndef ONWARD_V8_BINDING_H_
#define ONWARD_V8_BINDING_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

// How a turn can leave an isolate. Anything but OW_ALIVE means that it must be
// disposed of and never turned again.
enum { OW_ALIVE = 0, OW_TERMINATED = 1, OW_HEAP_LIMIT = 2, OW_BUFFER_LIMIT = 3 };

// Header of one message in a batch, followed by text, then body, then padding
// to 8 bytes. The Go half is message.go.
enum {
  OW_HAS_TEXT = 1,
  OW_HAS_BODY = 2,
};
typedef struct {
  uint8_t kind;
  uint8_t flags;
  uint16_t reserved;
  uint32_t id;
  double n;
  uint32_t text_len;
  uint32_t body_len;
} ow_header;

// What Go reads of an isolate without a call. The fields marked (any) change
// while a turn runs and are read atomically.
typedef struct {
  const uint8_t* out;  // messages JavaScript posted in the last turn
  size_t out_len;
  size_t consumed;     // bytes of the batch that the last turn handled
  int32_t state;       // OW_ALIVE ...
  uint32_t culprit;    // Job whose code ran when state stopped being OW_ALIVE; 0 unknown
  int64_t turn_start;  // (any) CLOCK_MONOTONIC ns at which the present message began; 0 between turns
  int64_t heap_used;   // (any) bytes that the last full collection left
  int64_t buffer_used; // (any) bytes of ArrayBuffers
  int32_t buffer_full; // an ArrayBuffer was refused since start
  int32_t near_limit;  // (any) the heap limit was reached
  int32_t pending;     // (any) V8 has tasks for this isolate: call ow_pump
  int32_t paused;      // (any) a debugger has stopped the script
} ow_shared;

typedef struct ow_isolate ow_isolate;

typedef struct {
  uintptr_t token;  // given back to every ow_go_* function
  size_t heap_limit;
  size_t buffer_limit;
  // Either a snapshot made by ow_snapshot, which must outlive the isolate, or a script.
  const uint8_t* snapshot;
  size_t snapshot_len;
  const uint8_t* script;
  size_t script_len;
  const char* name;
} ow_options;

typedef struct {
  uint8_t* data;
  size_t len;
} ow_buffer;  // malloc'd; the receiver frees it

// Starts V8 in this process, once, with background threads for its collector
// and compilers.
void ow_start(const char* flags, int threads);
const char* ow_version(void);

// NULL on failure, with *error set to a malloc'd message.
ow_isolate* ow_new(const ow_options* options, char** error);
ow_shared* ow_state(ow_isolate* w);
// Hands messages of a batch to JavaScript until all are handled, or budget_ns
// has passed, or the isolate is lost.
void ow_turn(ow_isolate* w, const uint8_t* batch, size_t len, int64_t budget_ns);
// Runs tasks that V8 posted for this isolate.
void ow_pump(ow_isolate* w);
// Lets a debugger attach to the isolate; from then on ow_go_debug_next is asked
// what it wants.
void ow_debug_start(ow_isolate* w);
// Does what the debugger wants by now; a turn without messages.
void ow_debug_drain(ow_isolate* w);
// Has the same done while JavaScript runs; any thread may call it.
void ow_debug_interrupt(ow_isolate* w);
enum { OW_DEBUG_NOTHING = 0, OW_DEBUG_ATTACH = 1, OW_DEBUG_DETACH = 2, OW_DEBUG_MESSAGE = 3 };
// Returns memory to the system: a full collection.
void ow_collect(ow_isolate* w);
// Stops the message that began at turn_start, if it still runs, and notes whose
// code it was; the isolate is lost from then on.
void ow_interrupt(ow_isolate* w, int64_t turn_start);
// The stack of the script when ow_interrupt or a limit stopped it; empty when nothing
// did. It is valid as long as the isolate.
const char* ow_stopped_at(ow_isolate* w);
// Stops whatever runs, without note, for what ow_interrupt does not reach.
void ow_terminate(ow_isolate* w);
void ow_dispose(ow_isolate* w);

// Code cache of a module this isolate compiled; empty when it has not.
ow_buffer ow_code_cache(ow_isolate* w, const uint8_t* path, size_t len);
// Runs a script and freezes the result; empty with *error on failure.
ow_buffer ow_snapshot(const uint8_t* script, size_t len, const char* name, char** error);

// Answers of Go. Memory is malloc'd by Go and freed by the binding.
enum { OW_ANSWER_TEXT = 0, OW_ANSWER_BODY = 1, OW_ANSWER_ERROR = 2, OW_ANSWER_NONE = 3 };
typedef struct {
  int32_t kind;
  ow_buffer text;
  ow_buffer body;
} ow_answer;

#ifdef __cplusplus
}
#endif
#endif  // ONWARD_V8_BINDING_H_
