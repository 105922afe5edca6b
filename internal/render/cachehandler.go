package render

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/onwardjs/onward/internal/engine"
)

// JobCache reads from or writes to the user's cache handler.
const JobCache = "cache"

// CacheModule is the server module of the user's cache handler, relative to the
// output folder.
const CacheModule = "server/cache-handler.js"

// Kinds of a CacheValue; empty stands for a page that was not found.
const (
	CachedPage     = "PAGES"
	CachedRedirect = "REDIRECT"
)

// CacheValue is what a cache handler keeps.
type CacheValue struct {
	Kind string `json:"kind,omitempty"`
	HTML string `json:"html,omitempty"`
	// Data is the JSON of a page's data, or of what a redirect answers to a data
	// request.
	Data json.RawMessage `json:"data,omitempty"`
	// Headers is flat: name, value, name, value ...
	Headers []string `json:"headers,omitempty"`
	Status  int      `json:"status,omitempty"`
	// Revalidate in seconds, 0 for never; nil when the handler has not kept it.
	Revalidate *int `json:"revalidate,omitempty"`
	// Expire in seconds; 0 for never.
	Expire int `json:"expire,omitempty"`
	// LastModified in Unix milliseconds; 0 when the handler does not say, -1 when
	// it must be made anew.
	LastModified int64 `json:"lastModified,omitempty"`
}

// CacheOptions are what the handler is constructed with, when it is.
type CacheOptions struct {
	FlushToDisk        bool  `json:"flushToDisk"`
	MaxMemoryCacheSize int64 `json:"maxMemoryCacheSize"`
}

type cacheJob struct {
	Operation string       `json:"operation"`
	Module    string       `json:"module"`
	Key       string       `json:"key"`
	Options   CacheOptions `json:"options"`
	Value     *CacheValue  `json:"value,omitempty"`
}

// CacheGet asks the handler for a key; nil when it has nothing.
func CacheGet(ctx context.Context, e engine.Engine, o CacheOptions, key string) (*CacheValue, error) {
	reply, err := cacheCall(ctx, e, &cacheJob{Operation: "get", Module: CacheModule, Key: key, Options: o})
	if err != nil || string(reply.Meta) == "null" {
		return nil, err
	}
	v := &CacheValue{}
	if err := json.Unmarshal(reply.Meta, v); err != nil {
		return nil, errMeta
	}
	v.HTML = string(reply.Body)
	return v, nil
}

// CacheSet hands a value to the handler.
func CacheSet(ctx context.Context, e engine.Engine, o CacheOptions, key string, v *CacheValue) error {
	_, err := cacheCall(ctx, e, &cacheJob{Operation: "set", Module: CacheModule, Key: key, Options: o, Value: v})
	return err
}

func cacheCall(ctx context.Context, e engine.Engine, job *cacheJob) (*engine.Reply, error) {
	input, err := json.Marshal(job)
	if err != nil {
		return nil, err
	}
	reply, err := e.Do(ctx, &engine.Job{Name: JobCache, Input: input})
	if err != nil {
		return nil, err
	}
	if reply.Stream != nil {
		return nil, errors.Join(errMeta, reply.Stream.Close())
	}
	return reply, nil
}
