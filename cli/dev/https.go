package dev

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"io/fs"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/onwardjs/onward/internal/diag"
)

const (
	certificateDir = "certificates"
	keyFile        = "localhost-key.pem"
	certFile       = "localhost.pem"
	// certificateLife is how long a certificate counts. Browsers refuse those of
	// more than 825 days.
	certificateLife = 365 * 24 * time.Hour
	// renewal is how long before its end a certificate is made anew.
	renewal = 24 * time.Hour
)

// Certificate reads the certificate of a server for HTTPS from the files that the
// user names. ca, which may be empty, is the file of the authority that signed it:
// it goes with the certificate to browsers.
func Certificate(cert, key, ca string) (*tls.Config, error) {
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		return nil, diag.Errorf("certificate", "the certificate cannot be used: %v", err).
			WithHint("--experimental-https-key and --experimental-https-cert name PEM files that belong together")
	}
	if ca != "" {
		text, err := os.ReadFile(ca)
		if err != nil {
			return nil, diag.Errorf("certificate", "the certificate of the authority cannot be read: %v", err)
		}
		for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
			if block.Type == "CERTIFICATE" {
				pair.Certificate = append(pair.Certificate, block.Bytes)
			}
		}
	}
	return serverTLS(pair), nil
}

func serverTLS(pair tls.Certificate) *tls.Config {
	// WebSockets and status texts of one's own are of HTTP/1.1.
	return &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12, NextProtos: []string{"http/1.1"}}
}

// OwnCertificate is a certificate for localhost that this machine has signed itself,
// kept in the folder certificates of the project, and out of Git. host is an address
// that the server is reached at besides. made: it is a new one.
func OwnCertificate(project, host string) (config *tls.Config, made bool, err error) {
	dir := filepath.Join(project, certificateDir)
	names := certificateNames(host)
	pair, err := tls.LoadX509KeyPair(filepath.Join(dir, certFile), filepath.Join(dir, keyFile))
	if err == nil && covers(&pair, names) {
		return serverTLS(pair), false, nil
	}
	if pair, err = makeCertificate(dir, names); err != nil {
		return nil, false, diag.Errorf("certificate", "no certificate can be made in %s: %v", dir, err).
			WithHint("make the folder writable, or give a certificate with --experimental-https-key and --experimental-https-cert")
	}
	ignoreInGit(project)
	return serverTLS(pair), true, nil
}

func certificateNames(host string) []string {
	names := []string{"localhost", "127.0.0.1", "::1"}
	for _, a := range localAddresses() {
		if a.IsPrivate() || a.IsGlobalUnicast() {
			names = append(names, a.WithZone("").String())
		}
	}
	if host = strings.Trim(host, "[]"); host != "" {
		names = append(names, host)
	}
	slices.Sort(names[3:])
	return slices.Compact(names)
}

// covers says whether a certificate is good for these names, for some time still.
func covers(pair *tls.Certificate, names []string) bool {
	leaf, err := x509.ParseCertificate(pair.Certificate[0])
	if err != nil || time.Now().Add(renewal).After(leaf.NotAfter) || time.Now().Before(leaf.NotBefore) {
		return false
	}
	for _, name := range names {
		if leaf.VerifyHostname(name) != nil {
			return false
		}
	}
	return true
}

func makeCertificate(dir string, names []string) (pair tls.Certificate, err error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return pair, err
	}
	serial, err := rand.Int(rand.Reader, new(big.Int).Lsh(big.NewInt(1), 120))
	if err != nil {
		return pair, err
	}
	now := time.Now()
	template := &x509.Certificate{
		SerialNumber:          serial,
		Subject:               pkix.Name{Organization: []string{"Onward development"}, CommonName: "localhost"},
		NotBefore:             now.Add(-time.Hour),
		NotAfter:              now.Add(certificateLife),
		KeyUsage:              x509.KeyUsageDigitalSignature,
		ExtKeyUsage:           []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
		BasicConstraintsValid: true,
	}
	for _, name := range names {
		if ip := net.ParseIP(name); ip != nil {
			template.IPAddresses = append(template.IPAddresses, ip)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	signed, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return pair, err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return pair, err
	}
	certText := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: signed})
	keyText := pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return pair, err
	}
	if err := os.WriteFile(filepath.Join(dir, keyFile), keyText, 0o600); err != nil {
		return pair, err
	}
	if err := os.WriteFile(filepath.Join(dir, certFile), certText, 0o644); err != nil {
		return pair, err
	}
	return tls.X509KeyPair(certText, keyText)
}

// ignoreInGit adds the folder of the key to a .gitignore that the project has.
func ignoreInGit(project string) {
	name := filepath.Join(project, ".gitignore")
	text, err := os.ReadFile(name)
	if err != nil {
		if _, statErr := os.Stat(filepath.Join(project, ".git")); !errors.Is(err, fs.ErrNotExist) || statErr != nil {
			return
		}
	}
	for line := range strings.Lines(string(text)) {
		if strings.Trim(strings.TrimSpace(line), "/") == certificateDir {
			return
		}
	}
	if len(text) > 0 && text[len(text)-1] != '\n' {
		text = append(text, '\n')
	}
	text = append(text, "\n"+certificateDir+"\n"...)
	// A folder that stays visible to Git is the user's to see, not a failure.
	_ = os.WriteFile(name, text, 0o644)
}
