module github.com/onwardjs/onward/test

go 1.26

require (
	golang.org/x/net v0.47.0
	golang.org/x/tools v0.39.0
)
