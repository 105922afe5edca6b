package conformance

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/onwardjs/onward/test/rig"
)

// devBuildID is the build id of every app that is being developed.
const devBuildID = "development"

// DevSuites reads the suites that a development server is asked too, without the
// requests that make no sense there. dev.txt names both.
func DevSuites() ([]*Suite, error) {
	file, err := os.Open(filepath.Join(Folder(), "dev.txt"))
	if err != nil {
		return nil, fmt.Errorf("conformance: %w", err)
	}
	defer file.Close()
	all, err := Suites()
	if err != nil {
		return nil, err
	}
	var chosen []*Suite
	left := map[string]bool{}
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		switch {
		case len(fields) == 0 || strings.HasPrefix(fields[0], "#"):
		case len(fields) == 2 && fields[0] == "suite":
			i := slices.IndexFunc(all, func(s *Suite) bool { return s.Name == fields[1] })
			if i < 0 {
				return nil, fmt.Errorf("conformance: dev.txt: there is no suite %s", fields[1])
			}
			chosen = append(chosen, all[i])
		case len(fields) > 2 && fields[0] == "leave":
			left[fields[1]] = true
		default:
			return nil, fmt.Errorf("conformance: dev.txt: %q is neither `suite name` nor `leave id reason`", lines.Text())
		}
	}
	for _, s := range chosen {
		s.Steps = slices.DeleteFunc(s.Steps, func(st Step) bool {
			found := left[st.ID]
			delete(left, st.ID)
			return found
		})
	}
	for id := range left {
		return nil, fmt.Errorf("conformance: dev.txt: no chosen suite has the request %s", id)
	}
	return chosen, lines.Err()
}

// ReplayDev starts a development server of the app and asks it everything twice: the
// first round makes it compile; the answers are those of the second. log is what
// the server printed.
func (s *Suite) ReplayDev(ctx context.Context, app *rig.App, f rig.Framework) (answers []Answer, log string, err error) {
	server, err := app.Dev(ctx, f)
	if err != nil {
		return nil, "", err
	}
	defer server.Close()
	for range 2 {
		if answers, err = s.replay(&normaliser{dev: true}, server, devBuildID); err != nil {
			return nil, server.Log(), err
		}
	}
	return answers, server.Log(), nil
}
