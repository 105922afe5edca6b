package host

import (
	"crypto"
	"crypto/ecdh"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"math/big"
	"strings"
)

// keyInfo is a key as JavaScript holds it. DER is PKCS #8 for private keys and
// SubjectPublicKeyInfo for public ones, so that Go keeps no key between calls.
type keyInfo struct {
	Kind     string `json:"kind"` // private or public
	Alg      string `json:"alg"`  // rsa, ec, ed25519 or x25519
	Curve    string `json:"curve,omitempty"`
	Bits     int    `json:"bits,omitempty"`
	Exponent int    `json:"exponent,omitempty"`
	DER      []byte `json:"der"`
}

type keyArgs struct {
	// Key is the key to use; Public another party's.
	Key    []byte `json:"key"`
	Public []byte `json:"public"`
	// Format is pem, der, jwk or raw; Type pkcs1, pkcs8, spki or sec1.
	Format string `json:"format"`
	Type   string `json:"type"`
	Kind   string `json:"kind"`
	Alg    string `json:"alg"`
	Curve  string `json:"curve"`
	Bits   int    `json:"bits"`
	// Hash and Scheme of a signature or encryption: pkcs1, pss, oaep, der or p1363 (ECDSA).
	Hash   string `json:"hash"`
	Scheme string `json:"scheme"`
	Salt   *int   `json:"salt"`
	// Label and Signature are lengths at the head of the body.
	Label     int `json:"label"`
	Signature int `json:"signature"`
}

// keyOps:
//
//	key.import    text: {format, type, kind, alg, curve}, body: the key → keyInfo
//	key.export    text: {key, kind, format, type} → PEM or JWK text, or DER or raw bytes
//	key.public    text: {key} of a private key → keyInfo of its public half
//	key.generate  text: {alg, bits, curve} → keyInfo of the private key
//	key.sign      text: {key, hash, scheme, salt}, body: data → signature
//	key.verify    text: the same and the signature's length, body: signature then data → "true" or "false"
//	key.encrypt   text: {key, hash, scheme, label: length}, body: label then data → result
//	key.decrypt   the same with the private key
//	key.agree     text: {key, public} → shared secret (ECDH, X25519)
func keyOps() map[string]SyncFunc {
	ops := map[string]func(a *keyArgs, body []byte) (Value, error){
		"import": importKey,
		"export": exportKey,
		"public": func(a *keyArgs, _ []byte) (Value, error) {
			private, err := parsePrivate(a.Key)
			if err != nil {
				return Value{}, err
			}
			return describeKey(publicOf(private))
		},
		"generate": generateKey,
		"sign":     signKey,
		"verify":   verifyKey,
		"encrypt":  encryptKey,
		"decrypt":  decryptKey,
		"agree":    agreeKey,
	}
	out := make(map[string]SyncFunc, len(ops))
	for name, op := range ops {
		out["key."+name] = func(_ *Env, text string, body []byte) (Value, error) {
			var a keyArgs
			if err := read(text, &a); err != nil {
				return Value{}, err
			}
			return op(&a, body)
		}
	}
	return out
}

var curves = map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}

func describeKey(key any) (Value, error) {
	info := keyInfo{Kind: "public"}
	var err error
	switch k := key.(type) {
	case *rsa.PrivateKey:
		info.Kind, info.Alg, info.Bits, info.Exponent = "private", "rsa", k.N.BitLen(), k.E
	case *rsa.PublicKey:
		info.Alg, info.Bits, info.Exponent = "rsa", k.N.BitLen(), k.E
	case *ecdsa.PrivateKey:
		info.Kind, info.Alg, info.Curve = "private", "ec", k.Curve.Params().Name
	case *ecdsa.PublicKey:
		info.Alg, info.Curve = "ec", k.Curve.Params().Name
	case ed25519.PrivateKey:
		info.Kind, info.Alg = "private", "ed25519"
	case ed25519.PublicKey:
		info.Alg = "ed25519"
	case *ecdh.PrivateKey:
		info.Kind, info.Alg = "private", "x25519"
	case *ecdh.PublicKey:
		info.Alg = "x25519"
	default:
		return Value{}, failf("ERR_CRYPTO_UNSUPPORTED_OPERATION", "this kind of key is not supported")
	}
	if info.Kind == "private" {
		info.DER, err = x509.MarshalPKCS8PrivateKey(key)
	} else {
		info.DER, err = x509.MarshalPKIXPublicKey(key)
	}
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_OPERATION_FAILED", "%v", err)
	}
	return answer(info)
}

func publicOf(private any) any {
	switch k := private.(type) {
	case *ecdh.PrivateKey:
		return k.PublicKey()
	case ed25519.PrivateKey:
		return k.Public()
	case interface{ Public() crypto.PublicKey }:
		return k.Public()
	}
	return nil
}

func parsePrivate(der []byte) (any, error) {
	if k, err := x509.ParsePKCS8PrivateKey(der); err == nil {
		return k, nil
	}
	if k, err := x509.ParsePKCS1PrivateKey(der); err == nil {
		return k, nil
	}
	if k, err := x509.ParseECPrivateKey(der); err == nil {
		return k, nil
	}
	return nil, failf("ERR_OSSL_UNSUPPORTED", "error:1E08010C:DECODER routines::unsupported")
}

func parsePublic(der []byte) (any, error) {
	if k, err := x509.ParsePKIXPublicKey(der); err == nil {
		return k, nil
	}
	if k, err := x509.ParsePKCS1PublicKey(der); err == nil {
		return k, nil
	}
	if c, err := x509.ParseCertificate(der); err == nil {
		return c.PublicKey, nil
	}
	if k, err := parsePrivate(der); err == nil {
		return publicOf(k), nil
	}
	return nil, failf("ERR_OSSL_UNSUPPORTED", "error:1E08010C:DECODER routines::unsupported")
}

func importKey(a *keyArgs, body []byte) (Value, error) {
	switch a.Format {
	case "jwk":
		key, err := keyFromJWK(body, a.Kind)
		if err != nil {
			return Value{}, err
		}
		return describeKey(key)
	case "raw":
		key, err := keyFromRaw(a, body)
		if err != nil {
			return Value{}, err
		}
		return describeKey(key)
	case "pem":
		block, _ := pem.Decode(body)
		if block == nil {
			return Value{}, failf("ERR_OSSL_UNSUPPORTED", "error:1E08010C:DECODER routines::unsupported")
		}
		if strings.Contains(block.Type, "ENCRYPTED") || block.Headers["DEK-Info"] != "" {
			return Value{}, failf("ERR_MISSING_PASSPHRASE", "Encrypted private keys are not supported; decrypt the key first")
		}
		body = block.Bytes
	}
	var key any
	var err error
	if a.Kind == "private" {
		key, err = parsePrivate(body)
	} else {
		key, err = parsePublic(body)
	}
	if err != nil {
		return Value{}, err
	}
	return describeKey(key)
}

func keyFromRaw(a *keyArgs, raw []byte) (any, error) {
	bad := func(err error) error { return failf("ERR_CRYPTO_INVALID_KEYLEN", "Invalid key: %v", err) }
	private := a.Kind == "private"
	switch a.Alg {
	case "ed25519":
		if private && len(raw) == ed25519.SeedSize {
			return ed25519.NewKeyFromSeed(raw), nil
		}
		if !private && len(raw) == ed25519.PublicKeySize {
			return ed25519.PublicKey(raw), nil
		}
		return nil, failf("ERR_CRYPTO_INVALID_KEYLEN", "an Ed25519 key has 32 bytes")
	case "x25519":
		if private {
			k, err := ecdh.X25519().NewPrivateKey(raw)
			if err != nil {
				return nil, bad(err)
			}
			return k, nil
		}
		k, err := ecdh.X25519().NewPublicKey(raw)
		if err != nil {
			return nil, bad(err)
		}
		return k, nil
	case "ec":
		curve := curves[a.Curve]
		if curve == nil {
			return nil, failf("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name")
		}
		if private {
			k, err := ecdsa.ParseRawPrivateKey(curve, raw)
			if err != nil {
				return nil, bad(err)
			}
			return k, nil
		}
		if len(raw) > 0 && (raw[0] == 2 || raw[0] == 3) {
			x, y := elliptic.UnmarshalCompressed(curve, raw)
			if x == nil {
				return nil, failf("ERR_CRYPTO_INVALID_KEYLEN", "the point is not on the curve")
			}
			size := (curve.Params().BitSize + 7) / 8
			raw = make([]byte, 1+2*size)
			raw[0] = 4
			x.FillBytes(raw[1 : 1+size])
			y.FillBytes(raw[1+size:])
		}
		k, err := ecdsa.ParseUncompressedPublicKey(curve, raw)
		if err != nil {
			return nil, bad(err)
		}
		return k, nil
	}
	return nil, failf("ERR_CRYPTO_UNSUPPORTED_OPERATION", "raw keys of %q are not supported", a.Alg)
}

func generateKey(a *keyArgs, _ []byte) (Value, error) {
	var key any
	var err error
	switch a.Alg {
	case "rsa":
		if a.Bits < 1024 || a.Bits > 8192 {
			return Value{}, failf("ERR_OUT_OF_RANGE", "RSA keys may have 1024 to 8192 bits. Received %d", a.Bits)
		}
		key, err = rsa.GenerateKey(rand.Reader, a.Bits)
	case "ec":
		curve := curves[a.Curve]
		if curve == nil {
			return Value{}, failf("ERR_CRYPTO_INVALID_CURVE", "Invalid EC curve name")
		}
		key, err = ecdsa.GenerateKey(curve, rand.Reader)
	case "ed25519":
		_, key, err = ed25519.GenerateKey(rand.Reader)
	case "x25519":
		key, err = ecdh.X25519().GenerateKey(rand.Reader)
	default:
		return Value{}, failf("ERR_INVALID_ARG_VALUE", "The argument 'type' must be a valid key type. Received '%s'", a.Alg)
	}
	if err != nil {
		return Value{}, failf("ERR_CRYPTO_OPERATION_FAILED", "%v", err)
	}
	return describeKey(key)
}

func exportKey(a *keyArgs, _ []byte) (Value, error) {
	var key any
	var err error
	if a.Kind == "private" {
		key, err = parsePrivate(a.Key)
	} else {
		key, err = parsePublic(a.Key)
	}
	if err != nil {
		return Value{}, err
	}
	switch a.Format {
	case "jwk":
		return jwkOf(key)
	case "raw":
		return rawOf(key)
	}
	der, label := a.Key, "PUBLIC KEY"
	if a.Kind == "private" {
		label = "PRIVATE KEY"
	}
	unsupported := failf("ERR_CRYPTO_INCOMPATIBLE_KEY_OPTIONS", "The selected key encoding %s can not be used for this key", a.Type)
	switch a.Type {
	case "pkcs1":
		switch k := key.(type) {
		case *rsa.PrivateKey:
			der, label = x509.MarshalPKCS1PrivateKey(k), "RSA PRIVATE KEY"
		case *rsa.PublicKey:
			der, label = x509.MarshalPKCS1PublicKey(k), "RSA PUBLIC KEY"
		default:
			return Value{}, unsupported
		}
	case "sec1":
		k, ok := key.(*ecdsa.PrivateKey)
		if !ok {
			return Value{}, unsupported
		}
		if der, err = x509.MarshalECPrivateKey(k); err != nil {
			return Value{}, failf("ERR_CRYPTO_OPERATION_FAILED", "%v", err)
		}
		label = "EC PRIVATE KEY"
	}
	if a.Format == "pem" {
		return Value{Text: string(pem.EncodeToMemory(&pem.Block{Type: label, Bytes: der}))}, nil
	}
	return bytesValue(der), nil
}

func rawOf(key any) (Value, error) {
	switch k := key.(type) {
	case ed25519.PublicKey:
		return bytesValue(k), nil
	case ed25519.PrivateKey:
		return bytesValue(k.Seed()), nil
	case *ecdh.PublicKey:
		return bytesValue(k.Bytes()), nil
	case *ecdh.PrivateKey:
		return bytesValue(k.Bytes()), nil
	case *ecdsa.PublicKey:
		b, err := k.Bytes()
		return bytesValue(b), err
	case *ecdsa.PrivateKey:
		b, err := k.Bytes()
		return bytesValue(b), err
	}
	return Value{}, failf("ERR_CRYPTO_INCOMPATIBLE_KEY", "this key has no raw form")
}

// jwk is a JSON Web Key; numbers are base64url without padding.
type jwk struct {
	Kty string `json:"kty"`
	Crv string `json:"crv,omitempty"`
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
	N   string `json:"n,omitempty"`
	E   string `json:"e,omitempty"`
	D   string `json:"d,omitempty"`
	P   string `json:"p,omitempty"`
	Q   string `json:"q,omitempty"`
	DP  string `json:"dp,omitempty"`
	DQ  string `json:"dq,omitempty"`
	QI  string `json:"qi,omitempty"`
}

func jwkOf(key any) (Value, error) {
	enc := base64.RawURLEncoding.EncodeToString
	number := func(n *big.Int) string { return enc(n.Bytes()) }
	switch k := key.(type) {
	case *rsa.PublicKey:
		return answer(jwk{Kty: "RSA", N: number(k.N), E: number(big.NewInt(int64(k.E)))})
	case *rsa.PrivateKey:
		k.Precompute()
		return answer(jwk{Kty: "RSA", N: number(k.N), E: number(big.NewInt(int64(k.E))), D: number(k.D), P: number(k.Primes[0]), Q: number(k.Primes[1]),
			DP: number(k.Precomputed.Dp), DQ: number(k.Precomputed.Dq), QI: number(k.Precomputed.Qinv)})
	case *ecdsa.PublicKey:
		b, err := k.Bytes()
		if err != nil {
			return Value{}, err
		}
		half := (len(b) - 1) / 2
		return answer(jwk{Kty: "EC", Crv: k.Params().Name, X: enc(b[1 : 1+half]), Y: enc(b[1+half:])})
	case *ecdsa.PrivateKey:
		b, err := k.PublicKey.Bytes()
		if err != nil {
			return Value{}, err
		}
		d, err := k.Bytes()
		if err != nil {
			return Value{}, err
		}
		half := (len(b) - 1) / 2
		return answer(jwk{Kty: "EC", Crv: k.Params().Name, X: enc(b[1 : 1+half]), Y: enc(b[1+half:]), D: enc(d)})
	case ed25519.PublicKey:
		return answer(jwk{Kty: "OKP", Crv: "Ed25519", X: enc(k)})
	case ed25519.PrivateKey:
		return answer(jwk{Kty: "OKP", Crv: "Ed25519", X: enc(k.Public().(ed25519.PublicKey)), D: enc(k.Seed())})
	case *ecdh.PublicKey:
		return answer(jwk{Kty: "OKP", Crv: "X25519", X: enc(k.Bytes())})
	case *ecdh.PrivateKey:
		return answer(jwk{Kty: "OKP", Crv: "X25519", X: enc(k.PublicKey().Bytes()), D: enc(k.Bytes())})
	}
	return Value{}, failf("ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE", "Unsupported JWK Key Type.")
}

var errJWK = failf("ERR_CRYPTO_INVALID_JWK", "Invalid JWK data")

func keyFromJWK(text []byte, kind string) (any, error) {
	var j jwk
	if json.Unmarshal(text, &j) != nil {
		return nil, errJWK
	}
	bytesOf := func(s string) []byte {
		b, _ := base64.RawURLEncoding.DecodeString(strings.TrimRight(s, "="))
		return b
	}
	number := func(s string) *big.Int { return new(big.Int).SetBytes(bytesOf(s)) }
	private := kind == "private"
	if private && j.D == "" {
		return nil, errJWK
	}
	switch j.Kty {
	case "RSA":
		e := number(j.E)
		if !e.IsInt64() || e.Int64() > 1<<31-1 || j.N == "" {
			return nil, errJWK
		}
		public := rsa.PublicKey{N: number(j.N), E: int(e.Int64())}
		if !private {
			return &public, nil
		}
		if j.P == "" || j.Q == "" {
			return nil, errJWK
		}
		k := &rsa.PrivateKey{PublicKey: public, D: number(j.D), Primes: []*big.Int{number(j.P), number(j.Q)}}
		if k.Validate() != nil {
			return nil, errJWK
		}
		k.Precompute()
		return k, nil
	case "EC":
		curve := curves[j.Crv]
		if curve == nil {
			return nil, failf("ERR_CRYPTO_INVALID_CURVE", "Unsupported JWK EC curve: %s.", j.Crv)
		}
		size := (curve.Params().BitSize + 7) / 8
		x, y, d := bytesOf(j.X), bytesOf(j.Y), bytesOf(j.D)
		if len(x) != size || len(y) != size {
			return nil, errJWK
		}
		public, err := ecdsa.ParseUncompressedPublicKey(curve, append(append([]byte{4}, x...), y...))
		if err != nil {
			return nil, errJWK
		}
		if !private {
			return public, nil
		}
		k, err := ecdsa.ParseRawPrivateKey(curve, d)
		if err != nil || !k.PublicKey.Equal(public) {
			return nil, errJWK
		}
		return k, nil
	case "OKP":
		a := &keyArgs{Alg: strings.ToLower(j.Crv), Kind: kind}
		if private {
			return keyFromRaw(a, bytesOf(j.D))
		}
		return keyFromRaw(a, bytesOf(j.X))
	}
	return nil, failf("ERR_CRYPTO_JWK_UNSUPPORTED_KEY_TYPE", "Unsupported JWK Key Type.")
}
