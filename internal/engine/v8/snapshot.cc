//go:build cgo && !onward_nov8

// Making a start-up snapshot, without betting the process on it.
//
// V8 13.6 aborts when its serialiser meets data that two regular expressions
// share (they do when their sources are equal) a second time while the first
// meeting, exactly 32 objects deep, is still postponed. Whether that happens
// depends on the order in which the heap is walked. So a snapshot is made on a
// thread of its own; when V8 wants to abort there, the thread is parked for
// ever, what it holds is leaked, and another attempt walks in another order.
// To make that rare, the cache through which equal regular expressions come to
// share is emptied all the time while the script runs.

#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "isolate.h"

namespace v8::base {
// Of V8's base/logging.h, which is not among its public headers: called when a
// check of V8 fails, before it aborts.
void SetFatalFunction(void (*fatal)(const char* file, int line, const char* message));
}  // namespace v8::base

namespace onward {

using v8::Context;
using v8::Isolate;
using v8::Local;

namespace {

constexpr int kAttempts = 6;

// One attempt. Shared with the thread that makes it, which may never end.
struct Attempt {
  std::string script, name;
  int number;
  std::mutex mutex;
  std::condition_variable ended;
  bool over = false;
  bool aborted = false;
  std::string problem;
  v8::StartupData blob = {nullptr, 0};
  std::atomic<bool> forgetting{false};  // an interrupt has been asked for and not come
};

thread_local std::shared_ptr<Attempt>* attempt_of_thread = nullptr;

void Fatal(const char* file, int line, const char* message) {
  if (attempt_of_thread == nullptr) return;  // V8 aborts
  Attempt& attempt = **attempt_of_thread;
  {
    std::lock_guard<std::mutex> lock(attempt.mutex);
    attempt.over = attempt.aborted = true;
    attempt.problem = std::string("V8 could not serialise the heap: ") + message;
  }
  attempt.ended.notify_one();
  for (;;) pause();
}

// Makes the global object's table larger, and with it the order of its entries
// another one.
void Shuffle(Isolate* isolate, Local<Context> context, int number) {
  v8::HandleScope handles(isolate);
  for (int i = 0; i < number * 200; i++) {
    Local<v8::String> name = Literal(isolate, ("__onward_" + std::to_string(i)).c_str());
    context->Global()->Set(context, name, v8::Null(isolate)).Check();
  }
  for (int i = 0; i < number * 200; i++) {
    Local<v8::String> name = Literal(isolate, ("__onward_" + std::to_string(i)).c_str());
    context->Global()->Delete(context, name).Check();
  }
}

// Empties the compilation cache, as an interrupt of the running script.
void Forget(Isolate* isolate, void* pending) {
  isolate->ClearCachesForTesting();
  static_cast<std::atomic<bool>*>(pending)->store(false);
}

// Interrupts the script again and again until it is destroyed.
class Forgetful {
 public:
  Forgetful(Isolate* isolate, std::atomic<bool>* pending)
      : isolate_(isolate), pending_(pending), thread_([this] { Run(); }) {}
  ~Forgetful() {
    over_ = true;
    thread_.join();
  }

 private:
  void Run() {
    while (!over_) {
      if (!pending_->exchange(true)) isolate_->RequestInterrupt(Forget, pending_);
      std::this_thread::sleep_for(std::chrono::microseconds(5));
    }
  }
  Isolate* isolate_;
  std::atomic<bool>* pending_;
  std::atomic<bool> over_{false};
  std::thread thread_;
};

void Freeze(Attempt& attempt) {
  std::unique_ptr<v8::ArrayBuffer::Allocator> allocator(v8::ArrayBuffer::Allocator::NewDefaultAllocator());
  Isolate::CreateParams params;
  params.external_references = ExternalReferences();
  params.array_buffer_allocator = allocator.get();
  v8::SnapshotCreator creator(params);
  Isolate* isolate = creator.GetIsolate();
  {
    v8::HandleScope handles(isolate);
    isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    Local<Context> context = Context::New(isolate);
    Context::Scope context_scope(context);
    InstallNative(isolate, context);
    Shuffle(isolate, context, attempt.number);
    Forgetful forgetful(isolate, &attempt.forgetting);
    RunScript(isolate, context, reinterpret_cast<const uint8_t*>(attempt.script.data()), attempt.script.size(),
              attempt.name.c_str(), &attempt.problem);
    creator.SetDefaultContext(context);
  }
  attempt.blob = creator.CreateBlob(v8::SnapshotCreator::FunctionCodeHandling::kKeep);
}

void* Thread(void* data) {
  std::shared_ptr<Attempt> attempt(*static_cast<std::shared_ptr<Attempt>*>(data));
  delete static_cast<std::shared_ptr<Attempt>*>(data);
  attempt_of_thread = &attempt;
  Freeze(*attempt);
  attempt_of_thread = nullptr;
  {
    std::lock_guard<std::mutex> lock(attempt->mutex);
    attempt->over = true;
  }
  attempt->ended.notify_one();
  return nullptr;
}

std::shared_ptr<Attempt> Try(const std::string& script, const char* name, int number) {
  auto attempt = std::make_shared<Attempt>();
  attempt->script = script;
  attempt->name = name;
  attempt->number = number;
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED);
  pthread_attr_setstacksize(&attributes, 8 << 20);
  pthread_t thread;
  auto* data = new std::shared_ptr<Attempt>(attempt);
  if (pthread_create(&thread, &attributes, Thread, data) != 0) {
    delete data;
    attempt->problem = "no thread could be started";
    attempt->over = true;
  }
  pthread_attr_destroy(&attributes);
  std::unique_lock<std::mutex> lock(attempt->mutex);
  attempt->ended.wait(lock, [&] { return attempt->over; });
  return attempt;
}

}  // namespace
}  // namespace onward

extern "C" ow_buffer ow_snapshot(const uint8_t* script, size_t len, const char* name, char** error) {
  static std::once_flag once;
  std::call_once(once, [] { v8::base::SetFatalFunction(onward::Fatal); });
  std::string source(reinterpret_cast<const char*>(script), len);
  std::shared_ptr<onward::Attempt> attempt;
  for (int i = 0; i < onward::kAttempts; i++) {
    attempt = onward::Try(source, name, i);
    if (!attempt->aborted) break;
  }
  v8::StartupData blob = attempt->blob;
  ow_buffer out = {};
  if (attempt->problem.empty() && blob.data == nullptr) attempt->problem = "V8 could not serialise the heap";
  if (attempt->problem.empty()) {
    out = {static_cast<uint8_t*>(malloc(blob.raw_size)), static_cast<size_t>(blob.raw_size)};
    if (out.data != nullptr) memcpy(out.data, blob.data, out.len);
  } else {
    *error = onward::Copy(attempt->problem);
  }
  delete[] blob.data;
  return out;
}
