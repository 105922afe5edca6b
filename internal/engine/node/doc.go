// Package node runs Jobs in Node.js processes, for apps that need what V8 alone
// does not have: native addons, raw sockets, any module of Node.js.
//
// A worker is one process. Messages go over a private socket pair, the same ones
// that the V8 engine passes by memory; a second pair carries the synchronous
// questions of the process (host operations, modules of the build), and a file
// without a name is its slate: the process notes there which Jobs have begun and
// whose first turn runs, and Go reads it when the process is dead or does not
// answer. JavaScript's half is runtime/node.
//
// No port is opened. A process ends with its parent: its sockets close, and where
// the system can do that, it is killed.
package node
