package manifest

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"io"
	"strings"

	"github.com/onwardjs/onward/internal/config"
)

// deployedBuildID is the build id of a build with a deployment id: then that one
// tells builds apart, and URLs without it can stay the same.
const deployedBuildID = "build-TfctsWXpff2fKS"

// idAlphabet has 64 characters that stand in URLs and file names as they are.
const idAlphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"

// BuildID is the id of a new build with this configuration.
func BuildID(c *config.Config) string {
	switch {
	case c.BuildID != "":
		return c.BuildID
	case c.DeploymentID != "":
		return deployedBuildID
	}
	return NewBuildID()
}

// NewBuildID returns 21 random characters of A–Z, a–z, 0–9, "_" and "-". They
// never have "ad" in them: blockers of advertisements stop such URLs.
func NewBuildID() string {
	var b [21]byte
	for {
		if _, err := io.ReadFull(rand.Reader, b[:]); err != nil {
			panic("manifest: no random numbers: " + err.Error()) // crypto/rand never fails on supported systems
		}
		for i := range b {
			b[i] = idAlphabet[b[i]&63]
		}
		if id := string(b[:]); !strings.Contains(strings.ToLower(id), "ad") {
			return id
		}
	}
}

// NewPreview makes the keys of preview mode.
func NewPreview() (Preview, error) {
	var b [16 + 32 + 32]byte
	if _, err := io.ReadFull(rand.Reader, b[:]); err != nil {
		return Preview{}, fmt.Errorf("manifest: preview keys: %w", err)
	}
	return Preview{
		ID:         hex.EncodeToString(b[:16]),
		Signing:    hex.EncodeToString(b[16:48]),
		Encryption: hex.EncodeToString(b[48:]),
	}, nil
}
