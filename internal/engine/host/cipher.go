package host

import (
	"bytes"
	"crypto/aes"
	"crypto/cipher"
	"crypto/subtle"
	"encoding/binary"

	"golang.org/x/crypto/chacha20poly1305"
)

// cipherArgs describe one use of a symmetric cipher. The body is key, iv,
// additional data and data, one after the other.
type cipherArgs struct {
	// Mode is cbc, ctr, ecb, gcm, kw or chacha20-poly1305.
	Mode    string `json:"mode"`
	Decrypt bool   `json:"decrypt"`
	Key     int    `json:"key"`
	IV      int    `json:"iv"`
	AAD     int    `json:"aad"`
	// Tag is the length of the authentication tag, which follows the data.
	Tag int `json:"tag"`
	// Padding adds or checks PKCS #7 (cbc, ecb).
	Padding bool `json:"padding"`
}

// cipherOps:
//
//	cipher.run  text: cipherArgs, body: key, iv, aad, data → result
func cipherOps() map[string]SyncFunc {
	return map[string]SyncFunc{"cipher.run": func(_ *Env, text string, body []byte) (Value, error) {
		var a cipherArgs
		if err := read(text, &a); err != nil {
			return Value{}, err
		}
		if a.Key < 0 || a.IV < 0 || a.AAD < 0 || a.Key+a.IV+a.AAD > len(body) {
			return Value{}, failf("ERR_OUT_OF_RANGE", "malformed arguments of a cipher")
		}
		key, rest := body[:a.Key], body[a.Key:]
		iv, rest := rest[:a.IV], rest[a.IV:]
		out, err := runCipher(&a, key, iv, rest[:a.AAD], rest[a.AAD:])
		if err != nil {
			return Value{}, err
		}
		return bytesValue(out), nil
	}}
}

var (
	errBadDecrypt = failf("ERR_OSSL_BAD_DECRYPT", "error:1C800064:Provider routines::bad decrypt")
	errBlockSize  = failf("ERR_OSSL_WRONG_FINAL_BLOCK_LENGTH", "error:1C80006B:Provider routines::wrong final block length")
	errAuth       = failf("", "Unsupported state or unable to authenticate data")
)

func runCipher(a *cipherArgs, key, iv, aad, data []byte) ([]byte, error) {
	if a.Mode == "chacha20-poly1305" {
		aead, err := chacha20poly1305.New(key)
		if err != nil {
			return nil, failf("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length")
		}
		if len(iv) != aead.NonceSize() {
			return nil, failf("ERR_CRYPTO_INVALID_IV", "Invalid initialization vector")
		}
		return runAEAD(aead, a.Decrypt, iv, aad, data)
	}
	block, err := aes.NewCipher(key)
	if err != nil {
		return nil, failf("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key length")
	}
	if (a.Mode == "cbc" || a.Mode == "ctr") && len(iv) != aes.BlockSize {
		return nil, failf("ERR_CRYPTO_INVALID_IV", "Invalid initialization vector")
	}
	switch a.Mode {
	case "gcm":
		return runGCM(block, a, iv, aad, data)
	case "ctr":
		out := make([]byte, len(data))
		cipher.NewCTR(block, iv).XORKeyStream(out, data)
		return out, nil
	case "cbc", "ecb":
		return runBlocks(block, a, iv, data)
	case "kw":
		if a.Decrypt {
			return unwrapKey(block, data)
		}
		return wrapKey(block, data)
	}
	return nil, failf("ERR_CRYPTO_UNKNOWN_CIPHER", "Unknown cipher")
}

func runAEAD(aead cipher.AEAD, decrypt bool, iv, aad, data []byte) ([]byte, error) {
	if !decrypt {
		return aead.Seal(nil, iv, data, aad), nil
	}
	out, err := aead.Open(nil, iv, data, aad)
	if err != nil {
		return nil, errAuth
	}
	return out, nil
}

func runGCM(block cipher.Block, a *cipherArgs, iv, aad, data []byte) ([]byte, error) {
	if len(iv) == 0 {
		return nil, failf("ERR_CRYPTO_INVALID_IV", "Invalid initialization vector")
	}
	tag := a.Tag
	if tag == 0 {
		tag = 16
	}
	if tag == 16 || tag >= 12 && tag <= 15 && len(iv) == 12 {
		var aead cipher.AEAD
		var err error
		if len(iv) == 12 {
			aead, err = cipher.NewGCMWithTagSize(block, tag)
		} else {
			aead, err = cipher.NewGCMWithNonceSize(block, len(iv))
		}
		if err != nil {
			return nil, failf("ERR_CRYPTO_INVALID_AUTH_TAG", "Invalid authentication tag length: %d", tag)
		}
		return runAEAD(aead, a.Decrypt, iv, aad, data)
	}
	// A short tag is the beginning of the whole one.
	if tag != 4 && tag != 8 && (tag < 12 || tag > 15) {
		return nil, failf("ERR_CRYPTO_INVALID_AUTH_TAG", "Invalid authentication tag length: %d", tag)
	}
	aead, err := cipher.NewGCMWithNonceSize(block, len(iv))
	if err != nil {
		return nil, failf("ERR_CRYPTO_INVALID_IV", "Invalid initialization vector")
	}
	if !a.Decrypt {
		sealed := aead.Seal(nil, iv, data, aad)
		return sealed[:len(data)+tag], nil
	}
	if len(data) < tag {
		return nil, errAuth
	}
	text, given := data[:len(data)-tag], data[len(data)-tag:]
	// In counter mode sealing the cipher text gives the plain text ...
	plain := aead.Seal(nil, iv, text, nil)[:len(text)]
	// ... and sealing that again gives the tag to compare with.
	if subtle.ConstantTimeCompare(aead.Seal(nil, iv, plain, aad)[len(plain):][:tag], given) != 1 {
		return nil, errAuth
	}
	return plain, nil
}

func runBlocks(block cipher.Block, a *cipherArgs, iv, data []byte) ([]byte, error) {
	const size = aes.BlockSize
	out := bytes.Clone(data)
	if !a.Decrypt && a.Padding {
		n := size - len(out)%size
		out = append(out, bytes.Repeat([]byte{byte(n)}, n)...)
	}
	if len(out)%size != 0 || (a.Decrypt && a.Padding && len(out) == 0) {
		return nil, errBlockSize
	}
	switch {
	case a.Mode == "ecb":
		for i := 0; i < len(out); i += size {
			if a.Decrypt {
				block.Decrypt(out[i:i+size], out[i:i+size])
			} else {
				block.Encrypt(out[i:i+size], out[i:i+size])
			}
		}
	case a.Decrypt:
		cipher.NewCBCDecrypter(block, iv).CryptBlocks(out, out)
	default:
		cipher.NewCBCEncrypter(block, iv).CryptBlocks(out, out)
	}
	if !a.Decrypt || !a.Padding {
		return out, nil
	}
	n := int(out[len(out)-1])
	if n < 1 || n > size {
		return nil, errBadDecrypt
	}
	for _, b := range out[len(out)-n:] {
		if int(b) != n {
			return nil, errBadDecrypt
		}
	}
	return out[:len(out)-n], nil
}

// AES Key Wrap of RFC 3394.
var wrapIV = []byte{0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6, 0xa6}

func wrapKey(block cipher.Block, key []byte) ([]byte, error) {
	if len(key)%8 != 0 || len(key) < 16 {
		return nil, failf("ERR_CRYPTO_OPERATION_FAILED", "a key to wrap must be a multiple of 8 bytes, at least 16")
	}
	out := append(bytes.Clone(wrapIV), key...)
	buf := make([]byte, 16)
	n := len(key) / 8
	for j := range 6 {
		for i := 1; i <= n; i++ {
			copy(buf, out[:8])
			copy(buf[8:], out[8*i:8*i+8])
			block.Encrypt(buf, buf)
			binary.BigEndian.PutUint64(buf, binary.BigEndian.Uint64(buf)^uint64(n*j+i))
			copy(out, buf[:8])
			copy(out[8*i:], buf[8:])
		}
	}
	return out, nil
}

func unwrapKey(block cipher.Block, wrapped []byte) ([]byte, error) {
	if len(wrapped)%8 != 0 || len(wrapped) < 24 {
		return nil, failf("ERR_CRYPTO_OPERATION_FAILED", "a wrapped key must be a multiple of 8 bytes, at least 24")
	}
	out := bytes.Clone(wrapped)
	buf := make([]byte, 16)
	n := len(wrapped)/8 - 1
	for j := 5; j >= 0; j-- {
		for i := n; i >= 1; i-- {
			binary.BigEndian.PutUint64(buf, binary.BigEndian.Uint64(out[:8])^uint64(n*j+i))
			copy(buf[8:], out[8*i:8*i+8])
			block.Decrypt(buf, buf)
			copy(out, buf[:8])
			copy(out[8*i:], buf[8:])
		}
	}
	if subtle.ConstantTimeCompare(out[:8], wrapIV) != 1 {
		return nil, failf("ERR_CRYPTO_OPERATION_FAILED", "the wrapped key is not valid")
	}
	return out[8:], nil
}
