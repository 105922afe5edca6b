package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/onwardjs/onward/internal/engine"
)

// Answers of all sizes arrive whole, one after the other on one connection.
func TestAnswersOfAllSizes(t *testing.T) {
	a := start(t, sample(), sampleFiles, func(_ context.Context, in *input, _ *engine.Job) (*engine.Reply, error) {
		text, _ := in.Query["size"].(string)
		size, err := strconv.Atoi(text)
		if err != nil {
			return &engine.Reply{}, nil // the job that loads pages
		}
		return &engine.Reply{
			Meta: []byte(`{"status":200,"statusText":"Just Right","headers":["x-size","` + strconv.Itoa(size) + `"]}`),
			Body: []byte(strings.Repeat("x", size-1) + "\n"),
		}, nil
	})
	address, _ := listen(t, a, ListenOptions{})
	c, err := net.Dial("tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	_ = c.SetDeadline(time.Now().Add(10 * time.Second))
	in := bufio.NewReader(c)
	for _, method := range []string{"GET", "HEAD"} {
		for _, size := range []int{1, worthHolding - 1, worthHolding, 3800, 3900, 4095, 4096, 4097, 8192, 20000, 1 << 20} {
			fmt.Fprintf(c, "%s /api/echo?size=%d HTTP/1.1\r\nHost: localhost\r\n\r\n", method, size)
			r, err := http.ReadResponse(in, &http.Request{Method: method})
			if err != nil {
				t.Fatalf("%s %d: %v", method, size, err)
			}
			body, err := io.ReadAll(r.Body)
			if err != nil {
				t.Fatalf("%s %d: %v", method, size, err)
			}
			want := size
			if method == "HEAD" {
				want = 0
			}
			if r.Status != "200 Just Right" || len(body) != want || r.ContentLength != int64(size) {
				t.Errorf("%s %d: %q, %d bytes of %d", method, size, r.Status, len(body), r.ContentLength)
			}
		}
	}
}

// What is held goes out with what follows, and before a file.
func TestConnHolds(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for _, ending := range []string{"write", "file"} {
		client, err := net.Dial("tcp", l.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer client.Close()
		accepted, err := connListener{l}.Accept()
		if err != nil {
			t.Fatal(err)
		}
		defer accepted.Close()
		c := accepted.(*conn)
		c.follows = 10
		if n, err := c.Write([]byte("begin")); n != 5 || err != nil {
			t.Fatal(n, err)
		}
		_ = client.SetReadDeadline(time.Now().Add(20 * time.Millisecond))
		if n, _ := client.Read(make([]byte, 1)); n != 0 {
			t.Error("the beginning was sent by itself")
		}
		switch ending {
		case "write":
			if n, err := c.Write([]byte("ning")); n != 4 || err != nil {
				t.Fatal(n, err)
			}
		case "file":
			if n, err := c.ReadFrom(strings.NewReader("ning")); n != 4 || err != nil {
				t.Fatal(n, err)
			}
		}
		// Nothing follows any more: this is not held.
		if _, err := c.Write([]byte("!")); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, 10)
		_ = client.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := io.ReadFull(client, got); err != nil || string(got) != "beginning!" {
			t.Errorf("%s: %q %v", ending, got, err)
		}
	}
}
