//go:build cgo && !onward_nov8

// The debugger of an isolate: V8's inspector, whose messages Go carries.

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <v8-inspector.h>

#include "isolate.h"

using onward::Literal;
using v8::Array;
using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::HandleScope;
using v8::Isolate;
using v8::Local;
using v8::Locker;
using v8::Object;
using v8::String;
using v8::TryCatch;
using v8::Value;
using v8_inspector::StringBuffer;
using v8_inspector::StringView;
using v8_inspector::V8ContextInfo;
using v8_inspector::V8Inspector;
using v8_inspector::V8InspectorClient;
using v8_inspector::V8InspectorSession;

namespace {

constexpr int kGroup = 1;

StringView View(const char* text) { return StringView(reinterpret_cast<const uint8_t*>(text), strlen(text)); }

// Calls V8's own console, which tells the debugger, then the one of the app. A
// native function between them is no frame of the stack: the place of the message
// is that of its caller.
void Mirror(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  Local<Context> context = isolate->GetCurrentContext();
  Local<Array> pair = info.Data().As<Array>();
  std::vector<Local<Value>> args;
  for (int i = 0; i < info.Length(); i++) args.push_back(info[i]);
  Local<Value> shown, own, result;
  if (pair->Get(context, 0).ToLocal(&shown)) {
    TryCatch ignored(isolate);
    // What it says of itself is of no interest to the app.
    if (shown.As<Function>()->Call(context, v8::Undefined(isolate), info.Length(), args.data()).IsEmpty()) ignored.Reset();
  }
  if (pair->Get(context, 1).ToLocal(&own) && own.As<Function>()->Call(context, info.This(), info.Length(), args.data()).ToLocal(&result)) {
    info.GetReturnValue().Set(result);
  }
}

// Lets what the app prints be seen by the debugger too.
void MirrorConsole(Isolate* isolate, Local<Context> context) {
  static const char* const kMethods[] = {"debug", "info",  "log",   "warn",           "error",    "dir",
                                         "table", "trace", "group", "groupCollapsed", "groupEnd", "assert"};
  Local<Value> shown, own;
  if (!context->GetExtrasBindingObject()->Get(context, Literal(isolate, "console")).ToLocal(&shown) || !shown->IsObject() ||
      !context->Global()->Get(context, Literal(isolate, "console")).ToLocal(&own) || !own->IsObject() || shown == own) {
    return;
  }
  for (const char* name : kMethods) {
    Local<Value> pair[2];
    Local<Function> mirror;
    if (!shown.As<Object>()->Get(context, Literal(isolate, name)).ToLocal(&pair[0]) || !pair[0]->IsFunction() ||
        !own.As<Object>()->Get(context, Literal(isolate, name)).ToLocal(&pair[1]) || !pair[1]->IsFunction() ||
        !Function::New(context, Mirror, Array::New(isolate, pair, 2), 0, v8::ConstructorBehavior::kThrow).ToLocal(&mirror)) {
      continue;
    }
    mirror->SetName(Literal(isolate, name));
    if (own.As<Object>()->Set(context, Literal(isolate, name), mirror).IsNothing()) return;
  }
}

}  // namespace

namespace onward {

class Debugger final : public V8InspectorClient, public V8Inspector::Channel {
 public:
  Debugger(ow_isolate* self, Local<Context> context) : self_(self), inspector_(V8Inspector::create(self->isolate, this)) {
    inspector_->contextCreated(V8ContextInfo(context, kGroup, View("onward")));
    MirrorConsole(self->isolate, context);
  }

  ~Debugger() override {
    HandleScope handles(self_->isolate);
    session_.reset();
    inspector_->contextDestroyed(self_->context.Get(self_->isolate));
  }

  // Does what the debugger asks for by now.
  void Drain() {
    // JavaScript that it had run may be interrupted for what it asks next.
    if (busy_) return;
    busy_ = true;
    while (Next(false)) {
    }
    busy_ = false;
  }

  // The debugger has stopped the script: nothing goes on but what it asks for.
  void runMessageLoopOnPause(int) override {
    if (paused_) return;
    paused_ = true;
    __atomic_store_n(&self_->shared.paused, 1, __ATOMIC_SEQ_CST);
    while (paused_ && Next(true)) {
    }
    paused_ = false;
    __atomic_store_n(&self_->shared.paused, 0, __ATOMIC_SEQ_CST);
  }
  void quitMessageLoopOnPause() override { paused_ = false; }

  Local<Context> ensureDefaultContextInGroup(int) override { return self_->context.Get(self_->isolate); }

  double currentTimeMS() override {
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);
    return static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6;
  }

  // Files have URLs for debuggers: that is how they know them for files.
  std::unique_ptr<StringBuffer> resourceNameToUrl(const StringView& name) override {
    std::string path = Utf8(name);
    if (path.empty() || path[0] != '/') return nullptr;
    std::string url = "file://";
    for (unsigned char c : path) {
      if (isalnum(c) || strchr("/-_.~!$&'()*+,;=:@", c) != nullptr) {
        url += static_cast<char>(c);
        continue;
      }
      char escaped[4];
      snprintf(escaped, sizeof escaped, "%%%02X", c);
      url += escaped;
    }
    return StringBuffer::create(View(url.c_str()));
  }

  void sendResponse(int, std::unique_ptr<StringBuffer> message) override { Send(message->string()); }
  void sendNotification(std::unique_ptr<StringBuffer> message) override { Send(message->string()); }
  void flushProtocolNotifications() override {}

 private:
  // Does one thing that the debugger asks for. wait: as soon as it asks; false then
  // means that the worker ends.
  bool Next(bool wait) {
    ow_buffer message = {};
    switch (ow_go_debug_next(self_->token, wait, &message)) {
      case OW_DEBUG_ATTACH:
        session_.reset();
        session_ = inspector_->connect(kGroup, this, StringView(), V8Inspector::kFullyTrusted);
        return true;
      case OW_DEBUG_DETACH:
        session_.reset();
        return true;
      case OW_DEBUG_MESSAGE:
        Dispatch(message);
        free(message.data);
        return true;
    }
    return false;
  }

  void Dispatch(const ow_buffer& message) {
    if (session_ == nullptr) return;
    Isolate* isolate = self_->isolate;
    HandleScope handles(isolate);
    Local<String> text;
    if (!NewString(isolate, message.data, message.len).ToLocal(&text)) return;
    String::Value wide(isolate, text);
    session_->dispatchProtocolMessage(StringView(*wide, static_cast<size_t>(wide.length())));
  }

  std::string Utf8(const StringView& text) {
    if (text.is8Bit()) {
      const auto* p = reinterpret_cast<const char*>(text.characters8());
      if (IsAscii(text.characters8(), text.length())) return std::string(p, text.length());
    }
    Isolate* isolate = self_->isolate;
    HandleScope handles(isolate);
    Local<String> string;
    bool made = text.is8Bit()
                    ? String::NewFromOneByte(isolate, text.characters8(), v8::NewStringType::kNormal, static_cast<int>(text.length())).ToLocal(&string)
                    : String::NewFromTwoByte(isolate, text.characters16(), v8::NewStringType::kNormal, static_cast<int>(text.length())).ToLocal(&string);
    if (!made) return "";
    String::Utf8Value utf8(isolate, string);
    return std::string(*utf8, static_cast<size_t>(utf8.length()));
  }

  void Send(const StringView& message) {
    std::string text = Utf8(message);
    ow_go_debug_send(self_->token, reinterpret_cast<uint8_t*>(text.data()), text.size());
  }

  ow_isolate* self_;
  bool busy_ = false;
  bool paused_ = false;
  std::unique_ptr<V8Inspector> inspector_;
  std::unique_ptr<V8InspectorSession> session_;
};

void DrainDebugger(ow_isolate* self) {
  if (self->debugger != nullptr) self->debugger->Drain();
}

void EndDebugger(ow_isolate* self) {
  delete self->debugger;
  self->debugger = nullptr;
}

}  // namespace onward

extern "C" {

void ow_debug_start(ow_isolate* self) {
  Isolate* isolate = self->isolate;
  Locker locker(isolate);
  Isolate::Scope isolate_scope(isolate);
  HandleScope handles(isolate);
  Local<Context> context = self->context.Get(isolate);
  Context::Scope context_scope(context);
  self->debugger = new onward::Debugger(self, context);
}

void ow_debug_interrupt(ow_isolate* self) {
  self->isolate->RequestInterrupt([](Isolate* isolate, void*) { onward::DrainDebugger(onward::Self(isolate)); }, nullptr);
}

}  // extern "C"
