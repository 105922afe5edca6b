package onward_test

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os/signal"
	"syscall"

	"github.com/onwardjs/onward"
)

// A front end built by `onward build ./web`, beside a back end in Go.
func Example() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()

	app, err := onward.New(onward.Options{Dir: "./web"})
	if err != nil {
		log.Fatal(err)
	}
	if err := app.Prepare(ctx); err != nil {
		log.Fatal(err)
	}
	defer app.Close(context.Background())

	mux := http.NewServeMux()
	mux.HandleFunc("GET /api/v1/time", func(w http.ResponseWriter, r *http.Request) {
		w.Write([]byte("now"))
	})
	mux.Handle("/", app)

	server := &http.Server{Addr: ":3000", Handler: mux}
	go func() {
		<-ctx.Done()
		server.Shutdown(context.Background())
	}()
	if err := server.ListenAndServe(); !errors.Is(err, http.ErrServerClosed) {
		log.Fatal(err)
	}
}
