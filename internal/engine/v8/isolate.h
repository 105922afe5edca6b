// What the C++ files of the binding share: the isolate's own data, the native
// functions, and strings across the border.
#ifndef ONWARD_V8_ISOLATE_H_
#define ONWARD_V8_ISOLATE_H_

#if !__has_include(<v8.h>)
#error "V8 headers not found: run `make setup` in the checkout of github.com/onwardjs/onward"
#endif

#include <v8.h>

#include <atomic>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "binding.h"

namespace onward {

// A growing byte buffer that never zeroes what it is about to overwrite.
class Bytes {
 public:
  ~Bytes() { free(data_); }
  // Makes room for n more bytes; false when memory is gone.
  bool Reserve(size_t n) {
    if (size_ + n <= capacity_) return true;
    size_t capacity = capacity_ * 2 > size_ + n ? capacity_ * 2 : size_ + n;
    if (capacity < 4096) capacity = 4096;
    auto* data = static_cast<uint8_t*>(realloc(data_, capacity));
    if (data == nullptr) return false;
    data_ = data;
    capacity_ = capacity;
    return true;
  }
  uint8_t* end() { return data_ + size_; }
  void Grow(size_t n) { size_ += n; }
  void Truncate(size_t n) { size_ = n; }
  // Empties the buffer and gives a large one back.
  void Clear() {
    size_ = 0;
    if (capacity_ > kKeep) {
      free(data_);
      data_ = nullptr;
      capacity_ = 0;
    }
  }
  uint8_t* data() { return data_; }
  size_t size() const { return size_; }

 private:
  static constexpr size_t kKeep = 1 << 20;
  uint8_t* data_ = nullptr;
  size_t size_ = 0;
  size_t capacity_ = 0;
};

// Counts the ArrayBuffers of one isolate and refuses those beyond its limit.
class QuotaAllocator : public v8::ArrayBuffer::Allocator {
 public:
  QuotaAllocator(size_t limit)
      : limit_(limit), inner_(v8::ArrayBuffer::Allocator::NewDefaultAllocator()) {}
  void* Allocate(size_t n) override {
    if (!Take(n)) return nullptr;
    void* p = inner_->Allocate(n);
    if (p == nullptr) used_ -= n;
    return p;
  }
  void* AllocateUninitialized(size_t n) override {
    if (!Take(n)) return nullptr;
    void* p = inner_->AllocateUninitialized(n);
    if (p == nullptr) used_ -= n;
    return p;
  }
  void Free(void* data, size_t n) override {
    used_ -= n;
    inner_->Free(data, n);
  }
  v8::PageAllocator* GetPageAllocator() override { return inner_->GetPageAllocator(); }
  size_t MaxAllocationSize() const override { return inner_->MaxAllocationSize(); }

  size_t used() const { return used_.load(std::memory_order_relaxed); }
  bool refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  bool Take(size_t n) {
    if (used_.fetch_add(n) + n <= limit_) return true;
    used_ -= n;
    refused_ = true;
    return false;
  }
  const size_t limit_;
  std::unique_ptr<v8::ArrayBuffer::Allocator> inner_;
  std::atomic<size_t> used_{0};
  std::atomic<bool> refused_{false};
};

struct Rejection {
  v8::PromiseRejectEvent event;
  v8::Global<v8::Promise> promise;
  v8::Global<v8::Value> reason;
  v8::Global<v8::Value> frame;  // the context in which it happened
};

class Debugger;

}  // namespace onward

struct ow_isolate {
  ow_shared shared;
  // V8 keeps the address of this, not a copy, and reads it for each code cache.
  v8::StartupData snapshot;
  uintptr_t token;
  size_t out_limit;
  int64_t unwanted;  // turn_start of the message that ow_interrupt shall stop; atomic
  std::string stopped_at;  // the stack of the script when it was stopped
  v8::Isolate* isolate;
  v8::Global<v8::Context> context;
  v8::Global<v8::Function> dispatch;
  std::shared_ptr<onward::QuotaAllocator> allocator;
  onward::Bytes out;
  std::vector<onward::Rejection> rejections;
  // Modules compiled here, for their code caches.
  std::unordered_map<std::string, v8::Global<v8::Function>> modules;
  onward::Debugger* debugger = nullptr;
};

namespace onward {

inline ow_isolate* Self(v8::Isolate* isolate) {
  return static_cast<ow_isolate*>(isolate->GetData(0));
}

// Defines globalThis.__native in context.
void InstallNative(v8::Isolate* isolate, v8::Local<v8::Context> context);
// The addresses that a snapshot may mention; ends in 0.
const intptr_t* ExternalReferences();

// Runs the runtime script; false with *error set when it throws.
bool RunScript(v8::Isolate* isolate, v8::Local<v8::Context> context, const uint8_t* script, size_t len,
               const char* name, std::string* error);
// Does what a debugger asks for by now, if the isolate has one; ends it.
void DrainDebugger(ow_isolate* self);
void EndDebugger(ow_isolate* self);
// A malloc'd copy for Go.
char* Copy(const std::string& s);

// Text across the border.
bool IsAscii(const uint8_t* p, size_t n);
bool IsUtf8(const uint8_t* p, size_t n);
v8::MaybeLocal<v8::String> NewString(v8::Isolate* isolate, const uint8_t* p, size_t n);
// Appends the string as UTF-8 (lone surrogates become U+FFFD) and returns its
// bytes; -1 when out would pass limit.
int64_t AppendUtf8(v8::Isolate* isolate, v8::Local<v8::String> text, Bytes* out, size_t limit);
// A Uint8Array with a copy of p; empty when the quota is used up (no exception is pending).
v8::MaybeLocal<v8::Uint8Array> NewBytes(v8::Isolate* isolate, const uint8_t* p, size_t n);
// A Uint8Array of n uninitialised bytes and where they lie.
v8::MaybeLocal<v8::Uint8Array> NewBytes(v8::Isolate* isolate, size_t n, uint8_t** data);

// "hex", "base64", "base64url", "latin1", "utf16le", "ascii": see native.d.ts.
void BytesToString(const v8::FunctionCallbackInfo<v8::Value>& info);
void StringToBytes(const v8::FunctionCallbackInfo<v8::Value>& info);
void Encode(const v8::FunctionCallbackInfo<v8::Value>& info);
void Decode(const v8::FunctionCallbackInfo<v8::Value>& info);

inline v8::Local<v8::String> Literal(v8::Isolate* isolate, const char* text) {
  return v8::String::NewFromUtf8(isolate, text, v8::NewStringType::kInternalized).ToLocalChecked();
}
void Throw(v8::Isolate* isolate, const char* message);
void ThrowType(v8::Isolate* isolate, const char* message);

}  // namespace onward

// Implemented in Go (callback.go).
extern "C" {
extern void ow_go_call(uintptr_t token, uint8_t* op, size_t op_len, uint8_t* text, size_t text_len, uint8_t* body,
                       size_t body_len, ow_answer* answer);
extern void ow_go_load(uintptr_t token, uint8_t* path, size_t path_len, ow_answer* answer);
extern void ow_go_lost(uintptr_t token);
extern void ow_go_wake(uintptr_t token);
extern int ow_go_debug_next(uintptr_t token, int wait, ow_buffer* message);
extern void ow_go_debug_send(uintptr_t token, uint8_t* message, size_t len);
}

#endif  // ONWARD_V8_ISOLATE_H_
