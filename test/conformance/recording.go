package conformance

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

// Where recordings lie: of a built app, and of one that is being developed.
const (
	Built = "recordings"
	Dev   = "recordings-dev"
)

func (s *Suite) recordingFile(folder string) string {
	return filepath.Join(Folder(), folder, s.Name+".txtar")
}

// Save writes the suite's recording in a folder, Built or Dev.
func (s *Suite) Save(folder string, answers []Answer, by string) error {
	a := &txtar.Archive{Comment: []byte("Recorded from " + by + " by `make conformance-record`.\n")}
	for _, answer := range answers {
		a.Files = append(a.Files, txtar.File{Name: answer.ID, Data: []byte(answer.Text)})
	}
	if err := os.WriteFile(s.recordingFile(folder), txtar.Format(a), 0o644); err != nil {
		return fmt.Errorf("conformance: %w", err)
	}
	return nil
}

// Recording reads what the reference answered: id → normal form.
func (s *Suite) Recording(folder string) (map[string]string, error) {
	a, err := txtar.ParseFile(s.recordingFile(folder))
	if err != nil {
		return nil, fmt.Errorf("conformance: %s has no recording, run `make conformance-record`: %w", s.Name, err)
	}
	m := map[string]string{}
	for _, f := range a.Files {
		m[f.Name] = string(f.Data)
	}
	return m, nil
}

// Known reads known.txt or known-dev.txt: ids of answers that are known to differ,
// each with its reason on the same line.
func Known(name string) (map[string]string, error) {
	file, err := os.Open(filepath.Join(Folder(), name))
	if err != nil {
		return nil, fmt.Errorf("conformance: %w", err)
	}
	defer file.Close()
	known := map[string]string{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		line := strings.TrimSpace(lines.Text())
		if line == "" || strings.HasPrefix(line, "#") {
			continue
		}
		id, reason, _ := strings.Cut(line, " ")
		if strings.TrimSpace(reason) == "" {
			return nil, fmt.Errorf("conformance: %s: %s has no reason", name, id)
		}
		known[id] = strings.TrimSpace(reason)
	}
	return known, lines.Err()
}
