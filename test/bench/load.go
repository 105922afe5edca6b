package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
)

// load is what the generator found.
type load struct {
	PerSecond float64 `json:"perSecond"`
	// P50 and P99 in milliseconds.
	P50 float64 `json:"p50"`
	P99 float64 `json:"p99"`
	// Bytes of one answer's body.
	Bytes int `json:"bytes"`
	// Errors are requests that ended without an answer, with a new connection.
	Errors int `json:"errors"`
}

// generateLoad asks for a URL on n connections for a time, each connection
// sending its next request when the answer has come, and prints a load. Its own parser of
// answers is as small as it can be, so that the generator's core is not the bottleneck.
func generateLoad(args []string, out io.Writer) error {
	if len(args) != 3 {
		return fmt.Errorf("usage: bench generate-load url duration connections")
	}
	target, err := url.Parse(args[0])
	if err != nil {
		return err
	}
	duration, err := time.ParseDuration(args[1])
	if err != nil {
		return err
	}
	n, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	request := []byte("GET " + target.RequestURI() + " HTTP/1.1\r\nHost: " + target.Host + "\r\nUser-Agent: bench\r\nAccept: */*\r\n\r\n")
	begin := time.Now()
	from := begin.Add(duration / 5)
	until := from.Add(duration)
	results := make([]clientResult, n)
	var wait sync.WaitGroup
	for i := range results {
		wait.Go(func() { results[i] = client(target.Host, request, from, until) })
	}
	wait.Wait()
	var all []int32
	var last error
	bytes, errors := 0, 0
	for _, r := range results {
		if r.err != nil {
			last = r.err
		}
		all = append(all, r.micros...)
		bytes = max(bytes, r.bytes)
		errors += r.errors
	}
	// A server may close a kept connection just as a request arrives; more is a failure.
	if len(all) == 0 || errors > 10+len(all)/100 {
		return fmt.Errorf("%d answers and %d errors within %s, the last: %w", len(all), errors, duration, last)
	}
	slices.Sort(all)
	at := func(q float64) float64 { return float64(all[int(q*float64(len(all)-1))]) / 1000 }
	return json.NewEncoder(out).Encode(load{
		PerSecond: float64(len(all)) / duration.Seconds(), P50: at(0.50), P99: at(0.99), Bytes: bytes, Errors: errors,
	})
}

type clientResult struct {
	micros []int32
	bytes  int
	errors int
	// err is the last error.
	err error
}

// client counts the answers that came in between from and until, and dials
// again when a connection breaks.
func client(host string, request []byte, from, until time.Time) (r clientResult) {
	for time.Now().Before(until) && r.errors < 100 {
		if r.connection(host, request, from, until) {
			return r
		}
		r.errors++
		time.Sleep(5 * time.Millisecond)
	}
	return r
}

// connection uses one connection until the end of the time; false: it broke.
func (r *clientResult) connection(host string, request []byte, from, until time.Time) bool {
	conn, err := net.DialTimeout("tcp", host, 5*time.Second)
	if err != nil {
		r.err = err
		return false
	}
	defer conn.Close()
	conn.SetDeadline(until.Add(20 * time.Second))
	in := bufio.NewReaderSize(conn, 64<<10)
	for {
		sent := time.Now()
		if sent.After(until) {
			return true
		}
		if _, r.err = conn.Write(request); r.err != nil {
			return false
		}
		if r.bytes, r.err = answer(in); r.err != nil {
			return false
		}
		if now := time.Now(); now.After(from) && now.Before(until) {
			r.micros = append(r.micros, int32(now.Sub(sent).Microseconds()))
		}
	}
}

// answer reads one response with status 200 and tells its body's length.
func answer(in *bufio.Reader) (int, error) {
	line, err := in.ReadSlice('\n')
	if err != nil {
		return 0, err
	}
	if len(line) < 12 || string(line[9:12]) != "200" {
		return 0, fmt.Errorf("status line %q", line)
	}
	length, chunked := -1, false
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		if line = bytes.TrimRight(line, "\r\n"); len(line) == 0 {
			break
		}
		name, value, _ := bytes.Cut(line, []byte(":"))
		switch {
		case len(name) == 14 && strings.EqualFold(string(name), "Content-Length"):
			if length, err = strconv.Atoi(string(bytes.TrimSpace(value))); err != nil {
				return 0, err
			}
		case len(name) == 17 && strings.EqualFold(string(name), "Transfer-Encoding"):
			chunked = true
		}
	}
	if !chunked {
		if length < 0 {
			return 0, fmt.Errorf("neither a length nor chunks")
		}
		_, err := in.Discard(length)
		return length, err
	}
	total := 0
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		size, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 16, 32)
		if err != nil {
			return 0, err
		}
		if _, err := in.Discard(int(size) + 2); err != nil {
			return 0, err
		}
		if size == 0 {
			return total, nil
		}
		total += int(size)
	}
}
