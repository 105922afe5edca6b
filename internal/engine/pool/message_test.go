package pool

import "testing"

func TestMessagesSurviveTheBatch(t *testing.T) {
	var batch []byte
	batch = AppendMessage(batch, InJob, 7, 1.5, []byte("na"), []byte("me"), []byte("body"))
	batch = AppendMessage(batch, InAbort, 1<<31+1, 0, nil, nil, nil)
	batch = AppendMessage(batch, InJob, 8, 0, []byte{}, nil, []byte{})
	m, rest, ok := NextMessage(batch)
	if !ok || m.Kind != InJob || m.ID != 7 || m.N != 1.5 || string(m.Text) != "name" || string(m.Body) != "body" {
		t.Errorf("first: %+v", m)
	}
	m, rest, ok = NextMessage(rest)
	if !ok || m.ID != 1<<31+1 || m.Text != nil || m.Body != nil {
		t.Errorf("second: %+v", m)
	}
	m, rest, ok = NextMessage(rest)
	if !ok || m.Text == nil || m.Body == nil || len(rest) != 0 {
		t.Errorf("third: %+v", m)
	}
	if n := CountJobs(batch); n != 2 {
		t.Errorf("%d Jobs", n)
	}
	for n := range batch {
		// Cut off anywhere, reading ends without a panic.
		if CountJobs(batch[:n]) > 2 {
			t.Errorf("cut at %d", n)
		}
	}
}
