package server

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/onwardjs/onward/internal/cache"
	"github.com/onwardjs/onward/internal/diag"
	"github.com/onwardjs/onward/internal/engine"
	"github.com/onwardjs/onward/internal/manifest"
	"github.com/onwardjs/onward/internal/render"
	"github.com/onwardjs/onward/internal/route"
)

// diskQuota bounds what regenerated pages take on disk.
const diskQuota = 1 << 30

// newCache makes the cache of pages with getStaticProps: memory over a store, over
// the build's own files. The store is a server that processes share, the user's
// cache handler, or the folder cache/pages of the output.
func (s *Server) newCache() (*cache.Cache, error) {
	c := s.manifest.Config
	o := cache.Options{
		MemoryLimit: c.CacheMaxMemorySize,
		Seed:        s.seed,
		Now:         s.options.Now,
		Report: func(key cache.Key, err error) {
			q := request{r: &http.Request{Method: "GET"}, asked: route.Match{RawPath: key.Path}}
			s.report(&q, err)
		},
	}
	if os.Getenv("NEXT_PRIVATE_DEBUG_CACHE") != "" {
		o.Trace = func(event string, key cache.Key) {
			s.log.Info(fmt.Sprintf("cache: %s %s", event, manifest.Key(key.Locale, key.Path)))
		}
	}
	switch {
	case s.live != nil: // pages are made for each request, and nothing is kept
	case s.options.Cache != "":
		store, err := cache.OpenRedis(s.options.Cache, s.manifest.BuildID, s.log)
		if err != nil {
			return nil, diag.Errorf("cache-address", "the cache address cannot be used: %v", err).
				WithHint("write redis://[user:password@]host:port[/db][?prefix=name], rediss:// for TLS, or unix:///path/to/socket")
		}
		o.Store = store
	case c.CacheHandler != "":
		// It is asked every time, since it may be shared. What it does not have is
		// made anew: the build's page may be older than one that it has lost.
		o.Store, o.MemoryLimit, o.Seed = newHandlerStore(s), 0, s.seedNotFound
	case c.IsrFlushToDisk:
		o.Store = cache.NewDisk(filepath.Join(s.options.Dist, "cache", "pages"), s.manifest.BuildID, diskQuota)
	}
	return cache.New(o), nil
}

// yearLong is expireTime when the app does not set it.
const yearLong = 31_536_000

// expireTime is the age in seconds past which a page is not shown any more; 0: no
// such age, as a content delivery network that keeps to s-maxage alone may ask for
// by a variable of Next.js.
func (s *Server) expireTime() int {
	t := s.manifest.Config.ExpireTime
	if t == yearLong && os.Getenv("NEXT_PRIVATE_CDN_CONSUMED_SWR_CACHE_CONTROL") != "" {
		return 0
	}
	return t
}

// seedNotFound is the seed beside a cache handler: what the build found to be
// missing needs no module to be shown.
func (s *Server) seedNotFound(key cache.Key) (*cache.Entry, error) {
	if p, ok := s.prerendered(key); !ok || !p.NotFound {
		return nil, nil
	}
	return s.seed(key)
}

// handlerTime is how long a cache handler may take for one operation.
const handlerTime = 10 * time.Second

// handlerStore is the class that cacheHandler of next.config names. One object of it
// serves all requests, in a worker of its own.
type handlerStore struct {
	server  *Server
	options render.CacheOptions

	mu     sync.Mutex
	worker engine.Engine
	// lives remembers how long entries live, for handlers that do not.
	lives map[cache.Key]life
}

// life is how long an entry is fresh and how long it may be shown, in seconds.
type life struct{ revalidate, expire int }

// maxLives bounds the memory of lives; forgetting one makes a page anew too early.
const maxLives = 4096

func newHandlerStore(s *Server) *handlerStore {
	c := s.manifest.Config
	return &handlerStore{
		server: s, lives: map[cache.Key]life{},
		options: render.CacheOptions{FlushToDisk: c.IsrFlushToDisk, MaxMemoryCacheSize: c.CacheMaxMemorySize},
	}
}

// engine starts the worker on first use.
func (h *handlerStore) engine() (engine.Engine, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.worker == nil {
		e, err := h.server.options.NewCacheEngine()
		if err != nil {
			return nil, err
		}
		h.worker = e
	}
	return h.worker, nil
}

// Close ends the worker.
func (h *handlerStore) Close() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.worker == nil {
		return nil
	}
	return h.worker.Close()
}

// Get asks the handler.
func (h *handlerStore) Get(ctx context.Context, key cache.Key) (*cache.Entry, error) {
	e, err := h.engine()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, handlerTime)
	defer cancel()
	v, err := render.CacheGet(ctx, e, h.options, handlerKey(key))
	if err != nil {
		return nil, fmt.Errorf("the cache handler failed to get %s: %w", key.Path, err)
	}
	if v == nil {
		return nil, nil
	}
	out, err := entryOfValue(v)
	if err != nil {
		return nil, fmt.Errorf("the cache handler returned for %s %w", key.Path, err)
	}
	h.date(key, v, out)
	return out, nil
}

// date says how old an entry is and how long it lives.
func (h *handlerStore) date(key cache.Key, v *render.CacheValue, e *cache.Entry) {
	now := h.server.options.Now().UnixMilli()
	switch {
	case v.LastModified < 0:
		e.GeneratedAt, e.Expire = 0, 1 // so old that it must be made anew
		return
	case v.LastModified == 0:
		e.GeneratedAt = now
	default:
		e.GeneratedAt = v.LastModified
	}
	if v.Revalidate != nil {
		e.Revalidate, e.Expire = *v.Revalidate, v.Expire
		return
	}
	h.mu.Lock()
	l, known := h.lives[key]
	h.mu.Unlock()
	if !known {
		l = life{revalidate: 1}
		if p, ok := h.server.prerendered(key); ok {
			l.revalidate = p.Revalidate
		}
		if l.revalidate > 0 {
			l.expire = h.server.expireTime()
		}
	}
	e.Revalidate, e.Expire = l.revalidate, l.expire
}

// Set hands an entry to the handler.
func (h *handlerStore) Set(ctx context.Context, key cache.Key, entry *cache.Entry) error {
	h.mu.Lock()
	if len(h.lives) >= maxLives {
		clear(h.lives)
	}
	h.lives[key] = life{entry.Revalidate, entry.Expire}
	h.mu.Unlock()
	e, err := h.engine()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, handlerTime)
	defer cancel()
	if err := render.CacheSet(ctx, e, h.options, handlerKey(key), valueOf(entry)); err != nil {
		return fmt.Errorf("the cache handler failed to set %s: %w", key.Path, err)
	}
	return nil
}

// handlerKey is what Next.js calls an entry: a namespace for each route, so that two
// of them never share one, and the path.
func handlerKey(key cache.Key) string {
	sum := sha256.Sum256([]byte(key.Route))
	path := manifest.Key(key.Locale, key.Path)
	if path == "/" {
		path = "/index"
	} else if path == "/index" || strings.HasPrefix(path, "/index/") {
		path = "/index" + path
	}
	return "/route-cache/PAGES/" + hex.EncodeToString(sum[:]) + "/$" + path
}

func valueOf(e *cache.Entry) *render.CacheValue {
	v := &render.CacheValue{Headers: e.Headers, Status: e.Status, Revalidate: &e.Revalidate, Expire: e.Expire}
	switch e.Kind {
	case cache.Page:
		v.Kind, v.HTML = render.CachedPage, string(e.HTML.Plain.Bytes)
		if v.Status == http.StatusOK {
			v.Status = 0
		}
	case cache.Redirect:
		v.Kind = render.CachedRedirect
	default:
		return v
	}
	v.Data = e.Data.Plain.Bytes
	return v
}

// errNoEntry: what a handler returned is nothing that was given to it.
var errNoEntry = errors.New("no value that it was given")

// entryOfValue trusts a handler no further than its shape: it may read from a place
// where others write.
func entryOfValue(v *render.CacheValue) (*cache.Entry, error) {
	e := &cache.Entry{Headers: v.Headers}
	if len(v.Headers)%2 != 0 {
		return nil, errNoEntry
	}
	switch v.Kind {
	case "":
		e.Kind = cache.NotFound
		return e, nil
	case render.CachedPage:
		if v.HTML == "" || len(v.Data) == 0 || v.Status != 0 && (v.Status < 200 || v.Status > 599) {
			return nil, errNoEntry
		}
		e.Kind, e.Status = cache.Page, v.Status
		e.HTML, e.Data = cache.NewBody([]byte(v.HTML)), cache.NewBody(v.Data)
		return e, nil
	case render.CachedRedirect:
		var props struct {
			PageProps struct {
				Destination string `json:"__N_REDIRECT"`
				Status      int    `json:"__N_REDIRECT_STATUS"`
				BasePath    *bool  `json:"__N_REDIRECT_BASE_PATH"`
			} `json:"pageProps"`
		}
		if err := json.Unmarshal(v.Data, &props); err != nil {
			return nil, errNoEntry
		}
		to := props.PageProps
		if to.Destination == "" || to.Status < 300 || to.Status > 399 {
			return nil, errNoEntry
		}
		e.Kind, e.Destination, e.RedirectStatus = cache.Redirect, to.Destination, to.Status
		e.NoBasePath = to.BasePath != nil && !*to.BasePath
		e.Data = cache.NewBody(v.Data)
		return e, nil
	}
	return nil, errNoEntry
}
