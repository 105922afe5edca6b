package host

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"encoding/asn1"
	"math/big"
	"strings"
)

// cryptoHashes are those that signatures name.
var cryptoHashes = map[string]crypto.Hash{
	"md5": crypto.MD5, "sha1": crypto.SHA1, "sha224": crypto.SHA224, "sha256": crypto.SHA256, "sha384": crypto.SHA384, "sha512": crypto.SHA512,
	"sha512-224": crypto.SHA512_224, "sha512-256": crypto.SHA512_256, "ripemd160": crypto.RIPEMD160,
	"sha3-256": crypto.SHA3_256, "sha3-384": crypto.SHA3_384, "sha3-512": crypto.SHA3_512,
}

func cryptoHash(name string) (crypto.Hash, error) {
	name = strings.TrimPrefix(strings.ToLower(name), "rsa-")
	if rest, ok := strings.CutPrefix(name, "sha-"); ok {
		name = "sha" + rest
	}
	h, ok := cryptoHashes[name]
	if !ok {
		return 0, failf("ERR_CRYPTO_INVALID_DIGEST", "Invalid digest: %s", name)
	}
	return h, nil
}

// digestOf hashes data with the named hash; by default SHA-256.
func digestOf(name string, data []byte) (crypto.Hash, []byte, error) {
	if name == "" {
		name = "sha256"
	}
	h, err := cryptoHash(name)
	if err != nil {
		return 0, nil, err
	}
	make, err := hashNamed(name)
	if err != nil {
		return 0, nil, err
	}
	w := make()
	w.Write(data)
	return h, w.Sum(nil), nil
}

func pssOptions(a *keyArgs, h crypto.Hash) *rsa.PSSOptions {
	o := &rsa.PSSOptions{Hash: h, SaltLength: rsa.PSSSaltLengthAuto}
	if a.Salt != nil {
		switch *a.Salt {
		case -1:
			o.SaltLength = rsa.PSSSaltLengthEqualsHash
		case -2:
			o.SaltLength = rsa.PSSSaltLengthAuto
		default:
			o.SaltLength = *a.Salt
		}
	}
	return o
}

type ecdsaPair struct{ R, S *big.Int }

func signKey(a *keyArgs, data []byte) (Value, error) {
	key, err := parsePrivate(a.Key)
	if err != nil {
		return Value{}, err
	}
	var signature []byte
	switch k := key.(type) {
	case ed25519.PrivateKey:
		return bytesValue(ed25519.Sign(k, data)), nil
	case *rsa.PrivateKey:
		h, digest, derr := digestOf(a.Hash, data)
		if derr != nil {
			return Value{}, derr
		}
		if a.Scheme == "pss" {
			if a.Salt != nil && *a.Salt == 0 {
				// To crypto/rsa zero means "as long as fits".
				return Value{}, failf("ERR_CRYPTO_UNSUPPORTED_OPERATION", "RSA-PSS signatures without a salt are not supported")
			}
			signature, err = rsa.SignPSS(rand.Reader, k, h, digest, pssOptions(a, h))
		} else {
			signature, err = rsa.SignPKCS1v15(rand.Reader, k, h, digest)
		}
	case *ecdsa.PrivateKey:
		_, digest, derr := digestOf(a.Hash, data)
		if derr != nil {
			return Value{}, derr
		}
		signature, err = ecdsa.SignASN1(rand.Reader, k, digest)
		if err == nil && a.Scheme == "p1363" {
			var pair ecdsaPair
			if _, err = asn1.Unmarshal(signature, &pair); err == nil {
				size := (k.Params().BitSize + 7) / 8
				signature = make([]byte, 2*size)
				pair.R.FillBytes(signature[:size])
				pair.S.FillBytes(signature[size:])
			}
		}
	default:
		err = failf("ERR_CRYPTO_UNSUPPORTED_OPERATION", "this key cannot sign")
	}
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_OPERATION_FAILED", "signing failed: %v", err)
	}
	return bytesValue(signature), nil
}

func verifyKey(a *keyArgs, body []byte) (Value, error) {
	if a.Signature < 0 || a.Signature > len(body) {
		return Value{}, failf("ERR_OUT_OF_RANGE", "malformed arguments of key.verify")
	}
	key, err := parsePublic(a.Key)
	if err != nil {
		return Value{}, err
	}
	signature, data := body[:a.Signature], body[a.Signature:]
	ok := false
	switch k := key.(type) {
	case ed25519.PublicKey:
		ok = ed25519.Verify(k, data, signature)
	case *rsa.PublicKey:
		h, digest, err := digestOf(a.Hash, data)
		if err != nil {
			return Value{}, err
		}
		if a.Scheme == "pss" {
			ok = rsa.VerifyPSS(k, h, digest, signature, pssOptions(a, h)) == nil
		} else {
			ok = rsa.VerifyPKCS1v15(k, h, digest, signature) == nil
		}
	case *ecdsa.PublicKey:
		_, digest, err := digestOf(a.Hash, data)
		if err != nil {
			return Value{}, err
		}
		if a.Scheme == "p1363" {
			size := (k.Params().BitSize + 7) / 8
			if len(signature) != 2*size {
				break
			}
			signature, err = asn1.Marshal(ecdsaPair{new(big.Int).SetBytes(signature[:size]), new(big.Int).SetBytes(signature[size:])})
			if err != nil {
				break
			}
		}
		ok = ecdsa.VerifyASN1(k, digest, signature)
	default:
		return Value{}, failf("ERR_CRYPTO_UNSUPPORTED_OPERATION", "this key cannot verify")
	}
	return answer(ok)
}

func encryptKey(a *keyArgs, body []byte) (Value, error) {
	key, err := parsePublic(a.Key)
	if err != nil {
		return Value{}, err
	}
	k, ok := key.(*rsa.PublicKey)
	if !ok || a.Label < 0 || a.Label > len(body) {
		return Value{}, failf("ERR_CRYPTO_UNSUPPORTED_OPERATION", "this key cannot encrypt")
	}
	label, data := body[:a.Label], body[a.Label:]
	var out []byte
	if a.Scheme == "pkcs1" {
		//lint:ignore SA1019 node:crypto has RSA_PKCS1_PADDING; the caller asked for it by name
		out, err = rsa.EncryptPKCS1v15(rand.Reader, k, data)
	} else {
		h, herr := hashNamed(a.Hash)
		if herr != nil {
			return Value{}, herr
		}
		out, err = rsa.EncryptOAEP(h(), rand.Reader, k, data, label)
	}
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_OPERATION_FAILED", "encryption failed: %v", err)
	}
	return bytesValue(out), nil
}

func decryptKey(a *keyArgs, body []byte) (Value, error) {
	key, err := parsePrivate(a.Key)
	if err != nil {
		return Value{}, err
	}
	k, ok := key.(*rsa.PrivateKey)
	if !ok || a.Label < 0 || a.Label > len(body) {
		return Value{}, failf("ERR_CRYPTO_UNSUPPORTED_OPERATION", "this key cannot decrypt")
	}
	label, data := body[:a.Label], body[a.Label:]
	var out []byte
	if a.Scheme == "pkcs1" {
		//lint:ignore SA1019 node:crypto has RSA_PKCS1_PADDING; the caller asked for it by name
		out, err = rsa.DecryptPKCS1v15(nil, k, data)
	} else {
		h, herr := hashNamed(a.Hash)
		if herr != nil {
			return Value{}, herr
		}
		out, err = rsa.DecryptOAEP(h(), nil, k, data, label)
	}
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_OPERATION_FAILED", "decryption failed")
	}
	return bytesValue(out), nil
}

func agreeKey(a *keyArgs, _ []byte) (Value, error) {
	private, err := parsePrivate(a.Key)
	if err != nil {
		return Value{}, err
	}
	public, err := parsePublic(a.Public)
	if err != nil {
		return Value{}, err
	}
	mine, ok := private.(*ecdh.PrivateKey)
	if k, isEC := private.(*ecdsa.PrivateKey); isEC {
		if mine, err = k.ECDH(); err != nil {
			return Value{}, failf("ERR_CRYPTO_OPERATION_FAILED", "%v", err)
		}
		ok = true
	}
	theirs, ok2 := public.(*ecdh.PublicKey)
	if k, isEC := public.(*ecdsa.PublicKey); isEC {
		if theirs, err = k.ECDH(); err != nil {
			return Value{}, failf("ERR_CRYPTO_OPERATION_FAILED", "%v", err)
		}
		ok2 = true
	}
	if !ok || !ok2 {
		return Value{}, failf("ERR_CRYPTO_INCOMPATIBLE_KEY", "these keys cannot agree on a secret")
	}
	secret, err := mine.ECDH(theirs)
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_INCOMPATIBLE_KEY", "%v", err)
	}
	return bytesValue(secret), nil
}
