package server

import (
	"encoding/base64"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/onwardjs/onward/internal/config"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/route"
)

// imageRules is the images option made ready for checking requests.
type imageRules struct {
	config.Images
	// path of the endpoint within the base path; empty when it is off.
	path     string
	basePath string
	widths   []int
	local    []localRule
	remote   []remoteRule
}

type localRule struct {
	path   *regexp.Regexp
	search *string
}

type remoteRule struct {
	protocol string // without colon; empty: any
	host     *regexp.Regexp
	port     *string
	path     *regexp.Regexp
	search   *string
}

// imageProblem is an answer of 400 or its kin: text and no more.
type imageProblem struct {
	status int
	text   string
}

func newImageRules(c *config.Config, live bool) *imageRules {
	im := c.Images
	r := &imageRules{Images: im, basePath: c.BasePath}
	if im.Unoptimized || im.Loader != "" && im.Loader != "default" {
		return r
	}
	// images.path only changes what pages link to: whoever sets it answers there.
	r.path = "/_next/image"
	r.widths = slices.Concat(im.DeviceSizes, im.ImageSizes)
	if live {
		// Placeholders are made of small images.
		r.widths = append(r.widths, 1, 2, 3, 4, 5, 6, 7, 8)
		r.Qualities = append(slices.Clone(r.Qualities), 70)
	}
	for _, p := range im.LocalPatterns {
		r.local = append(r.local, localRule{globPath(p.Pathname), p.Search})
	}
	if len(im.LocalPatterns) == 0 {
		none := ""
		r.local = []localRule{{globPath("**"), &none}}
	}
	for _, p := range im.RemotePatterns {
		r.remote = append(r.remote, remoteRule{
			protocol: strings.TrimSuffix(p.Protocol, ":"), host: glob(p.Hostname), port: p.Port,
			path: globPath(p.Pathname), search: p.Search,
		})
	}
	return r
}

// globPath compiles a pathname pattern; none means any path.
func globPath(pattern string) *regexp.Regexp {
	if pattern == "" {
		pattern = "**"
	}
	return glob(pattern)
}

// glob compiles a pattern in which * stands for part of a segment and ** for any
// number of segments, segments being parted by slashes. Go's regular expressions
// take linear time, whatever the pattern.
func glob(pattern string) *regexp.Regexp {
	var b strings.Builder
	b.WriteString(`^`)
	for i := 0; i < len(pattern); {
		rest := pattern[i:]
		switch {
		case rest == "/**":
			b.WriteString(`(?:/.*)?`)
			i += 3
		case strings.HasPrefix(rest, "**/"):
			b.WriteString(`(?:.*/)?`)
			i += 3
		case rest == "**" && i == 0:
			b.WriteString(`.*`)
			i += 2
		case rest[0] == '*':
			for i < len(pattern) && pattern[i] == '*' {
				i++
			}
			b.WriteString(`[^/]+`)
		default:
			b.WriteString(regexp.QuoteMeta(rest[:1]))
			i++
		}
	}
	b.WriteString(`$`)
	// Every piece is a valid expression.
	return regexp.MustCompile(b.String())
}

// image answers /_next/image: the request is checked in full, then the original
// image is sent.
func (s *Server) image(q *request) (bool, error) {
	im := s.images
	if im.path == "" || q.match.Form != route.HTML || q.match.LocaleNamed || q.match.RawPath != im.path {
		return false, nil
	}
	source, problem := im.check(q.match.Query)
	if problem == nil {
		problem = s.sendImage(q, source)
	}
	if problem != nil {
		s.plain(q, problem.status, problem.text, false)
	}
	return true, nil
}

func bad(text string) *imageProblem { return &imageProblem{http.StatusBadRequest, text} }

// check validates the parameters in the order, and with the words, of the
// reference. It returns the path of a local image.
func (im *imageRules) check(query route.Values) (source string, problem *imageProblem) {
	given, _ := query.Get("url")
	switch {
	case given.IsList:
		return "", bad(`"url" parameter cannot be an array`)
	case given.Single == "":
		return "", bad(`"url" parameter is required`)
	case len(given.Single) > 3072:
		return "", bad(`"url" parameter is too long`)
	case strings.HasPrefix(given.Single, "//"):
		return "", bad(`"url" parameter cannot be a protocol-relative URL (//)`)
	}
	remote := false
	if strings.HasPrefix(given.Single, "/") {
		source, problem = im.checkLocal(given.Single)
	} else {
		remote = true
		problem = im.checkRemote(given.Single)
	}
	if problem != nil {
		return "", problem
	}
	if problem := im.checkSize(query); problem != nil {
		return "", problem
	}
	if remote {
		return "", &imageProblem{http.StatusNotImplemented,
			"images of other hosts are not served by this version of Onward; set `unoptimized` on the image or a loader in next.config"}
	}
	return source, nil
}

func (im *imageRules) checkLocal(given string) (string, *imageProblem) {
	u, err := url.Parse(given)
	if err != nil {
		return "", bad(`"url" parameter is invalid`)
	}
	clean := path.Clean(u.Path)
	endpoint := im.basePath + im.path
	if strings.HasSuffix(u.Path, endpoint) || strings.Contains(u.Path, endpoint+"/") || clean == endpoint {
		return "", bad(`"url" parameter cannot be recursive`)
	}
	search := ""
	if u.RawQuery != "" || u.ForceQuery {
		search = "?" + u.RawQuery
	}
	allowed := slices.ContainsFunc(im.local, func(l localRule) bool {
		return (l.search == nil || *l.search == search) && l.path.MatchString(u.Path)
	})
	if !allowed || strings.ContainsAny(u.Path, "\\\x00") {
		return "", bad(`"url" parameter is not allowed`)
	}
	return clean, nil
}

func (im *imageRules) checkRemote(given string) *imageProblem {
	u, err := url.Parse(given)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" {
		return bad(`"url" parameter is invalid`)
	}
	if slices.Contains(im.Domains, u.Hostname()) || slices.ContainsFunc(im.remote, func(r remoteRule) bool { return r.allows(u) }) {
		return nil
	}
	return bad(`"url" parameter is not allowed`)
}

func (r *remoteRule) allows(u *url.URL) bool {
	search := ""
	if u.RawQuery != "" {
		search = "?" + u.RawQuery
	}
	pathname := u.Path
	if pathname == "" {
		pathname = "/"
	}
	return (r.protocol == "" || r.protocol == u.Scheme) &&
		(r.port == nil || *r.port == u.Port()) &&
		(r.search == nil || *r.search == search) &&
		r.host.MatchString(strings.ToLower(u.Hostname())) &&
		!strings.Contains(pathname+"/", "/../") && r.path.MatchString(pathname)
}

func (im *imageRules) checkSize(query route.Values) *imageProblem {
	w, _ := query.Get("w")
	q, _ := query.Get("q")
	switch {
	case w.IsList:
		return bad(`"w" parameter (width) cannot be an array`)
	case w.Single == "":
		return bad(`"w" parameter (width) is required`)
	}
	width, ok := positive(w.Single)
	switch {
	case !digits(w.Single):
		return bad(`"w" parameter (width) must be an integer greater than 0`)
	case q.IsList:
		return bad(`"q" parameter (quality) cannot be an array`)
	case q.Single == "":
		return bad(`"q" parameter (quality) is required`)
	case !digits(q.Single):
		return bad(`"q" parameter (quality) must be an integer between 1 and 100`)
	case !ok:
		return bad(`"w" parameter (width) must be an integer greater than 0`)
	case !slices.Contains(im.widths, width):
		return bad(`"w" parameter (width) of ` + strconv.Itoa(width) + ` is not allowed`)
	}
	quality, ok := positive(q.Single)
	switch {
	case !ok || quality > 100:
		return bad(`"q" parameter (quality) must be an integer between 1 and 100`)
	case !slices.Contains(im.Qualities, quality):
		return bad(`"q" parameter (quality) of ` + strconv.Itoa(quality) + ` is not allowed`)
	}
	return nil
}

func digits(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

func positive(s string) (int, bool) {
	n, err := strconv.ParseUint(s, 10, 31)
	return int(n), err == nil && n > 0
}

// sendImage answers with a local image as it is.
func (s *Server) sendImage(q *request, source string) *imageProblem {
	missing := &imageProblem{http.StatusNotFound, `"url" parameter is valid but internal response is invalid`}
	inside, ok := strings.CutPrefix(source, s.parse.BasePath)
	if !ok {
		return missing
	}
	folder, a, err := s.imageFile(q, inside)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) {
			s.report(q, err)
		}
		return missing
	}
	if a == nil {
		return s.noSuchImage(inside, missing)
	}
	if s.live != nil && folder != nil {
		defer folder.root.Close()
	}
	if a.size == 0 {
		return bad(missing.text)
	}
	if int64(s.images.MaximumResponseBody) > 0 && a.size > int64(s.images.MaximumResponseBody) {
		return &imageProblem{http.StatusRequestEntityTooLarge, missing.text}
	}
	kind, err := imageType(folder, a)
	switch {
	case err != nil:
		s.report(q, err)
		return missing
	case kind == "":
		return bad("The requested resource isn't a valid image.")
	case kind == "image/svg+xml" && !s.images.DangerouslyAllowSVG:
		return bad(`"url" parameter is valid but image type is not allowed`)
	}
	h := q.w.Header()
	h["Vary"] = []string{"Accept"}
	if s.live != nil {
		h["Cache-Control"] = []string{"public, max-age=0, must-revalidate"}
	} else if strings.HasPrefix(inside, staticPrefix+"media/") {
		h["Cache-Control"] = []string{"public, max-age=315360000, immutable"}
	} else {
		h["Cache-Control"] = []string{"public, max-age=" + strconv.Itoa(s.images.MinimumCacheTTL) + ", must-revalidate"}
	}
	// The reference leaves out the quotes.
	tag := base64.RawURLEncoding.EncodeToString([]byte(a.etag[0]))
	h["Etag"] = []string{tag}
	if matches(q.r.Header, tag) {
		q.head(http.StatusNotModified)
		return nil
	}
	h["Content-Type"] = []string{kind}
	h["Content-Disposition"] = []string{disposition(s.images.ContentDisposition, inside, kind)}
	h["Content-Security-Policy"] = []string{s.images.ContentSecurityPolicy}
	h["X-Content-Type-Options"] = []string{"nosniff"}
	h["X-Nextjs-Cache"] = cacheStates[0]
	if a.body != nil {
		s.write(q, http.StatusOK, &a.body.Plain)
		return nil
	}
	if err := s.sendLarge(q, folder, a, false); err != nil {
		s.report(q, err)
		return missing
	}
	return nil
}

// imageFile finds the original of a local image; nil when no file can have its name.
func (s *Server) imageFile(q *request, inside string) (*files, *asset, error) {
	if s.live != nil {
		return s.liveImage(q, inside)
	}
	folder, name := s.publicFiles, s.public[inside]
	if strings.HasPrefix(inside, staticPrefix) {
		folder, name = s.distFiles, strings.TrimPrefix(inside, "/_next/")
	}
	if folder == nil || name == "" {
		return nil, nil, nil
	}
	a, err := folder.get(name)
	return folder, a, err
}

// noSuchImage tells a path that is no file from one that a page or an API route
// answers.
func (s *Server) noSuchImage(inside string, missing *imageProblem) *imageProblem {
	m := route.Match{Path: inside, RawPath: (&url.URL{Path: inside}).EscapedPath()}
	if s.table.Resolve(&m).Outcome == route.Proceed && s.pages[m.Route] != nil && s.pages[m.Route].Kind == manifest.API {
		return &imageProblem{http.StatusNotImplemented,
			"images made by an API route are not served by this version of Onward; set `unoptimized` on the image"}
	}
	return missing
}

// imageType tells a file's type from its first bytes; empty when it is no image.
func imageType(folder *files, a *asset) (string, error) {
	if a.body != nil {
		return sniffImage(a.body.Plain.Bytes), nil
	}
	file, err := folder.root.Open(a.name)
	if err != nil {
		return "", err
	}
	defer file.Close()
	head := make([]byte, 64)
	n, err := io.ReadFull(file, head)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return "", err
	}
	return sniffImage(head[:n]), nil
}

func sniffImage(b []byte) string {
	at := func(i int, text string) bool { return len(b) >= i+len(text) && string(b[i:i+len(text)]) == text }
	switch {
	case at(0, "\xff\xd8\xff"):
		return "image/jpeg"
	case at(0, "\x89PNG\r\n\x1a\n"):
		return "image/png"
	case at(0, "GIF8"):
		return "image/gif"
	case at(0, "RIFF") && at(8, "WEBP"):
		return "image/webp"
	case at(0, "<?xml"), at(0, "<svg"):
		return "image/svg+xml"
	case at(4, "ftypavif"), at(4, "ftypavis"):
		return "image/avif"
	case at(4, "ftypheic"), at(4, "ftypheix"), at(4, "ftypmif1"):
		return "image/heic"
	case at(0, "\x00\x00\x01\x00"):
		return "image/x-icon"
	case at(0, "icns"):
		return "image/x-icns"
	case at(0, "II*\x00"), at(0, "MM\x00*"):
		return "image/tiff"
	case at(0, "BM"):
		return "image/bmp"
	case at(0, "\xff\x0a"), at(0, "\x00\x00\x00\x0cJXL \r\n\x87\n"):
		return "image/jxl"
	case at(0, "\x00\x00\x00\x0cjP  \r\n\x87\n"):
		return "image/jp2"
	}
	return ""
}

var extensions = map[string]string{
	"image/jpeg": "jpeg", "image/svg+xml": "svg", "image/x-icon": "ico", "image/x-icns": "icns",
}

// disposition is the Content-Disposition of an image: its name up to the first dot
// with the extension of its type.
func disposition(kind, source, media string) string {
	name, _, _ := strings.Cut(path.Base(source), ".")
	if name == "" || name == "/" {
		name = "image"
	}
	extension := extensions[media]
	if extension == "" {
		extension = strings.TrimPrefix(media, "image/")
	}
	if kind == "" {
		kind = "attachment"
	}
	name += "." + extension
	plain := strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' {
			return '?'
		}
		return r
	}, name)
	out := kind + `; filename="` + plain + `"`
	if plain != name {
		out += "; filename*=UTF-8''" + url.PathEscape(name)
	}
	return out
}
