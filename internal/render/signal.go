package render

import (
	"context"
	"encoding/json"
	"time"

	"github.com/onwardjs/onward/internal/engine"
)

// JobSignal hands a signal to the app's own handlers.
const JobSignal = "signal"

// signalTime is how long the app may take to end after a signal: whoever sent it
// loses patience long before.
const signalTime = 24 * time.Hour

// Signal hands a signal ("SIGTERM") to what the app has registered with process.on.
// handled is false when that is nothing. Otherwise it returns when the app calls
// process.exit, with the code it gives.
func Signal(ctx context.Context, e engine.Engine, name string, number int) (code int, handled bool, err error) {
	input, err := json.Marshal(struct {
		Name   string `json:"name"`
		Number int    `json:"number"`
	}{name, number})
	if err != nil {
		return 0, false, err
	}
	reply, err := e.Do(ctx, &engine.Job{Name: JobSignal, Input: input, Timeout: signalTime})
	if err != nil {
		return 0, false, err
	}
	var answer struct {
		Handled bool `json:"handled"`
		Code    int  `json:"code"`
	}
	if err := json.Unmarshal(reply.Meta, &answer); err != nil {
		return 0, false, err
	}
	return answer.Code, answer.Handled, nil
}
