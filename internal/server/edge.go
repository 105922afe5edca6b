package server

import (
	"context"

	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// edge runs an API route of the edge runtime.
func (s *Server) edge(q *request) error {
	e, err := s.Engine()
	if err != nil {
		return err
	}
	body, err := bodyOf(q)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(q.r.Context())
	defer cancel()
	b := append([]byte(scheme(q.r)), s.site.authority...)
	b = s.site.appendPath(b, &q.asked, false)
	if query := edgeQuery(q); len(query) > 0 {
		b = query.AppendQuery(append(b, '?'))
	}
	job := render.WebJob{Route: q.match.Route, URL: string(b), Request: s.webRequest(q)}
	answer, err := render.CallEdge(ctx, e, &job, body)
	if err != nil {
		return err
	}
	for i := 0; i+1 < len(answer.Headers); i += 2 {
		if answer.Headers[i] != "location" {
			continue
		}
		t, ok := s.site.read(q, answer.Headers[i+1])
		if !ok {
			closeStream(answer)
			return relativeURL(q.match.Route, answer.Headers[i+1])
		}
		if t.own {
			answer.Headers[i+1] = s.site.spell(q, t, false)
		}
	}
	q.addHeaders(answer.Headers)
	q.reason = answer.StatusText
	return s.sendAnswer(q, answer)
}

// edgeQuery is the query that an edge route sees: the client's, and what a rewrite
// and the route's params add.
func edgeQuery(q *request) route.Values {
	query := q.asked.Query
	for _, v := range q.match.Merged {
		if !query.Has(v.Key) {
			query = append(query[:len(query):len(query)], v)
		}
	}
	return query
}
