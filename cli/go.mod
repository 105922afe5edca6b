module github.com/onwardjs/onward/cli

go 1.26

require (
	github.com/evanw/esbuild v0.28.2
	github.com/microsoft/typescript-go/onward v0.0.0
	github.com/onwardjs/onward v0.0.0
	golang.org/x/image v0.47.0
)

replace (
	github.com/microsoft/typescript-go/onward => ./tsgo
	github.com/onwardjs/onward => ../
)
