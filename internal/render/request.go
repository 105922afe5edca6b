package render

import (
	"net"
	"net/http"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/onwardjs/onward/internal/route"
)

// Request is the part of an HTTP request that JavaScript sees (RequestInfo in
// protocol.ts).
type Request struct {
	HTTP *http.Request
	// URL is req.url (route.Match.RequestURL).
	URL string
	// Host and Port are where the server stands, for the x-forwarded-* headers
	// that user code finds when no proxy has set them.
	Host string
	Port int
	// Data: it is a data request of an app with middleware, which code is told
	// by the header x-nextjs-data.
	Data bool
}

// repeatable tells whether running the request a second time is what HTTP allows
// of its method. A request may meet that when another one takes its worker away.
func (q *Request) repeatable() bool {
	return q.HTTP.Method == http.MethodGet || q.HTTP.Method == http.MethodHead
}

// appendJSON appends RequestInfo. Headers have lower-case names; "host" is among
// them, and x-forwarded-host, -port, -proto and -for are there even when no proxy
// has set them.
func (q *Request) appendJSON(dst []byte) []byte {
	r := q.HTTP
	address, port := r.RemoteAddr, ""
	if host, p, err := net.SplitHostPort(address); err == nil {
		address, port = host, p
	}
	https := r.TLS != nil
	dst = appendMember(dst, `{"method":`, r.Method)
	dst = appendMember(dst, `,"url":`, q.URL)
	dst = appendMember(dst, `,"remoteAddress":`, address)
	if n, err := strconv.ParseUint(port, 10, 16); err == nil {
		dst = append(dst, `,"remotePort":`...)
		dst = appendInt(dst, int(n))
	}
	if https {
		dst = append(dst, `,"https":true`...)
	}
	dst = append(dst, `,"httpVersion":"`...)
	dst = appendInt(dst, r.ProtoMajor)
	dst = append(dst, '.')
	dst = appendInt(dst, r.ProtoMinor)
	dst = append(dst, `","headers":`...)
	return append(q.appendHeaders(dst, address, nil), '}')
}

// appendHeaders appends the flat list of headers without the hidden ones. address is
// that of the client.
func (q *Request) appendHeaders(dst []byte, address string, hidden map[string]bool) []byte {
	r := q.HTTP
	dst = append(dst, `["host",`...)
	host := r.Host
	if host == "" {
		host = q.Host
	}
	dst = appendHeaderValue(dst, host)
	var haveHost, havePort, haveProto, haveFor bool
	for name, values := range r.Header {
		switch name {
		case "Host":
			continue
		case "X-Forwarded-Host":
			haveHost = true
		case "X-Forwarded-Port":
			havePort = true
		case "X-Forwarded-Proto":
			haveProto = true
		case "X-Forwarded-For":
			haveFor = true
		default:
			if hidden[name] {
				continue
			}
		}
		for _, v := range values {
			dst = append(dst, ',')
			dst = appendHeaderName(dst, name)
			dst = append(dst, ',')
			dst = appendHeaderValue(dst, v)
		}
	}
	// net/http takes these two out of the header map.
	if len(r.TransferEncoding) > 0 {
		dst = append(dst, `,"transfer-encoding","chunked"`...)
	} else if r.ContentLength > 0 && r.Header["Content-Length"] == nil {
		dst = append(dst, `,"content-length","`...)
		dst = strconv.AppendInt(dst, r.ContentLength, 10)
		dst = append(dst, '"')
	}
	if !haveHost {
		dst = append(dst, `,"x-forwarded-host",`...)
		dst = appendHeaderValue(dst, host)
	}
	if !havePort {
		dst = append(dst, `,"x-forwarded-port","`...)
		dst = appendInt(dst, q.Port)
		dst = append(dst, '"')
	}
	if !haveProto {
		if r.TLS != nil {
			dst = append(dst, `,"x-forwarded-proto","https"`...)
		} else {
			dst = append(dst, `,"x-forwarded-proto","http"`...)
		}
	}
	if !haveFor {
		dst = append(dst, `,"x-forwarded-for",`...)
		dst = route.AppendJSONString(dst, address)
	}
	if q.Data {
		dst = append(dst, `,"x-nextjs-data","1"`...)
	}
	return append(dst, ']')
}

func appendHeaderName(dst []byte, name string) []byte {
	dst = append(dst, '"')
	for i := 0; i < len(name); i++ {
		c := name[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		dst = append(dst, c)
	}
	return append(dst, '"')
}

// appendHeaderValue reads the bytes of a header as Latin-1, which is what Node.js
// makes of them.
func appendHeaderValue(dst []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if s[i] >= utf8.RuneSelf {
			return route.AppendJSONString(dst, latin1(s))
		}
	}
	return route.AppendJSONString(dst, s)
}

// latin1 reads the bytes of s as characters.
func latin1(s string) string {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		b.WriteRune(rune(s[i]))
	}
	return b.String()
}

func appendInt(dst []byte, n int) []byte { return strconv.AppendInt(dst, int64(n), 10) }
