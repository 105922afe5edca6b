// The tasks that V8 itself wants run: on threads of its own (collector,
// compilers), or on the thread of an isolate.
#ifndef ONWARD_V8_PLATFORM_H_
#define ONWARD_V8_PLATFORM_H_

#include <v8-platform.h>

#include <memory>

struct ow_isolate;

namespace onward {

// A platform with that many background threads. The tasks for an isolate wait
// until RunTasks; Go is woken when the first one comes.
std::unique_ptr<v8::Platform> NewPlatform(int threads);

// Call before the isolate is initialised, and after it is disposed of.
void Register(ow_isolate* self);
void Unregister(ow_isolate* self);
// Runs what waits for the isolate; on its thread, with its context entered.
void RunTasks(ow_isolate* self);

}  // namespace onward

#endif  // ONWARD_V8_PLATFORM_H_
