package server

import "github.com/onwardjs/onward/internal/route"

// deployed tells a client router which deployment a page's data comes from, so that
// one of another deployment loads documents instead.
func (s *Server) deployed(q *request) {
	if id := s.manifest.Config.DeploymentID; id != "" && (q.match.Form == route.Data || isDataPath(&q.match)) {
		q.w.Header()["X-Nextjs-Deployment-Id"] = []string{id}
	}
}
