package conformance

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/tools/txtar"
)

func (s *Suite) recordingFile() string {
	return filepath.Join(Folder(), "recordings", s.Name+".txtar")
}

// Save writes the suite's recording.
func (s *Suite) Save(answers []Answer, by string) error {
	a := &txtar.Archive{Comment: []byte("Recorded from " + by + " by `make conformance-record`.\n")}
	for _, answer := range answers {
		a.Files = append(a.Files, txtar.File{Name: answer.ID, Data: []byte(answer.Text)})
	}
	if err := os.WriteFile(s.recordingFile(), txtar.Format(a), 0o644); err != nil {
		return fmt.Errorf("conformance: %w", err)
	}
	return nil
}

// Recording reads what the reference answered: id → normal form.
func (s *Suite) Recording() (map[string]string, error) {
	a, err := txtar.ParseFile(s.recordingFile())
	if err != nil {
		return nil, fmt.Errorf("conformance: %s has no recording, run `make conformance-record`: %w", s.Name, err)
	}
	m := map[string]string{}
	for _, f := range a.Files {
		m[f.Name] = string(f.Data)
	}
	return m, nil
}

// Known reads known.txt: ids of answers that are known to differ, each with
// its reason on the same line.
func Known() (map[string]string, error) {
	file, err := os.Open(filepath.Join(Folder(), "known.txt"))
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
			return nil, fmt.Errorf("conformance: known.txt: %s has no reason", id)
		}
		known[id] = strings.TrimSpace(reason)
	}
	return known, lines.Err()
}
