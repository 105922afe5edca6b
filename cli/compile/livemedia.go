package compile

import "sync"

// media keeps the files that compiling makes beside scripts and style sheets: images
// and fonts that are imported, workers. Their names change with their content, so the
// oldest ones go when there are too many of them.
type media struct {
	mu    sync.Mutex
	files map[string][]byte
	order []string // names, the oldest first
	bytes int
}

// mostMedia is how many bytes of files are kept.
const mostMedia = 256 << 20

func newMedia() *media { return &media{files: map[string][]byte{}} }

// output writes into memory instead of a folder.
func (m *media) output(dir string) *output { return &output{dir: dir, keep: m.add} }

func (m *media) add(path string, data []byte) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if _, known := m.files[path]; known {
		return
	}
	m.files[path] = data
	m.order = append(m.order, path)
	for m.bytes += len(data); m.bytes > mostMedia && len(m.order) > 1; m.order = m.order[1:] {
		m.bytes -= len(m.files[m.order[0]])
		delete(m.files, m.order[0])
	}
}

func (m *media) get(path string) ([]byte, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.files[path]
	return data, ok
}
