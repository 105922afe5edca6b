package render

import (
	"bytes"
	"encoding/json"
	"fmt"
)

// Boot completes the boot document of a build (Boot in protocol.ts) with where the
// project and its output lie now: both absolute.
func Boot(document []byte, dir, distDir string) ([]byte, error) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(document, &members); err != nil {
		return nil, fmt.Errorf("render: the boot document of the build: %w", err)
	}
	where, err := json.Marshal(map[string]string{"dir": dir, "distDir": distDir})
	if err != nil {
		return nil, fmt.Errorf("render: %w", err)
	}
	document = bytes.TrimSpace(document)
	if len(members) == 0 {
		return where, nil
	}
	// In front, so that a member of the same name in the document would win:
	// none is written there.
	return append(append(where[:len(where)-1], ','), document[1:]...), nil
}
