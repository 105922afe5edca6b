package host

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/md5"
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha3"
	"crypto/sha512"
	"encoding"
	"fmt"
	"hash"
	"strings"

	"golang.org/x/crypto/blake2b"
	"golang.org/x/crypto/blake2s"
	//lint:ignore SA1019 node:crypto has it for old data
	"golang.org/x/crypto/ripemd160"
	"golang.org/x/crypto/scrypt"
)

// hashes by Node's name in lower case.
var hashes = map[string]func() hash.Hash{
	"md5":        md5.New,
	"sha1":       sha1.New,
	"sha224":     sha256.New224,
	"sha256":     sha256.New,
	"sha384":     sha512.New384,
	"sha512":     sha512.New,
	"sha512-224": sha512.New512_224,
	"sha512-256": sha512.New512_256,
	"sha3-224":   func() hash.Hash { return sha3.New224() },
	"sha3-256":   func() hash.Hash { return sha3.New256() },
	"sha3-384":   func() hash.Hash { return sha3.New384() },
	"sha3-512":   func() hash.Hash { return sha3.New512() },
	"ripemd160":  ripemd160.New,
	"blake2b512": func() hash.Hash { h, _ := blake2b.New512(nil); return h },
	"blake2s256": func() hash.Hash { h, _ := blake2s.New256(nil); return h },
}

func hashNamed(name string) (func() hash.Hash, error) {
	name = strings.ToLower(name)
	if h := hashes[name]; h != nil {
		return h, nil
	}
	// "SHA-256", "RSA-SHA256" and "sha512/256" mean the same hashes.
	short := strings.TrimPrefix(name, "rsa-")
	short = strings.Replace(short, "/", "-", 1)
	if h := hashes[short]; h != nil {
		return h, nil
	}
	if rest, ok := strings.CutPrefix(short, "sha-"); ok && hashes["sha"+rest] != nil {
		return hashes["sha"+rest], nil
	}
	if short == "rmd160" || short == "ripemd" {
		return ripemd160.New, nil
	}
	return nil, failf("ERR_OSSL_EVP_UNSUPPORTED", "Digest method not supported")
}

// hashOps:
//
//	hash.digest  text: algorithm, body: data → digest
//	hash.size    text: algorithm → [digest bytes, block bytes]; fails when unknown
//	hash.state   text: algorithm + "\n" + length of the state, body: state then data → new state
//	             (an empty state begins; states are opaque and never leave the worker)
//	hash.finish  the same, → digest
//	hash.hmac    text: algorithm + "\n" + length of the key, body: key then data → code
//	random       text: byte count (at most 65,536 at a time) → bytes
//	kdf.pbkdf2   text: {hash, iterations, length, salt: length of salt}, body: salt then password → key
//	kdf.scrypt   text: {n, r, p, maxmem, length, salt}, body: salt then password → key
//	kdf.hkdf     text: {hash, length, salt, info: lengths}, body: salt, info, then key → key
func hashOps(o *Options) map[string]SyncFunc {
	return map[string]SyncFunc{
		"hash.digest": func(_ *Env, text string, body []byte) (Value, error) {
			if strings.EqualFold(text, "sha256") {
				sum := sha256.Sum256(body)
				return bytesValue(sum[:]), nil
			}
			h, err := hashNamed(text)
			if err != nil {
				return Value{}, err
			}
			w := h()
			w.Write(body)
			return bytesValue(w.Sum(nil)), nil
		},
		"hash.size": func(_ *Env, text string, _ []byte) (Value, error) {
			h, err := hashNamed(text)
			if err != nil {
				return Value{}, err
			}
			w := h()
			return answer([2]int{w.Size(), w.BlockSize()})
		},
		"hash.state": func(_ *Env, text string, body []byte) (Value, error) {
			w, err := resumeHash(text, body)
			if err != nil {
				return Value{}, err
			}
			m, ok := w.(encoding.BinaryMarshaler)
			if !ok {
				return Value{}, failf("ERR_OSSL_EVP_UNSUPPORTED", "this digest cannot be computed in pieces")
			}
			state, err := m.MarshalBinary()
			return bytesValue(state), err
		},
		"hash.finish": func(_ *Env, text string, body []byte) (Value, error) {
			w, err := resumeHash(text, body)
			if err != nil {
				return Value{}, err
			}
			return bytesValue(w.Sum(nil)), nil
		},
		"hash.hmac": func(_ *Env, text string, body []byte) (Value, error) {
			name, n, err := nameAndLength(text, len(body))
			if err != nil {
				return Value{}, err
			}
			h, err := hashNamed(name)
			if err != nil {
				return Value{}, err
			}
			m := hmac.New(h, body[:n])
			m.Write(body[n:])
			return bytesValue(m.Sum(nil)), nil
		},
		"random": func(_ *Env, text string, _ []byte) (Value, error) {
			var n int
			if err := read(text, &n); err != nil || n < 0 || n > 65536 {
				return Value{}, failf("ERR_OUT_OF_RANGE", "random: at most 65536 bytes at a time")
			}
			b := make([]byte, n)
			rand.Read(b)
			return bytesValue(b), nil
		},
		"kdf.pbkdf2": kdfPBKDF2,
		"kdf.scrypt": func(_ *Env, text string, body []byte) (Value, error) { return kdfScrypt(o.MaxHashMemory, text, body) },
		"kdf.hkdf":   kdfHKDF,
	}
}

func nameAndLength(text string, most int) (string, int, error) {
	name, count, _ := strings.Cut(text, "\n")
	n := 0
	if count != "" {
		if _, err := fmt.Sscan(count, &n); err != nil || n < 0 || n > most {
			return "", 0, failf("ERR_OUT_OF_RANGE", "malformed arguments of a hash operation")
		}
	}
	return name, n, nil
}

func resumeHash(text string, body []byte) (hash.Hash, error) {
	name, n, err := nameAndLength(text, len(body))
	if err != nil {
		return nil, err
	}
	h, err := hashNamed(name)
	if err != nil {
		return nil, err
	}
	w := h()
	if n > 0 {
		u, ok := w.(encoding.BinaryUnmarshaler)
		if !ok {
			return nil, failf("ERR_OSSL_EVP_UNSUPPORTED", "this digest cannot be computed in pieces")
		}
		if err := u.UnmarshalBinary(body[:n]); err != nil {
			return nil, failf("ERR_INVALID_STATE", "malformed state of a hash: %v", err)
		}
	}
	w.Write(body[n:])
	return w, nil
}

type kdfArgs struct {
	Hash       string `json:"hash"`
	Iterations int    `json:"iterations"`
	Length     int    `json:"length"`
	Salt       int    `json:"salt"`
	Info       int    `json:"info"`
	N          int    `json:"n"`
	R          int    `json:"r"`
	P          int    `json:"p"`
	MaxMem     int64  `json:"maxmem"`
}

// The longest key a derivation may make.
const mostKeyBytes = 1 << 20

func readKDF(text string, body []byte) (a kdfArgs, salt, info, key []byte, err error) {
	if err = read(text, &a); err != nil {
		return
	}
	if a.Salt < 0 || a.Info < 0 || a.Salt > len(body) || a.Info > len(body)-a.Salt || a.Length < 0 || a.Length > mostKeyBytes {
		err = failf("ERR_OUT_OF_RANGE", "key derivation: at most %d bytes can be derived", mostKeyBytes)
		return
	}
	return a, body[:a.Salt], body[a.Salt : a.Salt+a.Info], body[a.Salt+a.Info:], nil
}

func kdfPBKDF2(_ *Env, text string, body []byte) (Value, error) {
	a, salt, _, password, err := readKDF(text, body)
	if err != nil {
		return Value{}, err
	}
	h, err := hashNamed(a.Hash)
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", a.Hash)
	}
	// Work grows with iterations times blocks: keep one call from taking a core for minutes.
	if a.Iterations < 1 || int64(a.Iterations)*int64(1+a.Length/h().Size()) > 100_000_000 {
		return Value{}, failf("ERR_OUT_OF_RANGE", "pbkdf2: %d iterations for %d bytes is out of range", a.Iterations, a.Length)
	}
	if a.Length == 0 {
		return bytesValue(nil), nil
	}
	key, err := pbkdf2.Key(h, string(password), salt, a.Iterations, a.Length)
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_PBKDF2_ERROR", "PBKDF2 failed: %v", err)
	}
	return bytesValue(key), nil
}

func kdfScrypt(most int64, text string, body []byte) (Value, error) {
	a, salt, _, password, err := readKDF(text, body)
	if err != nil {
		return Value{}, err
	}
	memory := 128 * int64(a.N) * int64(a.R)
	if a.N <= 1 || a.N&(a.N-1) != 0 || a.R < 1 || a.P < 1 || a.R > 1<<16 || a.N > 1<<30 || int64(a.P)*int64(a.R) >= 1<<30 {
		return Value{}, failf("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params")
	}
	if memory+128*int64(a.P)*int64(a.R) > max(a.MaxMem, 0) {
		return Value{}, failf("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params: memory limit exceeded")
	}
	if memory > most || int64(a.P) > 1024 {
		return Value{}, failf("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "scrypt: these parameters need more than the engine's limit of %d MB", most>>20)
	}
	if a.Length == 0 {
		return bytesValue(nil), nil
	}
	key, err := scrypt.Key(password, salt, a.N, a.R, a.P, a.Length)
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_INVALID_SCRYPT_PARAMS", "Invalid scrypt params: %v", err)
	}
	return bytesValue(key), nil
}

func kdfHKDF(_ *Env, text string, body []byte) (Value, error) {
	a, salt, info, secret, err := readKDF(text, body)
	if err != nil {
		return Value{}, err
	}
	h, err := hashNamed(a.Hash)
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", a.Hash)
	}
	if a.Length == 0 {
		return bytesValue(nil), nil
	}
	key, err := hkdf.Key(h, secret, salt, string(info), a.Length)
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length")
	}
	return bytesValue(key), nil
}
