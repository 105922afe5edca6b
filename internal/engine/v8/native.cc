//go:build cgo && !onward_nov8

// globalThis.__native: what bare V8 does not show to scripts. The contract is
// runtime/platform/native.d.ts.

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "isolate.h"

namespace onward {

using v8::Context;
using v8::Function;
using v8::FunctionCallbackInfo;
using v8::Isolate;
using v8::Local;
using v8::Object;
using v8::String;
using v8::Uint8Array;
using v8::Value;

namespace {

// The malloc'd parts of an answer of Go, freed at the end of the call.
struct Answer : ow_answer {
  Answer() { memset(static_cast<ow_answer*>(this), 0, sizeof(ow_answer)); }
  ~Answer() {
    free(text.data);
    free(body.data);
  }
};

// Throws the error that a JSON object {message, code, ...} describes.
void ThrowAnswer(Isolate* isolate, const ow_buffer& text) {
  Local<Context> context = isolate->GetCurrentContext();
  Local<String> json, message = Literal(isolate, "host operation failed");
  Local<Value> parsed;
  Local<Object> detail;
  if (NewString(isolate, text.data, text.len).ToLocal(&json) && v8::JSON::Parse(context, json).ToLocal(&parsed) &&
      parsed->IsObject()) {
    detail = parsed.As<Object>();
    Local<Value> m;
    if (detail->Get(context, Literal(isolate, "message")).ToLocal(&m) && m->IsString()) message = m.As<String>();
  }
  Local<Object> error = v8::Exception::Error(message).As<Object>();
  Local<v8::Array> names;
  if (!detail.IsEmpty() && detail->GetOwnPropertyNames(context).ToLocal(&names)) {
    for (uint32_t i = 0; i < names->Length(); i++) {
      Local<Value> name, value;
      if (!names->Get(context, i).ToLocal(&name) || !detail->Get(context, name).ToLocal(&value)) continue;
      if (name->StrictEquals(Literal(isolate, "message"))) continue;
      if (error->Set(context, name, value).IsNothing()) return;
    }
  }
  isolate->ThrowException(error);
}

// post(kind, id, text, body, n)
void Post(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  ow_isolate* self = Self(isolate);
  if (self == nullptr) return ThrowType(isolate, "post: nothing can be sent while a snapshot is made");
  Local<Context> context = isolate->GetCurrentContext();
  Bytes& out = self->out;
  size_t start = out.size();
  if (!out.Reserve(sizeof(ow_header) + 16)) return Throw(isolate, "out of memory");
  ow_header h = {};
  h.kind = static_cast<uint8_t>(info[0]->Uint32Value(context).FromMaybe(0));
  h.id = info[1]->Uint32Value(context).FromMaybe(0);
  out.Grow(sizeof h);
  if (info[2]->IsString()) {
    int64_t n = AppendUtf8(isolate, info[2].As<String>(), &out, self->out_limit);
    if (n < 0) {
      out.Truncate(start);
      return Throw(isolate, "message is too large");
    }
    h.flags |= OW_HAS_TEXT;
    h.text_len = static_cast<uint32_t>(n);
  }
  if (info[3]->IsString()) {
    int64_t n = AppendUtf8(isolate, info[3].As<String>(), &out, self->out_limit);
    if (n < 0) {
      out.Truncate(start);
      return Throw(isolate, "message is too large");
    }
    h.flags |= OW_HAS_BODY;
    h.body_len = static_cast<uint32_t>(n);
  } else if (info[3]->IsArrayBufferView()) {
    auto view = info[3].As<v8::ArrayBufferView>();
    size_t n = view->ByteLength();
    if (out.size() + n > self->out_limit || !out.Reserve(n)) {
      out.Truncate(start);
      return Throw(isolate, "message is too large");
    }
    view->CopyContents(out.end(), n);
    out.Grow(n);
    h.flags |= OW_HAS_BODY;
    h.body_len = static_cast<uint32_t>(n);
  }
  if (info[4]->IsNumber()) h.n = info[4].As<v8::Number>()->Value();
  size_t pad = (8 - out.size() % 8) % 8;
  if (!out.Reserve(pad)) {
    out.Truncate(start);
    return Throw(isolate, "out of memory");
  }
  memset(out.end(), 0, pad);
  out.Grow(pad);
  memcpy(out.data() + start, &h, sizeof h);
}

// call(op, text, body?)
void Call(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  ow_isolate* self = Self(isolate);
  if (self == nullptr) return ThrowType(isolate, "call: host operations are not available while a snapshot is made");
  Local<Context> context = isolate->GetCurrentContext();
  Local<String> op, text = String::Empty(isolate);
  if (!info[0]->ToString(context).ToLocal(&op)) return;
  if (!info[1]->IsUndefined() && !info[1]->ToString(context).ToLocal(&text)) return;
  Bytes in;
  int64_t op_len = AppendUtf8(isolate, op, &in, self->out_limit);
  int64_t text_len = op_len < 0 ? -1 : AppendUtf8(isolate, text, &in, self->out_limit);
  if (text_len < 0) return Throw(isolate, "message is too large");
  uint8_t* body = nullptr;
  size_t body_len = 0;
  if (info[2]->IsArrayBufferView()) {
    auto view = info[2].As<v8::ArrayBufferView>();
    body_len = view->ByteLength();
    body = static_cast<uint8_t*>(view->Buffer()->Data()) + view->ByteOffset();
  }
  Answer answer;
  ow_go_call(self->token, in.data(), op_len, in.data() + op_len, text_len, body, body_len, &answer);
  switch (answer.kind) {
    case OW_ANSWER_BODY: {
      Local<Uint8Array> array;
      if (!NewBytes(isolate, answer.body.data, answer.body.len).ToLocal(&array)) {
        return Throw(isolate, "Array buffer allocation failed");
      }
      return info.GetReturnValue().Set(array);
    }
    case OW_ANSWER_ERROR:
      return ThrowAnswer(isolate, answer.text);
    default: {
      Local<String> s;
      if (!NewString(isolate, answer.text.data, answer.text.len).ToLocal(&s)) {
        return Throw(isolate, "string is too long");
      }
      info.GetReturnValue().Set(s);
    }
  }
}

// Asks Go for a module; false when it does not exist (nothing thrown) or Load failed (thrown).
bool Load(const FunctionCallbackInfo<Value>& info, Answer* answer, std::string* path) {
  Isolate* isolate = info.GetIsolate();
  ow_isolate* self = Self(isolate);
  if (self == nullptr) {
    ThrowType(isolate, "compile: modules are not available while a snapshot is made");
    return false;
  }
  Local<String> name;
  if (!info[0]->ToString(isolate->GetCurrentContext()).ToLocal(&name)) return false;
  Bytes bytes;
  if (AppendUtf8(isolate, name, &bytes, 1 << 16) < 0) return false;
  path->assign(reinterpret_cast<char*>(bytes.data()), bytes.size());
  ow_go_load(self->token, bytes.data(), bytes.size(), answer);
  if (answer->kind == OW_ANSWER_ERROR) {
    ThrowAnswer(isolate, answer->text);
    return false;
  }
  return answer->kind == OW_ANSWER_TEXT;
}

// source(path)
void Source(const FunctionCallbackInfo<Value>& info) {
  Answer answer;
  std::string path;
  if (!Load(info, &answer, &path)) return;
  Local<String> s;
  if (!NewString(info.GetIsolate(), answer.text.data, answer.text.len).ToLocal(&s)) {
    return Throw(info.GetIsolate(), "module is too large");
  }
  info.GetReturnValue().Set(s);
}

// A module's source outside of V8's heap, which it would only fill.
class ExternalSource : public String::ExternalOneByteStringResource {
 public:
  explicit ExternalSource(ow_buffer text) : text_(text) {}
  ~ExternalSource() override { free(text_.data); }
  const char* data() const override { return reinterpret_cast<const char*>(text_.data); }
  size_t length() const override { return text_.len; }

 private:
  ow_buffer text_;
};

// A SyntaxError's stack does not say where it is: prepends "path:line", as Node.js does.
void AddPlace(Isolate* isolate, Local<Context> context, const v8::TryCatch& caught, const std::string& path) {
  if (!caught.Exception()->IsObject() || caught.Message().IsEmpty()) return;
  Local<Object> error = caught.Exception().As<Object>();
  Local<Value> stack;
  if (!error->Get(context, Literal(isolate, "stack")).ToLocal(&stack) || !stack->IsString()) return;
  std::string place = path + ":" + std::to_string(caught.Message()->GetLineNumber(context).FromMaybe(0)) + "\n";
  Local<String> prefix;
  if (!NewString(isolate, reinterpret_cast<const uint8_t*>(place.data()), place.size()).ToLocal(&prefix)) return;
  error->Set(context, Literal(isolate, "stack"), String::Concat(isolate, prefix, stack.As<String>())).FromMaybe(false);
}

// compile(path)
void Compile(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  Local<Context> context = isolate->GetCurrentContext();
  Answer answer;
  std::string path;
  if (!Load(info, &answer, &path)) return;
  Local<String> source;
  if (answer.text.len >= 1024 && answer.text.len < static_cast<size_t>(String::kMaxLength) &&
      IsAscii(answer.text.data, answer.text.len)) {
    auto* external = new ExternalSource(answer.text);
    answer.text = {};
    if (!String::NewExternalOneByte(isolate, external).ToLocal(&source)) {
      delete external;
      return Throw(isolate, "module is too large");
    }
  } else if (!NewString(isolate, answer.text.data, answer.text.len).ToLocal(&source)) {
    return Throw(isolate, "module is too large");
  }
  Local<String> name;
  if (!NewString(isolate, reinterpret_cast<const uint8_t*>(path.data()), path.size()).ToLocal(&name)) return;
  v8::ScriptCompiler::CachedData* cache = nullptr;
  if (answer.body.len > 0) {
    cache = new v8::ScriptCompiler::CachedData(answer.body.data, static_cast<int>(answer.body.len),
                                               v8::ScriptCompiler::CachedData::BufferNotOwned);
  }
  v8::ScriptOrigin origin(name);
  v8::ScriptCompiler::Source code(source, origin, cache);
  Local<String> parameters[] = {
      Literal(isolate, "exports"),    Literal(isolate, "require"),   Literal(isolate, "module"),
      Literal(isolate, "__filename"), Literal(isolate, "__dirname"),
  };
  Local<Function> fn;
  v8::TryCatch caught(isolate);
  if (!v8::ScriptCompiler::CompileFunction(
           context, &code, 5, parameters, 0, nullptr,
           cache ? v8::ScriptCompiler::kConsumeCodeCache : v8::ScriptCompiler::kNoCompileOptions)
           .ToLocal(&fn)) {
    if (!caught.HasTerminated()) AddPlace(isolate, context, caught, path);
    caught.ReThrow();
    return;
  }
  Self(isolate)->modules[path].Reset(isolate, fn);
  info.GetReturnValue().Set(fn);
}

void RunMicrotasks(const FunctionCallbackInfo<Value>& info) { info.GetIsolate()->PerformMicrotaskCheckpoint(); }

void Now(const FunctionCallbackInfo<Value>& info) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  info.GetReturnValue().Set(static_cast<double>(t.tv_sec) * 1e3 + static_cast<double>(t.tv_nsec) / 1e6);
}

void PromiseState(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  if (!info[0]->IsPromise()) return;
  auto promise = info[0].As<v8::Promise>();
  Local<Value> pair[] = {v8::Integer::New(isolate, promise->State()), v8::Undefined(isolate)};
  if (promise->State() != v8::Promise::kPending) pair[1] = promise->Result();
  info.GetReturnValue().Set(v8::Array::New(isolate, pair, 2));
}

void ProxyDetails(const FunctionCallbackInfo<Value>& info) {
  if (!info[0]->IsProxy()) return;
  auto proxy = info[0].As<v8::Proxy>();
  Local<Value> pair[] = {proxy->GetTarget(), proxy->GetHandler()};
  info.GetReturnValue().Set(v8::Array::New(info.GetIsolate(), pair, 2));
}

void PreviewEntries(const FunctionCallbackInfo<Value>& info) {
  if (!info[0]->IsObject()) return;
  bool pairs;
  Local<v8::Array> entries;
  if (info[0].As<Object>()->PreviewEntries(&pairs).ToLocal(&entries)) info.GetReturnValue().Set(entries);
}

void ConstructorName(const FunctionCallbackInfo<Value>& info) {
  if (info[0]->IsObject()) info.GetReturnValue().Set(info[0].As<Object>()->GetConstructorName());
}

void Heap(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  Local<Context> context = isolate->GetCurrentContext();
  v8::HeapStatistics s;
  isolate->GetHeapStatistics(&s);
  Local<Object> o = Object::New(isolate);
  auto set = [&](const char* name, size_t n) {
    o->Set(context, Literal(isolate, name), v8::Number::New(isolate, static_cast<double>(n))).Check();
  };
  set("used", s.used_heap_size());
  set("total", s.total_heap_size());
  set("limit", s.heap_size_limit());
  set("external", s.external_memory());
  info.GetReturnValue().Set(o);
}

// structuredClone: data only. What cannot be cloned throws, with code DATA_CLONE_ERR.
class CloneDelegate : public v8::ValueSerializer::Delegate {
 public:
  explicit CloneDelegate(Isolate* isolate) : isolate_(isolate) {}
  void ThrowDataCloneError(Local<String> message) override {
    Local<Object> error = v8::Exception::Error(message).As<Object>();
    Local<Context> context = isolate_->GetCurrentContext();
    error->Set(context, Literal(isolate_, "name"), Literal(isolate_, "DataCloneError")).FromMaybe(false);
    error->Set(context, Literal(isolate_, "code"), Literal(isolate_, "DATA_CLONE_ERR")).FromMaybe(false);
    isolate_->ThrowException(error);
  }

 private:
  Isolate* isolate_;
};

void StructuredClone(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  Local<Context> context = isolate->GetCurrentContext();
  CloneDelegate delegate(isolate);
  v8::ValueSerializer serializer(isolate, &delegate);
  serializer.WriteHeader();
  if (serializer.WriteValue(context, info[0]).IsNothing()) return;
  auto [data, size] = serializer.Release();
  std::unique_ptr<uint8_t, decltype(&free)> owned(data, &free);
  v8::ValueDeserializer deserializer(isolate, data, size);
  Local<Value> value;
  if (deserializer.ReadHeader(context).IsNothing() || !deserializer.ReadValue(context).ToLocal(&value)) return;
  info.GetReturnValue().Set(value);
}

const struct {
  const char* name;
  v8::FunctionCallback callback;
} kFunctions[] = {
    {"post", Post},
    {"call", Call},
    {"compile", Compile},
    {"source", Source},
    {"runMicrotasks", RunMicrotasks},
    {"now", Now},
    {"promiseState", PromiseState},
    {"proxyDetails", ProxyDetails},
    {"previewEntries", PreviewEntries},
    {"constructorName", ConstructorName},
    {"heap", Heap},
    {"encode", Encode},
    {"decode", Decode},
    {"bytesToString", BytesToString},
    {"stringToBytes", StringToBytes},
    {"structuredClone", StructuredClone},
};
constexpr size_t kCount = sizeof kFunctions / sizeof kFunctions[0];

}  // namespace

const intptr_t* ExternalReferences() {
  static intptr_t list[kCount + 1];
  for (size_t i = 0; i < kCount; i++) list[i] = reinterpret_cast<intptr_t>(kFunctions[i].callback);
  return list;
}

void InstallNative(Isolate* isolate, Local<Context> context) {
  Local<Object> native = Object::New(isolate);
  for (const auto& f : kFunctions) {
    Local<String> name = Literal(isolate, f.name);
    Local<Function> fn =
        v8::FunctionTemplate::New(isolate, f.callback, {}, {}, 0, v8::ConstructorBehavior::kThrow)
            ->GetFunction(context)
            .ToLocalChecked();
    fn->SetName(name);
    native->Set(context, name, fn).Check();
  }
  // V8's own builtins: a call of a few nanoseconds.
  Local<Object> extras = context->GetExtrasBindingObject();
  for (auto [ours, theirs] : {std::pair{"getContinuation", "getContinuationPreservedEmbedderData"},
                              std::pair{"setContinuation", "setContinuationPreservedEmbedderData"}}) {
    Local<Value> fn = extras->Get(context, Literal(isolate, theirs)).ToLocalChecked();
    native->Set(context, Literal(isolate, ours), fn).Check();
  }
  context->Global()
      ->DefineOwnProperty(context, Literal(isolate, "__native"), native, v8::DontEnum)
      .Check();
}

}  // namespace onward
