//go:build cgo && !onward_nov8

// The life of an isolate: start, turns, limits, snapshot, end.

#include "isolate.h"

#if defined(__GLIBC__)
#include <malloc.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include <mutex>

#include "platform.h"

using onward::Literal;
using v8::Context;
using v8::Function;
using v8::Global;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Locker;
using v8::String;
using v8::TryCatch;
using v8::Value;

namespace {

// In.Rejections of messages.ts.
constexpr int kRejections = 11;
constexpr size_t kMb = 1 << 20;

int64_t Nanoseconds() {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return static_cast<int64_t>(t.tv_sec) * 1000000000 + t.tv_nsec;
}

template <typename T>
void Publish(T* field, T value) {
  __atomic_store_n(field, value, __ATOMIC_SEQ_CST);
}

template <typename T>
T Peek(T* field) {
  return __atomic_load_n(field, __ATOMIC_ACQUIRE);
}

// Every isolate that lives, for the out-of-memory handler, which V8 does not
// tell whose memory ran out.
std::mutex living_mutex;
std::vector<ow_isolate*> living;

void AppendText(Isolate* isolate, std::string* out, Local<String> text) {
  String::Utf8Value utf8(isolate, text);
  if (*utf8 != nullptr) out->append(*utf8, utf8.length());
}

// Where the script is now, as the stack of an error has it.
std::string StackNow(Isolate* isolate) {
  constexpr int kFrames = 10;
  std::string out;
  Local<v8::StackTrace> trace = v8::StackTrace::CurrentStackTrace(isolate, kFrames, v8::StackTrace::kDetailed);
  for (int i = 0; i < trace->GetFrameCount(); i++) {
    Local<v8::StackFrame> frame = trace->GetFrame(isolate, i);
    Local<String> function = frame->GetFunctionName();
    Local<String> script = frame->GetScriptName();
    bool named = !function.IsEmpty() && function->Length() > 0;
    out += i == 0 ? "    at " : "\n    at ";
    if (named) {
      AppendText(isolate, &out, function);
      out += " (";
    }
    if (script.IsEmpty()) {
      out += "<anonymous>";
    } else {
      AppendText(isolate, &out, script);
    }
    out += ":" + std::to_string(frame->GetLineNumber()) + ":" + std::to_string(frame->GetColumn());
    if (named) out += ")";
  }
  return out;
}

// Runs on the isolate's thread at the next place where a script can be
// stopped: notes where the script is and which Job's code is running, by the value
// that V8 carries across awaits (a Frame of als.ts), and stops it.
void Stop(Isolate* isolate, void* data) {
  auto* self = static_cast<ow_isolate*>(data);
  // The turn that was meant may have ended meanwhile.
  if (!Peek(&self->shared.near_limit) && Peek(&self->unwanted) != Peek(&self->shared.turn_start)) return;
  HandleScope handles(isolate);
  if (self->stopped_at.empty()) self->stopped_at = StackNow(isolate);
  Local<Value> frame = isolate->GetContinuationPreservedEmbedderData();
  Local<Value> id;
  if (!frame.IsEmpty() && frame->IsObject() &&
      frame.As<v8::Object>()->GetRealNamedProperty(isolate->GetCurrentContext(), Literal(isolate, "jobId")).ToLocal(&id) &&
      id->IsNumber() && id.As<v8::Number>()->Value() > 0) {
    self->shared.culprit = static_cast<uint32_t>(id.As<v8::Number>()->Value());
  }
  isolate->TerminateExecution();
}

// Stops the script and lends it memory to unwind in.
size_t NearHeapLimit(void* data, size_t current, size_t) {
  auto* self = static_cast<ow_isolate*>(data);
  Publish(&self->shared.near_limit, 1);
  self->isolate->RequestInterrupt(Stop, self);
  return current + (current > 256 * kMb ? current : 256 * kMb);
}

// WebAssembly memories do not come from the allocator; they are bounded here,
// when the collector has looked at them.
void AfterCollection(Isolate* isolate, v8::GCType type, v8::GCCallbackFlags, void* data) {
  auto* self = static_cast<ow_isolate*>(data);
  v8::HeapStatistics s;
  isolate->GetHeapStatistics(&s);
  if (type == v8::kGCTypeMarkSweepCompact) Publish(&self->shared.heap_used, static_cast<int64_t>(s.used_heap_size()));
  if (s.external_memory() <= 2 * self->out_limit || Peek(&self->shared.near_limit)) return;
  Publish(&self->shared.near_limit, 1);
  isolate->RequestInterrupt(Stop, self);
}

// V8 would abort the process when this returns, so it does not: it reports the
// isolate as lost and parks its thread for ever.
void OutOfMemory(const char*, const v8::OOMDetails&) {
  Isolate* current = Isolate::TryGetCurrent();
  std::vector<uintptr_t> lost;
  {
    std::lock_guard<std::mutex> lock(living_mutex);
    for (ow_isolate* w : living) {
      // A background thread of V8 has no current isolate: blame those at their limit.
      if (current != nullptr ? w->isolate == current : Peek(&w->shared.near_limit) != 0) lost.push_back(w->token);
    }
  }
  if (lost.empty()) return;
  for (uintptr_t token : lost) ow_go_lost(token);
  for (;;) pause();
}

void PromiseRejected(v8::PromiseRejectMessage message) {
  Isolate* isolate = Isolate::GetCurrent();
  ow_isolate* self = onward::Self(isolate);
  if (self == nullptr) return;
  v8::PromiseRejectEvent event = message.GetEvent();
  if (event != v8::kPromiseRejectWithNoHandler && event != v8::kPromiseHandlerAddedAfterReject) return;
  self->rejections.push_back({event, Global<v8::Promise>(isolate, message.GetPromise()), {}, {}});
  if (event == v8::kPromiseRejectWithNoHandler) {
    self->rejections.back().reason.Reset(isolate, message.GetValue());
    self->rejections.back().frame.Reset(isolate, isolate->GetContinuationPreservedEmbedderData());
  }
}

// The rejections since the last time as [event, promise, reason, frame, ...].
Local<Value> TakeRejections(ow_isolate* self) {
  Isolate* isolate = self->isolate;
  std::vector<onward::Rejection> taken;
  taken.swap(self->rejections);
  std::vector<Local<Value>> flat;
  Local<Value> undefined = v8::Undefined(isolate);
  for (auto& r : taken) {
    flat.push_back(v8::Integer::New(isolate, r.event));
    flat.push_back(r.promise.Get(isolate));
    flat.push_back(r.reason.IsEmpty() ? undefined : r.reason.Get(isolate));
    flat.push_back(r.frame.IsEmpty() ? undefined : r.frame.Get(isolate));
  }
  return v8::Array::New(isolate, flat.data(), flat.size());
}

// Finds globalThis.__dispatch.
bool FindDispatch(ow_isolate* self, Local<Context> context) {
  Local<Value> fn;
  if (!context->Global()->Get(context, Literal(self->isolate, "__dispatch")).ToLocal(&fn) || !fn->IsFunction()) {
    return false;
  }
  self->dispatch.Reset(self->isolate, fn.As<Function>());
  return true;
}

// Notes that an isolate is lost after JavaScript was stopped in it; false when it
// was not.
bool Lost(ow_isolate* self, bool terminated, uint32_t culprit) {
  ow_shared& shared = self->shared;
  if (!terminated && !self->isolate->IsExecutionTerminating() && !Peek(&shared.near_limit)) return false;
  shared.state = Peek(&shared.near_limit) ? OW_HEAP_LIMIT : OW_TERMINATED;
  self->isolate->CancelTerminateExecution();
  if (shared.culprit == 0) shared.culprit = culprit;
  return true;
}

// Ends a turn: what JavaScript has posted is for Go now.
void EndTurn(ow_isolate* self) {
  ow_shared& shared = self->shared;
  Publish(&shared.turn_start, int64_t{0});
  shared.out = self->out.data();
  shared.out_len = self->out.size();
  shared.buffer_full = self->allocator->refused();
  Publish(&shared.buffer_used, static_cast<int64_t>(self->allocator->used()));
}

}  // namespace

namespace onward {

char* Copy(const std::string& s) {
  char* out = static_cast<char*>(malloc(s.size() + 1));
  memcpy(out, s.c_str(), s.size() + 1);
  return out;
}

// What a TryCatch holds, with its stack when there is one.
std::string Describe(Isolate* isolate, Local<Context> context, const TryCatch& caught) {
  if (caught.HasTerminated()) return "stopped";
  Local<Value> what = caught.Exception(), stack;
  if (!what.IsEmpty() && what->IsObject() &&
      what.As<v8::Object>()->Get(context, Literal(isolate, "stack")).ToLocal(&stack) && stack->IsString()) {
    what = stack;
  }
  if (what.IsEmpty()) return "unknown error";
  String::Utf8Value text(isolate, what);
  std::string s(*text ? *text : "unknown error", *text ? text.length() : 13);
  Local<v8::Message> message = caught.Message();
  if (!message.IsEmpty() && s.find("\n    at ") == std::string::npos) {
    String::Utf8Value file(isolate, message->GetScriptResourceName());
    if (*file) {
      s += " (" + std::string(*file) + ":" + std::to_string(message->GetLineNumber(context).FromMaybe(0)) + ":" +
           std::to_string(message->GetStartColumn(context).FromMaybe(0) + 1) + ")";
    }
  }
  return s;
}

// Runs the runtime script; false with *error set when it throws.
bool RunScript(Isolate* isolate, Local<Context> context, const uint8_t* script, size_t len, const char* name,
               std::string* error) {
  TryCatch caught(isolate);
  Local<String> source;
  if (!NewString(isolate, script, len).ToLocal(&source)) {
    *error = "the script is too large";
    return false;
  }
  v8::ScriptOrigin origin(Literal(isolate, name));
  v8::ScriptCompiler::Source code(source, origin);
  Local<v8::Script> compiled;
  Local<Value> result;
  if (!v8::ScriptCompiler::Compile(context, &code).ToLocal(&compiled) || !compiled->Run(context).ToLocal(&result)) {
    *error = Describe(isolate, context, caught);
    return false;
  }
  isolate->PerformMicrotaskCheckpoint();
  return true;
}

}  // namespace onward

extern "C" {

void ow_start(const char* flags, int threads) {
  static std::once_flag once;
  std::call_once(once, [&] {
    v8::V8::SetFlagsFromString(flags);
    // Never ends: threads of V8 may run until the process does.
    v8::V8::InitializePlatform(onward::NewPlatform(threads).release());
    v8::V8::Initialize();
  });
}

const char* ow_version(void) { return v8::V8::GetVersion(); }

ow_isolate* ow_new(const ow_options* options, char** error) {
  auto* self = new ow_isolate();
  self->token = options->token;
  self->out_limit = options->buffer_limit;
  self->allocator = std::make_shared<onward::QuotaAllocator>(options->buffer_limit);

  Isolate::CreateParams params;
  params.array_buffer_allocator_shared = self->allocator;
  params.external_references = onward::ExternalReferences();
  params.constraints.set_max_old_generation_size_in_bytes(options->heap_limit);
  params.constraints.set_max_young_generation_size_in_bytes(16 * kMb);
  self->snapshot = {reinterpret_cast<const char*>(options->snapshot), static_cast<int>(options->snapshot_len)};
  if (options->snapshot_len > 0) params.snapshot_blob = &self->snapshot;

  Isolate* isolate = Isolate::Allocate();
  self->isolate = isolate;
  onward::Register(self);
  {
    Locker locker(isolate);
    Isolate::Initialize(isolate, params);
    Isolate::Scope isolate_scope(isolate);
    HandleScope handles(isolate);
    isolate->SetData(0, self);
    isolate->SetMicrotasksPolicy(v8::MicrotasksPolicy::kExplicit);
    isolate->SetOOMErrorHandler(OutOfMemory);
    isolate->AddNearHeapLimitCallback(NearHeapLimit, self);
    isolate->AddGCEpilogueCallback(AfterCollection, self);
    isolate->SetPromiseRejectCallback(PromiseRejected);
    {
      std::lock_guard<std::mutex> lock(living_mutex);
      living.push_back(self);
    }
    Local<Context> context = Context::New(isolate);
    Context::Scope context_scope(context);
    self->context.Reset(isolate, context);
    std::string problem;
    if (options->snapshot_len == 0) {
      onward::InstallNative(isolate, context);
      onward::RunScript(isolate, context, options->script, options->script_len, options->name, &problem);
    }
    if (problem.empty() && !FindDispatch(self, context)) {
      problem = "the runtime script does not define __dispatch";
    }
    if (problem.empty()) return self;
    *error = onward::Copy(problem);
  }
  ow_dispose(self);
  return nullptr;
}

ow_shared* ow_state(ow_isolate* self) { return &self->shared; }

void ow_turn(ow_isolate* self, const uint8_t* batch, size_t len, int64_t budget_ns) {
  Isolate* isolate = self->isolate;
  Locker locker(isolate);
  Isolate::Scope isolate_scope(isolate);
  HandleScope handles(isolate);
  Local<Context> context = self->context.Get(isolate);
  Context::Scope context_scope(context);
  Local<Function> dispatch = self->dispatch.Get(isolate);
  Local<Value> undefined = v8::Undefined(isolate);
  ow_shared& shared = self->shared;
  self->out.Clear();

  int64_t now = Nanoseconds();
  const int64_t deadline = now + budget_ns;
  size_t at = 0;
  while (at + sizeof(ow_header) <= len && now < deadline) {
    ow_header h;
    memcpy(&h, batch + at, sizeof h);
    const uint8_t* text = batch + at + sizeof h;
    const uint8_t* body = text + h.text_len;
    at += (sizeof h + size_t{h.text_len} + h.body_len + 7) / 8 * 8;
    if (at > len) break;

    HandleScope inner(isolate);
    TryCatch caught(isolate);
    Publish(&shared.turn_start, now);
    Local<Value> args[] = {v8::Integer::New(isolate, h.kind), v8::Integer::NewFromUnsigned(isolate, h.id), undefined,
                           undefined, v8::Number::New(isolate, h.n)};
    if (h.flags & OW_HAS_TEXT) {
      Local<String> s;
      if (onward::NewString(isolate, text, h.text_len).ToLocal(&s)) args[2] = s;
    }
    if (h.flags & OW_HAS_BODY) {
      Local<v8::Uint8Array> array;
      if (!onward::NewBytes(isolate, body, h.body_len).ToLocal(&array)) {
        shared.state = OW_BUFFER_LIMIT;
        shared.culprit = h.id;
        break;
      }
      args[3] = array;
    }
    bool stopped = dispatch->Call(context, undefined, 5, args).IsEmpty() && caught.HasTerminated();
    if (!stopped) {
      isolate->PerformMicrotaskCheckpoint();
      // Reporting may reject more.
      while (!self->rejections.empty() && !caught.HasTerminated()) {
        Local<Value> list = TakeRejections(self);
        Local<Value> report[] = {v8::Integer::New(isolate, kRejections), v8::Integer::New(isolate, 0), list, undefined,
                                 undefined};
        if (dispatch->Call(context, undefined, 5, report).IsEmpty()) break;
        isolate->PerformMicrotaskCheckpoint();
      }
    }
    if (Lost(self, caught.HasTerminated(), h.id)) break;
    now = Nanoseconds();
  }
  shared.consumed = at < len ? at : len;
  EndTurn(self);
}

void ow_debug_drain(ow_isolate* self) {
  Isolate* isolate = self->isolate;
  Locker locker(isolate);
  Isolate::Scope isolate_scope(isolate);
  HandleScope handles(isolate);
  Context::Scope context_scope(self->context.Get(isolate));
  self->out.Clear();
  TryCatch caught(isolate);
  Publish(&self->shared.turn_start, Nanoseconds());
  onward::DrainDebugger(self);
  Lost(self, caught.HasTerminated(), 0);
  EndTurn(self);
}

void ow_pump(ow_isolate* self) {
  Isolate* isolate = self->isolate;
  Locker locker(isolate);
  Isolate::Scope isolate_scope(isolate);
  HandleScope handles(isolate);
  Context::Scope context_scope(self->context.Get(isolate));
  TryCatch caught(isolate);
  onward::RunTasks(self);
}

void ow_collect(ow_isolate* self) {
  Locker locker(self->isolate);
  Isolate::Scope isolate_scope(self->isolate);
  self->isolate->LowMemoryNotification();
#if defined(__GLIBC__)
  // The compiler's memory, which the C library keeps.
  malloc_trim(0);
#endif
}

void ow_interrupt(ow_isolate* self, int64_t turn_start) {
  Publish(&self->unwanted, turn_start);
  self->isolate->RequestInterrupt(Stop, self);
}

const char* ow_stopped_at(ow_isolate* self) { return self->stopped_at.c_str(); }

void ow_terminate(ow_isolate* self) { self->isolate->TerminateExecution(); }

void ow_dispose(ow_isolate* self) {
  {
    std::lock_guard<std::mutex> lock(living_mutex);
    std::erase(living, self);
  }
  Isolate* isolate = self->isolate;
  {
    Locker locker(isolate);
    Isolate::Scope isolate_scope(isolate);
    onward::EndDebugger(self);
    self->modules.clear();
    self->rejections.clear();
    self->dispatch.Reset();
    self->context.Reset();
  }
  isolate->Dispose();
  onward::Unregister(self);
  delete self;
}

ow_buffer ow_code_cache(ow_isolate* self, const uint8_t* path, size_t len) {
  auto found = self->modules.find(std::string(reinterpret_cast<const char*>(path), len));
  if (found == self->modules.end()) return {};
  Isolate* isolate = self->isolate;
  Locker locker(isolate);
  Isolate::Scope isolate_scope(isolate);
  HandleScope handles(isolate);
  Context::Scope context_scope(self->context.Get(isolate));
  std::unique_ptr<v8::ScriptCompiler::CachedData> data(
      v8::ScriptCompiler::CreateCodeCacheForFunction(found->second.Get(isolate)));
  if (data == nullptr) return {};
  ow_buffer out = {static_cast<uint8_t*>(malloc(data->length)), static_cast<size_t>(data->length)};
  if (out.data == nullptr) return {};
  memcpy(out.data, data->data, out.len);
  return out;
}

}  // extern "C"
