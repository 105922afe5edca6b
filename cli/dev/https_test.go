package dev

import (
	"crypto/x509"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestOwnCertificate(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, ".gitignore"), []byte("node_modules"), 0o644); err != nil {
		t.Fatal(err)
	}
	first, made, err := OwnCertificate(dir, "dev.example")
	if err != nil || !made {
		t.Fatalf("made: %v, %v", made, err)
	}
	leaf, err := x509.ParseCertificate(first.Certificates[0].Certificate[0])
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"localhost", "127.0.0.1", "::1", "dev.example"} {
		if err := leaf.VerifyHostname(name); err != nil {
			t.Error(err)
		}
	}
	again, made, err := OwnCertificate(dir, "dev.example")
	if err != nil || made || string(again.Certificates[0].Certificate[0]) != string(first.Certificates[0].Certificate[0]) {
		t.Errorf("the second start made another one: %v, %v", made, err)
	}
	if _, made, err = OwnCertificate(dir, "other.example"); err != nil || !made {
		t.Errorf("a name that the certificate lacks: made %v, %v", made, err)
	}
	info, err := os.Stat(filepath.Join(dir, certificateDir, keyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the key: %v, %v", info.Mode(), err)
	}
	text, err := os.ReadFile(filepath.Join(dir, ".gitignore"))
	if err != nil || strings.Count(string(text), certificateDir) != 1 || !strings.HasPrefix(string(text), "node_modules\n") {
		t.Errorf(".gitignore: %q, %v", text, err)
	}
	if _, err := Certificate(filepath.Join(dir, certificateDir, certFile), filepath.Join(dir, certificateDir, keyFile), ""); err != nil {
		t.Error(err)
	}
	if _, err := Certificate(filepath.Join(dir, certificateDir, certFile), filepath.Join(dir, ".gitignore"), ""); err == nil {
		t.Error("a key that is none was taken")
	}
}
