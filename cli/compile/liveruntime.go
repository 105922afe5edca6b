package compile

import (
	"context"

	"github.com/onwardjs/onward/cli/resolve"
	"github.com/onwardjs/onward/internal/diag"
)

// runtimeText is the runtime script, made in the background.
type runtimeText struct {
	name string
	done chan struct{}
	text []byte
	err  error
}

func (r *runtimeText) begin(b *build) {
	r.done = make(chan struct{})
	r.name = runtimeScript
	platform, engines := platformScript, serverEngines
	if b.needs.node {
		r.name, platform, engines = nodeScript, nodePlatform, nodeEngines
	}
	go func() {
		defer close(r.done)
		if m := b.reactMissing(); m != nil {
			r.err = diag.Errors{m}
			return
		}
		r.text, r.err = b.runtimeText(r.name, platform, engines)
	}()
}

func (r *runtimeText) get(ctx context.Context) ([]byte, error) {
	select {
	case <-r.done:
		return r.text, r.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (r *runtimeText) wait() { <-r.done }

// leaveOut has the runtime script load React's renderer for Node.js as a module, where
// the renderer that writes strings does its work.
func (l *Live) leaveOut() {
	const strings, node = "react-dom/server.bun", "react-dom/server.node"
	g := l.graphs[Server]
	if _, err := g.chain.files.Resolve(strings, l.b.dir, resolve.Require); err != nil {
		return
	}
	if found, err := g.chain.files.Resolve(node, l.b.dir, resolve.Require); err == nil {
		l.b.opt.later = map[string]string{node: g.place(g.module("file", found.Path).id)}
	}
}
