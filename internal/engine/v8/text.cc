//go:build cgo && !onward_nov8

// Strings and bytes across the border, without a slow path: one-byte strings
// are copied when they are ASCII, two-byte strings go through a UTF-16 to UTF-8
// conversion that takes ASCII runs eight at a time.

#include <string.h>

#include <string>

#include "isolate.h"

namespace onward {

using v8::FunctionCallbackInfo;
using v8::Isolate;
using v8::Local;
using v8::MaybeLocal;
using v8::String;
using v8::Uint8Array;
using v8::Value;

namespace {

constexpr uint64_t kHigh8 = 0x8080808080808080ull;
constexpr uint64_t kHigh16 = 0xff80ff80ff80ff80ull;

inline uint64_t Load64(const void* p) {
  uint64_t v;
  memcpy(&v, p, 8);
  return v;
}

// Writes latin-1 as UTF-8; out has room for 2n.
size_t Latin1ToUtf8(const uint8_t* p, size_t n, uint8_t* out) {
  uint8_t* start = out;
  for (size_t i = 0; i < n;) {
    if (i + 8 <= n && (Load64(p + i) & kHigh8) == 0) {
      memcpy(out, p + i, 8);
      out += 8;
      i += 8;
      continue;
    }
    uint8_t c = p[i++];
    if (c < 0x80) {
      *out++ = c;
    } else {
      *out++ = 0xc0 | (c >> 6);
      *out++ = 0x80 | (c & 0x3f);
    }
  }
  return out - start;
}

// Writes UTF-16 as UTF-8; out has room for 3n.
size_t Utf16ToUtf8(const uint16_t* p, size_t n, uint8_t* out) {
  uint8_t* start = out;
  for (size_t i = 0; i < n;) {
    while (i + 8 <= n) {
      uint64_t a = Load64(p + i), b = Load64(p + i + 4);
      if (((a | b) & kHigh16) != 0) break;
      // Plain loop over eight: compilers turn it into one pack instruction.
      for (int k = 0; k < 8; k++) out[k] = static_cast<uint8_t>(p[i + k]);
      out += 8;
      i += 8;
    }
    if (i >= n) break;
    uint32_t c = p[i++];
    if (c < 0x80) {
      *out++ = c;
    } else if (c < 0x800) {
      *out++ = 0xc0 | (c >> 6);
      *out++ = 0x80 | (c & 0x3f);
    } else {
      if (c >= 0xd800 && c <= 0xdfff) {
        if (c < 0xdc00 && i < n && (p[i] & 0xfc00) == 0xdc00) {
          c = 0x10000 + ((c - 0xd800) << 10) + (p[i++] - 0xdc00);
          *out++ = 0xf0 | (c >> 18);
          *out++ = 0x80 | ((c >> 12) & 0x3f);
          *out++ = 0x80 | ((c >> 6) & 0x3f);
          *out++ = 0x80 | (c & 0x3f);
          continue;
        }
        c = 0xfffd;
      }
      *out++ = 0xe0 | (c >> 12);
      *out++ = 0x80 | ((c >> 6) & 0x3f);
      *out++ = 0x80 | (c & 0x3f);
    }
  }
  return out - start;
}

const char kHex[] = "0123456789abcdef";
const char kBase64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const char kBase64Url[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

std::string ToBase64(const uint8_t* p, size_t n, const char* alphabet, bool pad) {
  std::string out;
  out.reserve((n + 2) / 3 * 4);
  size_t i = 0;
  for (; i + 3 <= n; i += 3) {
    uint32_t v = p[i] << 16 | p[i + 1] << 8 | p[i + 2];
    out += alphabet[v >> 18];
    out += alphabet[(v >> 12) & 63];
    out += alphabet[(v >> 6) & 63];
    out += alphabet[v & 63];
  }
  if (i < n) {
    uint32_t v = p[i] << 16 | (i + 1 < n ? p[i + 1] << 8 : 0);
    out += alphabet[v >> 18];
    out += alphabet[(v >> 12) & 63];
    if (i + 1 < n) {
      out += alphabet[(v >> 6) & 63];
    } else if (pad) {
      out += '=';
    }
    if (pad) out += '=';
  }
  return out;
}

inline int HexDigit(uint32_t c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

// Both alphabets, as Node reads them; -1 is skipped, '=' ends.
inline int Base64Digit(uint32_t c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '+' || c == '-') return 62;
  if (c == '/' || c == '_') return 63;
  return -1;
}

enum class Coding { kUnknown, kHex, kBase64, kBase64Url, kLatin1, kUtf16, kAscii, kUtf8 };

Coding CodingOf(Isolate* isolate, Local<Value> v) {
  if (!v->IsString()) return Coding::kUnknown;
  char name[12];
  Local<String> s = v.As<String>();
  if (s->Length() > 10) return Coding::kUnknown;
  size_t n = s->WriteUtf8V2(isolate, name, sizeof name - 1);
  name[n] = 0;
  if (!strcmp(name, "hex")) return Coding::kHex;
  if (!strcmp(name, "base64")) return Coding::kBase64;
  if (!strcmp(name, "base64url")) return Coding::kBase64Url;
  if (!strcmp(name, "latin1") || !strcmp(name, "binary")) return Coding::kLatin1;
  if (!strcmp(name, "utf16le") || !strcmp(name, "utf-16le") || !strcmp(name, "ucs2") || !strcmp(name, "ucs-2")) {
    return Coding::kUtf16;
  }
  if (!strcmp(name, "ascii")) return Coding::kAscii;
  if (!strcmp(name, "utf8") || !strcmp(name, "utf-8")) return Coding::kUtf8;
  return Coding::kUnknown;
}

// The bytes of a typed array or DataView argument; false after throwing.
bool BytesOf(Isolate* isolate, Local<Value> v, uint8_t** data, size_t* n) {
  if (!v->IsArrayBufferView()) {
    ThrowType(isolate, "a Uint8Array is expected");
    return false;
  }
  auto view = v.As<v8::ArrayBufferView>();
  *n = view->ByteLength();
  // Buffer() also brings small on-heap arrays out of the moving heap.
  *data = *n == 0 ? nullptr : static_cast<uint8_t*>(view->Buffer()->Data()) + view->ByteOffset();
  return true;
}

// Calls f with the characters of text, as uint8_t* or uint16_t*.
template <typename F>
void WithChars(Isolate* isolate, Local<String> text, F f) {
  String::ValueView view(isolate, text);
  if (view.is_one_byte()) {
    f(view.data8(), view.length());
  } else {
    f(view.data16(), view.length());
  }
}

void ReturnOneByte(const FunctionCallbackInfo<Value>& info, const char* p, size_t n) {
  Local<String> s;
  if (n <= static_cast<size_t>(String::kMaxLength) &&
      String::NewFromOneByte(info.GetIsolate(), reinterpret_cast<const uint8_t*>(p), v8::NewStringType::kNormal,
                             static_cast<int>(n))
          .ToLocal(&s)) {
    info.GetReturnValue().Set(s);
  } else {
    Throw(info.GetIsolate(), "string is too long");
  }
}

}  // namespace

bool IsAscii(const uint8_t* p, size_t n) {
  size_t i = 0;
  for (; i + 32 <= n; i += 32) {
    if ((Load64(p + i) | Load64(p + i + 8) | Load64(p + i + 16) | Load64(p + i + 24)) & kHigh8) return false;
  }
  uint8_t rest = 0;
  for (; i < n; i++) rest |= p[i];
  return rest < 0x80;
}

bool IsUtf8(const uint8_t* p, size_t n) {
  size_t i = 0;
  while (i < n) {
    if (i + 8 <= n && (Load64(p + i) & kHigh8) == 0) {
      i += 8;
      continue;
    }
    uint8_t c = p[i];
    if (c < 0x80) {
      i++;
      continue;
    }
    size_t more;
    uint8_t low = 0x80, high = 0xbf;  // bounds of the second byte
    if (c >= 0xc2 && c <= 0xdf) {
      more = 1;
    } else if (c >= 0xe0 && c <= 0xef) {
      more = 2;
      if (c == 0xe0) low = 0xa0;
      if (c == 0xed) high = 0x9f;
    } else if (c >= 0xf0 && c <= 0xf4) {
      more = 3;
      if (c == 0xf0) low = 0x90;
      if (c == 0xf4) high = 0x8f;
    } else {
      return false;
    }
    if (i + more >= n) return false;
    if (p[i + 1] < low || p[i + 1] > high) return false;
    for (size_t k = 2; k <= more; k++) {
      if ((p[i + k] & 0xc0) != 0x80) return false;
    }
    i += more + 1;
  }
  return true;
}

MaybeLocal<String> NewString(Isolate* isolate, const uint8_t* p, size_t n) {
  if (n > static_cast<size_t>(String::kMaxLength)) return {};
  if (n == 0) return String::Empty(isolate);
  if (IsAscii(p, n)) {
    return String::NewFromOneByte(isolate, p, v8::NewStringType::kNormal, static_cast<int>(n));
  }
  return String::NewFromUtf8(isolate, reinterpret_cast<const char*>(p), v8::NewStringType::kNormal,
                             static_cast<int>(n));
}

int64_t AppendUtf8(Isolate* isolate, Local<String> text, Bytes* out, size_t limit) {
  int64_t written = -1;
  WithChars(isolate, text, [&](auto* p, size_t n) {
    constexpr bool one = sizeof(*p) == 1;
    size_t most = n;
    if constexpr (one) {
      if (!IsAscii(p, n)) most = 2 * n;
    } else {
      most = 3 * n;
    }
    if (out->size() + n > limit || !out->Reserve(most)) return;
    if constexpr (one) {
      if (most == n) {
        memcpy(out->end(), p, n);
        written = n;
      } else {
        written = Latin1ToUtf8(p, n, out->end());
      }
    } else {
      written = Utf16ToUtf8(p, n, out->end());
    }
    out->Grow(written);
  });
  return written;
}

MaybeLocal<Uint8Array> NewBytes(Isolate* isolate, size_t n, uint8_t** data) {
  auto store = v8::ArrayBuffer::NewBackingStore(isolate, n, v8::BackingStoreInitializationMode::kUninitialized,
                                                v8::BackingStoreOnFailureMode::kReturnNull);
  if (store == nullptr) return {};
  *data = static_cast<uint8_t*>(store->Data());
  return Uint8Array::New(v8::ArrayBuffer::New(isolate, std::move(store)), 0, n);
}

MaybeLocal<Uint8Array> NewBytes(Isolate* isolate, const uint8_t* p, size_t n) {
  uint8_t* data;
  Local<Uint8Array> array;
  if (!NewBytes(isolate, n, &data).ToLocal(&array)) return {};
  if (n > 0) memcpy(data, p, n);
  return array;
}

void Throw(Isolate* isolate, const char* message) {
  isolate->ThrowException(v8::Exception::RangeError(Literal(isolate, message)));
}

void ThrowType(Isolate* isolate, const char* message) {
  isolate->ThrowException(v8::Exception::TypeError(Literal(isolate, message)));
}

void Encode(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  Local<String> text;
  if (!info[0]->ToString(isolate->GetCurrentContext()).ToLocal(&text)) return;
  Bytes out;
  if (AppendUtf8(isolate, text, &out, SIZE_MAX) < 0) return Throw(isolate, "out of memory");
  Local<Uint8Array> array;
  if (!NewBytes(isolate, out.data(), out.size()).ToLocal(&array)) return Throw(isolate, "Array buffer allocation failed");
  info.GetReturnValue().Set(array);
}

void Decode(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  uint8_t* data;
  size_t n;
  if (!BytesOf(isolate, info[0], &data, &n)) return;
  if (info[1]->IsTrue() && !IsUtf8(data, n)) return ThrowType(isolate, "The encoded data was not valid for encoding utf-8");
  Local<String> s;
  if (!NewString(isolate, data, n).ToLocal(&s)) return Throw(isolate, "string is too long");
  info.GetReturnValue().Set(s);
}

void BytesToString(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  uint8_t* data;
  size_t n;
  if (!BytesOf(isolate, info[0], &data, &n)) return;
  switch (CodingOf(isolate, info[1])) {
    case Coding::kHex: {
      std::string out(n * 2, 0);
      for (size_t i = 0; i < n; i++) {
        out[2 * i] = kHex[data[i] >> 4];
        out[2 * i + 1] = kHex[data[i] & 15];
      }
      return ReturnOneByte(info, out.data(), out.size());
    }
    case Coding::kBase64: {
      std::string out = ToBase64(data, n, kBase64, true);
      return ReturnOneByte(info, out.data(), out.size());
    }
    case Coding::kBase64Url: {
      std::string out = ToBase64(data, n, kBase64Url, false);
      return ReturnOneByte(info, out.data(), out.size());
    }
    case Coding::kLatin1:
      return ReturnOneByte(info, reinterpret_cast<char*>(data), n);
    case Coding::kAscii: {
      std::string out(n, 0);
      for (size_t i = 0; i < n; i++) out[i] = static_cast<char>(data[i] & 0x7f);
      return ReturnOneByte(info, out.data(), out.size());
    }
    case Coding::kUtf16: {
      std::u16string units(n / 2, 0);
      memcpy(units.data(), data, n / 2 * 2);
      Local<String> s;
      if (units.size() <= static_cast<size_t>(String::kMaxLength) &&
          String::NewFromTwoByte(isolate, reinterpret_cast<const uint16_t*>(units.data()), v8::NewStringType::kNormal,
                                 static_cast<int>(units.size()))
              .ToLocal(&s)) {
        return info.GetReturnValue().Set(s);
      }
      return Throw(isolate, "string is too long");
    }
    case Coding::kUtf8: {
      Local<String> s;
      if (!NewString(isolate, data, n).ToLocal(&s)) return Throw(isolate, "string is too long");
      return info.GetReturnValue().Set(s);
    }
    case Coding::kUnknown:
      return ThrowType(isolate, "unknown encoding");
  }
}

void StringToBytes(const FunctionCallbackInfo<Value>& info) {
  Isolate* isolate = info.GetIsolate();
  Local<String> text;
  if (!info[0]->ToString(isolate->GetCurrentContext()).ToLocal(&text)) return;
  Coding coding = CodingOf(isolate, info[1]);
  if (coding == Coding::kUnknown) return ThrowType(isolate, "unknown encoding");
  if (coding == Coding::kUtf8) return Encode(info);
  Bytes out;
  if (!out.Reserve(static_cast<size_t>(text->Length()) * 2)) return Throw(isolate, "out of memory");
  uint8_t* o = out.end();
  WithChars(isolate, text, [&](auto* p, size_t n) {
    switch (coding) {
      case Coding::kHex:
        for (size_t i = 0; i + 1 < n; i += 2) {
          int high = HexDigit(p[i]), low = HexDigit(p[i + 1]);
          if (high < 0 || low < 0) break;
          *o++ = static_cast<uint8_t>(high << 4 | low);
        }
        break;
      case Coding::kBase64:
      case Coding::kBase64Url: {
        uint32_t bits = 0;
        int have = 0;
        for (size_t i = 0; i < n && p[i] != '='; i++) {
          int d = Base64Digit(p[i]);
          if (d < 0) continue;
          bits = bits << 6 | d;
          have += 6;
          if (have >= 8) {
            have -= 8;
            *o++ = static_cast<uint8_t>(bits >> have);
          }
        }
        break;
      }
      case Coding::kUtf16:
        for (size_t i = 0; i < n; i++) {
          *o++ = static_cast<uint8_t>(p[i]);
          *o++ = static_cast<uint8_t>(static_cast<uint16_t>(p[i]) >> 8);
        }
        break;
      default:  // latin1, ascii
        for (size_t i = 0; i < n; i++) *o++ = static_cast<uint8_t>(p[i]);
    }
  });
  Local<Uint8Array> array;
  if (!NewBytes(isolate, out.data(), o - out.data()).ToLocal(&array)) {
    return Throw(isolate, "Array buffer allocation failed");
  }
  info.GetReturnValue().Set(array);
}

}  // namespace onward
