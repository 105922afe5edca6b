package host

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"context"
	"crypto/tls"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/andybalholm/brotli"
	"golang.org/x/net/http/httpproxy"
)

// fetchArgs are the arguments of "fetch" (runtime/platform/web/fetch.ts).
type fetchArgs struct {
	URL      string   `json:"url"`
	Method   string   `json:"method"`
	Headers  []string `json:"headers"` // name, value, ...
	Redirect string   `json:"redirect"`
	Decode   bool     `json:"decode"`
	Body     string   `json:"body"` // none, whole (Call.Body), stream (Call.Recv)
	// Timeout is milliseconds to the response head; 0 means 300 s.
	Timeout            int    `json:"timeout"`
	RejectUnauthorized *bool  `json:"rejectUnauthorized"`
	CA                 string `json:"ca"`
}

// fetchHead is the text of the first Data message; the body follows.
type fetchHead struct {
	Status     int      `json:"status"`
	StatusText string   `json:"statusText"`
	Headers    []string `json:"headers"`
	URL        string   `json:"url"`
	Redirected bool     `json:"redirected"`
	Empty      bool     `json:"empty"`
}

const (
	mostRedirects   = 20
	headTimeout     = 300 * time.Second
	mostHeaderBytes = 256 << 10
)

// fetcher runs the "fetch" operation for all workers of an engine over one
// pool of connections.
type fetcher struct {
	slots     chan struct{}
	transport http.RoundTripper

	once      sync.Once
	onceErr   error
	mu        sync.Mutex
	specially map[string]*http.Transport // by ca and rejectUnauthorized; bounded
}

func newFetcher(o *Options) *fetcher {
	return &fetcher{slots: make(chan struct{}, o.MaxFetches), transport: o.Transport, specially: map[string]*http.Transport{}}
}

// prepare makes the shared transport from the environment of the first worker
// that fetches: HTTP_PROXY, HTTPS_PROXY, NO_PROXY, NODE_EXTRA_CA_CERTS and
// NODE_TLS_REJECT_UNAUTHORIZED.
func (f *fetcher) prepare(env *Env) error {
	f.once.Do(func() {
		if f.transport != nil {
			return
		}
		config := &tls.Config{}
		if file := env.Vars["NODE_EXTRA_CA_CERTS"]; file != "" {
			pool, err := x509.SystemCertPool()
			if err != nil {
				pool = x509.NewCertPool()
			}
			pem, err := os.ReadFile(file)
			if err != nil || !pool.AppendCertsFromPEM(pem) {
				f.onceErr = failf("ERR_TLS_CERT", "NODE_EXTRA_CA_CERTS names %s, which has no readable certificates", file)
				return
			}
			config.RootCAs = pool
		}
		if env.Vars["NODE_TLS_REJECT_UNAUTHORIZED"] == "0" {
			config.InsecureSkipVerify = true
		}
		f.transport = newTransport(env, config)
	})
	return f.onceErr
}

func newTransport(env *Env, config *tls.Config) *http.Transport {
	get := func(name string) string {
		if v := env.Vars[strings.ToLower(name)]; v != "" {
			return v
		}
		return env.Vars[name]
	}
	proxy := (&httpproxy.Config{HTTPProxy: get("HTTP_PROXY"), HTTPSProxy: get("HTTPS_PROXY"), NoProxy: get("NO_PROXY")}).ProxyFunc()
	dialer := &net.Dialer{Timeout: 10 * time.Second, KeepAlive: 30 * time.Second}
	return &http.Transport{
		Proxy:                  func(r *http.Request) (*url.URL, error) { return proxy(r.URL) },
		DialContext:            dialer.DialContext,
		TLSClientConfig:        config,
		TLSHandshakeTimeout:    10 * time.Second,
		ForceAttemptHTTP2:      true,
		MaxIdleConns:           256,
		MaxIdleConnsPerHost:    64,
		IdleConnTimeout:        30 * time.Second,
		ExpectContinueTimeout:  time.Second,
		MaxResponseHeaderBytes: mostHeaderBytes,
		DisableCompression:     true, // decoding is ours, so that br and deflate work too
	}
}

// special returns a transport for a request with TLS settings of its own.
func (f *fetcher) special(env *Env, a *fetchArgs) (http.RoundTripper, error) {
	insecure := a.RejectUnauthorized != nil && !*a.RejectUnauthorized
	if a.CA == "" && !insecure {
		return f.transport, nil
	}
	key := fmt.Sprint(insecure, a.CA)
	f.mu.Lock()
	defer f.mu.Unlock()
	if t := f.specially[key]; t != nil {
		return t, nil
	}
	config := &tls.Config{InsecureSkipVerify: insecure}
	if a.CA != "" {
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM([]byte(a.CA)) {
			return nil, failf("ERR_OSSL_PEM_NO_START_LINE", "the `ca` option has no PEM certificate")
		}
	}
	if len(f.specially) >= 16 {
		for k, t := range f.specially {
			t.CloseIdleConnections()
			delete(f.specially, k)
		}
	}
	t := newTransport(env, config)
	f.specially[key] = t
	return t, nil
}

// run: text is fetchArgs; the first chunk's text is a fetchHead, the chunks
// after it are the body, the answer is empty.
func (f *fetcher) run(ctx context.Context, env *Env, call *Call) (Value, error) {
	var a fetchArgs
	if err := read(call.Text, &a); err != nil {
		return Value{}, err
	}
	if err := f.prepare(env); err != nil {
		return Value{}, err
	}
	select {
	case f.slots <- struct{}{}:
		defer func() { <-f.slots }()
	case <-ctx.Done():
		return Value{}, ctx.Err()
	}
	transport, err := f.special(env, &a)
	if err != nil {
		return Value{}, err
	}

	limit := headTimeout
	if a.Timeout > 0 {
		limit = time.Duration(a.Timeout) * time.Millisecond
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	errHead := &Error{Code: "UND_ERR_HEADERS_TIMEOUT", Message: "Headers Timeout Error"}
	timer := time.AfterFunc(limit, func() { cancel(errHead) })
	defer timer.Stop()

	req, err := buildRequest(ctx, &a, call)
	if err != nil {
		return Value{}, err
	}
	redirected := false
	client := &http.Client{Transport: transport, CheckRedirect: func(next *http.Request, via []*http.Request) error {
		switch {
		case a.Redirect == "manual":
			return http.ErrUseLastResponse
		case a.Redirect == "error":
			return failf("", "unexpected redirect")
		case len(via) > mostRedirects:
			return failf("", "redirect count exceeded")
		case next.URL.Scheme != "http" && next.URL.Scheme != "https":
			return failf("", "URL scheme must be a HTTP(S) scheme")
		case a.Body == "stream" && next.Method == req.Method && req.Body != nil:
			return failf("", "a streamed body cannot be sent again after a redirect")
		}
		redirected = true
		return nil
	}}
	res, err := client.Do(req)
	if err != nil {
		if context.Cause(ctx) == errHead {
			return Value{}, errHead
		}
		return Value{}, networkError(err)
	}
	defer res.Body.Close()
	timer.Stop()

	body, err := decodeBody(res, a.Decode)
	if err != nil {
		return Value{}, err
	}
	head := fetchHead{Status: res.StatusCode, StatusText: statusText(res), URL: res.Request.URL.String(), Redirected: redirected}
	if _, fragment, ok := strings.Cut(a.URL, "#"); ok && !redirected {
		head.URL = strings.TrimSuffix(a.URL, "#"+fragment) + "#" + fragment
	}
	head.Headers = flatHeaders(res.Header)
	head.Empty = req.Method == http.MethodHead || res.StatusCode == 204 || res.StatusCode == 205 || res.StatusCode == 304
	text, err := json.Marshal(head)
	if err != nil {
		return Value{}, err
	}
	if err := call.Send(string(text), nil); err != nil {
		return Value{}, err
	}
	if head.Empty {
		return Value{}, nil
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := body.Read(buf)
		if n > 0 {
			if serr := call.Send("", bytes.Clone(buf[:n])); serr != nil {
				return Value{}, serr
			}
		}
		if errors.Is(err, io.EOF) {
			return Value{}, nil
		}
		if err != nil {
			return Value{}, networkError(err)
		}
	}
}

func buildRequest(ctx context.Context, a *fetchArgs, call *Call) (*http.Request, error) {
	u, err := url.Parse(a.URL)
	if err != nil || (u.Scheme != "http" && u.Scheme != "https") || u.Host == "" {
		return nil, failf("ERR_INVALID_URL", "not an http URL: %s", a.URL)
	}
	u.Fragment = ""
	var body io.Reader
	switch a.Body {
	case "whole":
		body = bytes.NewReader(bytes.Clone(call.Body))
	case "stream":
		body = call.Recv
	}
	req, err := http.NewRequestWithContext(ctx, a.Method, a.URL, body)
	if err != nil {
		return nil, failf("ERR_INVALID_ARG_VALUE", "%v", err)
	}
	// net/http would normalise the path again: send it as JavaScript wrote it.
	req.URL = u
	for i := 0; i+1 < len(a.Headers); i += 2 {
		name, value := a.Headers[i], a.Headers[i+1]
		switch strings.ToLower(name) {
		case "host":
			req.Host = value
		case "content-length":
			// Of a whole body it is known; of a stream it is taken at its word.
			if a.Body == "stream" {
				var n int64
				if _, err := fmt.Sscan(value, &n); err == nil && n >= 0 {
					req.ContentLength = n
				}
			}
		case "transfer-encoding", "connection", "keep-alive", "upgrade":
			// Hop-by-hop fields belong to the transport.
		default:
			req.Header.Add(name, value)
		}
	}
	defaults := []string{"User-Agent", "node"}
	if a.Decode {
		defaults = append(defaults, "Accept", "*/*", "Accept-Language", "*", "Sec-Fetch-Mode", "cors", "Accept-Encoding", "gzip, deflate, br")
	} else {
		defaults = []string{"User-Agent", ""}
	}
	for i := 0; i < len(defaults); i += 2 {
		if _, ok := req.Header[defaults[i]]; !ok {
			req.Header[defaults[i]] = []string{defaults[i+1]}
		}
	}
	if a.Body == "none" && (a.Method == http.MethodPost || a.Method == http.MethodPut || a.Method == http.MethodPatch) {
		req.Body, req.ContentLength = http.NoBody, 0
	}
	return req, nil
}

func statusText(res *http.Response) string {
	_, text, _ := strings.Cut(res.Status, " ")
	return text
}

func flatHeaders(h http.Header) []string {
	list := make([]string, 0, 2*len(h))
	for name, values := range h {
		for _, v := range values {
			list = append(list, strings.ToLower(name), v)
		}
	}
	return list
}

// decodeBody undoes content-encoding, outermost last.
func decodeBody(res *http.Response, decode bool) (io.Reader, error) {
	var body io.Reader = res.Body
	encoding := res.Header.Get("Content-Encoding")
	if !decode || encoding == "" {
		return body, nil
	}
	names := strings.Split(encoding, ",")
	if len(names) > 5 {
		return nil, failf("UND_ERR_INVALID_ARG", "too many content-encodings: %s", encoding)
	}
	for i := len(names) - 1; i >= 0; i-- {
		switch strings.ToLower(strings.TrimSpace(names[i])) {
		case "gzip", "x-gzip":
			body = &lazyReader{from: body, open: func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }}
		case "deflate":
			body = &lazyReader{from: body, open: openDeflate}
		case "br":
			body = brotli.NewReader(body)
		default:
			return res.Body, nil
		}
	}
	return body, nil
}

// lazyReader opens its decoder at the first read: an empty body has no header.
type lazyReader struct {
	from io.Reader
	open func(io.Reader) (io.Reader, error)
	r    io.Reader
}

func (l *lazyReader) Read(p []byte) (int, error) {
	if l.r == nil {
		r, err := l.open(l.from)
		if err != nil {
			return 0, err
		}
		l.r = r
	}
	return l.r.Read(p)
}

// openDeflate accepts both the zlib form and the bare one some servers send.
func openDeflate(r io.Reader) (io.Reader, error) {
	var first [1]byte
	if _, err := io.ReadFull(r, first[:]); err != nil {
		return nil, err
	}
	r = io.MultiReader(bytes.NewReader(first[:]), r)
	if first[0]&0x0f == 8 {
		return zlib.NewReader(r)
	}
	return flate.NewReader(r), nil
}

// networkError gives a network failure Node's code and message.
func networkError(err error) error {
	var own *Error
	if errors.As(err, &own) {
		return own
	}
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	detail := map[string]any{}
	make := func(code, message string) error {
		v, _ := answer(detail)
		return &Error{Code: code, Message: message, Detail: []byte(v.Text)}
	}
	var dns *net.DNSError
	if errors.As(err, &dns) {
		code := "ENOTFOUND"
		if dns.IsTemporary && !dns.IsNotFound {
			code = "EAI_AGAIN"
		}
		detail["errno"], detail["syscall"], detail["hostname"] = map[string]int{"ENOTFOUND": -3008, "EAI_AGAIN": -3001}[code], "getaddrinfo", dns.Name
		return make(code, fmt.Sprintf("getaddrinfo %s %s", code, dns.Name))
	}
	var op *net.OpError
	if errors.As(err, &op) {
		code, _, number := posixError(op.Err)
		if op.Timeout() {
			code, number = "ETIMEDOUT", 110
		}
		detail["errno"], detail["syscall"] = -number, op.Op
		if op.Op == "dial" {
			detail["syscall"] = "connect"
			if tcp, ok := op.Addr.(*net.TCPAddr); ok {
				detail["address"], detail["port"] = tcp.IP.String(), tcp.Port
			}
			if op.Addr != nil {
				return make(code, fmt.Sprintf("connect %s %s", code, op.Addr))
			}
		}
		return make(code, fmt.Sprintf("%v %s", detail["syscall"], code))
	}
	var unknown x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var invalid x509.CertificateInvalidError
	switch {
	case errors.As(err, &unknown):
		return make("UNABLE_TO_VERIFY_LEAF_SIGNATURE", "unable to verify the first certificate")
	case errors.As(err, &hostname):
		return make("ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames: "+hostname.Error())
	case errors.As(err, &invalid):
		if invalid.Reason == x509.Expired {
			return make("CERT_HAS_EXPIRED", "certificate has expired")
		}
		return make("ERR_TLS_CERT", invalid.Error())
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return make("UND_ERR_SOCKET", "other side closed")
	}
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	return make("UND_ERR", err.Error())
}
