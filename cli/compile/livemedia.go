package compile

import "sync"

// media keeps the files that compiling makes beside scripts and style sheets: images
// and fonts that are imported, workers.
type media struct {
	mu    sync.Mutex
	files map[string][]byte
}

func newMedia() *media { return &media{files: map[string][]byte{}} }

// output writes into memory instead of a folder.
func (m *media) output(dir string) *output {
	return &output{dir: dir, keep: func(path string, data []byte) {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.files[path] = data
	}}
}

func (m *media) get(path string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.files[path]
	return data, ok
}
