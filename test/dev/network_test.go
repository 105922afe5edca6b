package dev

import (
	"io"
	"net"
	"sync"
)

// network stands between the browser and a server, so that it can be cut.
type network struct {
	URL    string
	listen net.Listener
	target string

	mu    sync.Mutex
	cut   bool
	conns map[net.Conn]bool
}

func startNetwork(target string) (*network, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	n := &network{URL: "http://" + l.Addr().String(), listen: l, target: target, conns: map[net.Conn]bool{}}
	go n.accept()
	return n, nil
}

func (n *network) accept() {
	for {
		c, err := n.listen.Accept()
		if err != nil {
			return
		}
		go n.join(c)
	}
}

// join copies both ways until one side ends or the network is cut.
func (n *network) join(c net.Conn) {
	if !n.keep(c) {
		return
	}
	defer n.drop(c)
	up, err := net.Dial("tcp", n.target)
	if err != nil || !n.keep(up) {
		return
	}
	defer n.drop(up)
	go func() {
		io.Copy(up, c)
		n.drop(up)
	}()
	io.Copy(c, up)
}

// keep remembers a connection, or closes it when the network is cut.
func (n *network) keep(c net.Conn) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.cut {
		c.Close()
		return false
	}
	n.conns[c] = true
	return true
}

func (n *network) drop(c net.Conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
	c.Close()
}

// set cuts the network or heals it.
func (n *network) set(cut bool) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.cut = cut
	for c := range n.conns {
		if cut {
			c.Close()
		}
	}
}

func (n *network) close() {
	n.listen.Close()
	n.set(true)
}
