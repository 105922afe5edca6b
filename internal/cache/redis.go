package cache

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"
)

// Redis is a Store that the processes of one build share, in a Redis or Valkey
// server. Each entry is a hash of the entry itself and of the turn it was made in;
// a channel tells the others which key has changed. While the server is out of
// reach everything fails at once with ErrUnreachable.
type Redis struct {
	client *redis.Client
	reach  *reach
	// base begins the keys of this store, build those of this build.
	base, build string
	// process tells our messages from those of others.
	process string
	done    context.Context
	cancel  context.CancelFunc
	busy    sync.WaitGroup
}

var (
	_ Shared    = (*Redis)(nil)
	_ io.Closer = (*Redis)(nil)
)

// Times of Redis. A reader may be waiting for an answer, so they are short; what
// does not come in time counts as an outage.
const (
	redisTimeout = 250 * time.Millisecond
	dialTimeout  = time.Second
	// largeTimeout is for answers that carry an entry.
	largeTimeout = 2 * time.Second
)

// RedisURL checks an address and takes our own parameter "prefix" out of it.
// Accepted are redis://[user:password@]host[:port][/db], rediss:// (TLS) and
// unix:///path?db=0.
func RedisURL(address string) (o *redis.Options, prefix string, err error) {
	u, err := url.Parse(address)
	if err != nil {
		// The error of url.Parse would show the password.
		return nil, "", errors.New("it is not a URL")
	}
	query := u.Query()
	prefix = query.Get("prefix")
	query.Del("prefix")
	u.RawQuery = query.Encode()
	if o, err = redis.ParseURL(u.String()); err != nil {
		return nil, "", errors.New(strings.TrimPrefix(err.Error(), "redis: "))
	}
	if prefix == "" {
		prefix = "onward"
	}
	return o, prefix, nil
}

var quietOnce sync.Once

// silent keeps the client from printing: an outage is reported once, by us.
type silent struct{}

func (silent) Printf(context.Context, string, ...any) {}

// OpenRedis prepares the store of one build. It does not wait for the server: as
// long as that cannot be reached, there is no store. log hears when it is lost
// and when it is back.
func OpenRedis(address, buildID string, log *slog.Logger) (*Redis, error) {
	o, prefix, err := RedisURL(address)
	if err != nil {
		return nil, err
	}
	quietOnce.Do(func() { redis.SetLogger(silent{}) })
	o.DialTimeout, o.DialerRetries = dialTimeout, 1
	o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = largeTimeout, largeTimeout, redisTimeout
	o.MaxRetries, o.ContextTimeoutEnabled, o.DisableIdentity = 1, true, true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	r := &Redis{
		client: redis.NewClient(o), base: prefix + ":", build: prefix + ":" + hash(buildID)[:16] + ":", process: rand.Text(),
	}
	r.done, r.cancel = context.WithCancel(context.Background())
	r.reach = newReach(o.Addr, log, func(ctx context.Context) error { return r.client.Ping(ctx).Err() })
	return r, nil
}

// Close ends the connections.
func (r *Redis) Close() error {
	r.cancel()
	r.reach.close()
	err := r.client.Close()
	r.busy.Wait()
	return err
}

func (r *Redis) entryKey(key Key) string { return r.build + "page:" + name(key) }
func (r *Redis) lockKey(key Key) string  { return r.build + "lock:" + name(key) }
func (r *Redis) channel() string         { return r.build + "changed" }

// do runs one exchange with the server, unless it is known to be away.
func (r *Redis) do(ctx context.Context, limit time.Duration, f func(ctx context.Context) error) error {
	if !r.reach.ok() {
		return ErrUnreachable
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := f(ctx)
	switch {
	case err == nil, errors.Is(err, redis.Nil):
		return err
	case r.done.Err() != nil:
		return ErrUnreachable
	}
	var refused redis.Error
	if errors.As(err, &refused) && !outage(refused.Error()) {
		return fmt.Errorf("cache: redis: %w", err)
	}
	r.reach.lost(err)
	return ErrUnreachable
}

// outage tells answers of a server that cannot serve now, or not us, from refusals
// of one command.
func outage(message string) bool {
	for _, prefix := range []string{"LOADING", "MASTERDOWN", "READONLY", "CLUSTERDOWN", "NOAUTH", "WRONGPASS", "NOPERM", "ERR max number of clients"} {
		if strings.HasPrefix(message, prefix) {
			return true
		}
	}
	return false
}

// Get reads an entry.
func (r *Redis) Get(ctx context.Context, key Key) (*Entry, error) {
	var fields []any
	err := r.do(ctx, redisTimeout, func(ctx context.Context) (err error) {
		fields, err = r.client.HMGet(ctx, r.entryKey(key), "order", "entry").Result()
		return err
	})
	if err != nil || len(fields) != 2 {
		return nil, err
	}
	order, _ := fields[0].(string)
	text, _ := fields[1].(string)
	e := decode(key, []byte(text))
	if e == nil {
		return nil, nil
	}
	if e.order, err = strconv.ParseInt(order, 10, 64); err != nil {
		return nil, nil // not written by us
	}
	return e, nil
}

// Set stores an entry whatever is there.
func (r *Redis) Set(ctx context.Context, key Key, e *Entry) error {
	turn, _ := r.Begin(ctx, key, false)
	return r.Commit(ctx, key, e, turn)
}

// Begin takes a turn. The order of turns is the server's clock, so that those of
// other machines do not matter.
func (r *Redis) Begin(ctx context.Context, key Key, alone bool) (Turn, bool) {
	var now *redis.TimeCmd
	var lock *redis.StatusCmd
	token := ""
	if alone {
		token = rand.Text()
	}
	err := r.do(ctx, redisTimeout, func(ctx context.Context) error {
		_, err := r.client.Pipelined(ctx, func(p redis.Pipeliner) error {
			if alone {
				lock = p.SetArgs(ctx, r.lockKey(key), token, redis.SetArgs{Mode: "NX", TTL: patience})
			}
			now = p.Time(ctx)
			return nil
		})
		return err
	})
	if alone && errors.Is(err, redis.Nil) && errors.Is(lock.Err(), redis.Nil) {
		return Turn{}, false
	}
	if err != nil {
		return Turn{}, true // nobody can be asked
	}
	return Turn{Order: now.Val().UnixMicro(), Lock: token}, true
}

// commit stores an entry unless that of a later turn is there, gives the lock back
// and tells the others.
var commit = redis.NewScript(`
if ARGV[3] ~= '' and redis.call('GET', KEYS[2]) == ARGV[3] then
  redis.call('DEL', KEYS[2])
end
local have = redis.call('HGET', KEYS[1], 'order')
if have and tonumber(have) > tonumber(ARGV[1]) then
  return 0
end
redis.call('HSET', KEYS[1], 'order', ARGV[1], 'entry', ARGV[2])
redis.call('PUBLISH', ARGV[4], ARGV[5])
return 1
`)

// Commit stores what was made in a turn.
func (r *Redis) Commit(ctx context.Context, key Key, e *Entry, turn Turn) error {
	if turn.Order == 0 {
		return ErrUnreachable
	}
	b, err := encode(key, e)
	if err != nil {
		return fmt.Errorf("cache: %w", err)
	}
	var stored int
	err = r.do(ctx, largeTimeout, func(ctx context.Context) (err error) {
		stored, err = commit.Run(ctx, r.client, []string{r.entryKey(key), r.lockKey(key)},
			turn.Order, b, turn.Lock, r.channel(), r.message(key)).Int()
		return err
	})
	if err == nil && stored == 0 {
		return ErrSuperseded
	}
	return err
}

// abandon gives a lock back and wakes those who wait for it.
var abandon = redis.NewScript(`
if redis.call('GET', KEYS[1]) == ARGV[1] then
  redis.call('DEL', KEYS[1])
  redis.call('PUBLISH', ARGV[2], ARGV[3])
end
return 1
`)

// Abandon ends a turn that came to nothing. Failing, its lock runs out by itself.
func (r *Redis) Abandon(ctx context.Context, key Key, turn Turn) {
	if turn.Lock == "" {
		return
	}
	_ = r.do(ctx, redisTimeout, func(ctx context.Context) error {
		return abandon.Run(ctx, r.client, []string{r.lockKey(key)}, turn.Lock, r.channel(), r.message(key)).Err()
	})
}

// message is who has changed what.
func (r *Redis) message(key Key) string {
	b, err := json.Marshal(key)
	if err != nil {
		return "" // three strings always marshal
	}
	return r.process + " " + string(b)
}

// Watch listens to the other processes until Close.
func (r *Redis) Watch(changed func(Key), lost func()) {
	r.reach.onReturn(lost)
	listener := r.client.Subscribe(r.done, r.channel())
	r.busy.Go(func() {
		defer listener.Close()
		first := true
		messages := listener.ChannelWithSubscriptions()
		for {
			select {
			case <-r.done.Done():
				return
			case m, open := <-messages:
				if !open {
					return
				}
				switch m := m.(type) {
				case *redis.Subscription:
					if !first {
						lost() // a connection of its own, which may have missed something
					}
					first = false
				case *redis.Message:
					from, text, _ := strings.Cut(m.Payload, " ")
					var key Key
					if from != r.process && json.Unmarshal([]byte(text), &key) == nil {
						changed(key)
					}
				}
			}
		}
	})
	r.busy.Go(r.tend)
}

// Builds that nobody serves any more are forgotten after a while.
const (
	buildLife = 7 * 24 * time.Hour
	tendEvery = time.Hour
)

// tend says every hour that this build is in use, and removes those that have not
// been for a week.
func (r *Redis) tend() {
	wait := time.Duration(0)
	for {
		select {
		case <-r.done.Done():
			return
		case <-time.After(wait):
		}
		wait = tendEvery
		if err := r.sweep(r.done, time.Now()); err != nil {
			wait = time.Minute // removing what is old can wait
		}
	}
}

func (r *Redis) sweep(ctx context.Context, now time.Time) error {
	builds := r.base + "builds"
	var old []string
	err := r.do(ctx, largeTimeout, func(ctx context.Context) (err error) {
		if err = r.client.ZAdd(ctx, builds, redis.Z{Score: float64(now.Unix()), Member: r.build}).Err(); err != nil {
			return err
		}
		old, err = r.client.ZRangeArgs(ctx, redis.ZRangeArgs{
			Key: builds, ByScore: true, Start: "-inf", Stop: now.Add(-buildLife).Unix(), Count: 16,
		}).Result()
		return err
	})
	if err != nil {
		return err
	}
	for _, build := range old {
		if !strings.HasPrefix(build, r.base) {
			continue // none of ours
		}
		if err := r.remove(ctx, build); err != nil {
			return err
		}
		if err := r.do(ctx, redisTimeout, func(ctx context.Context) error { return r.client.ZRem(ctx, builds, build).Err() }); err != nil {
			return err
		}
	}
	return nil
}

// glob quotes what MATCH would take for a pattern.
var glob = strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`, `]`, `\]`)

// remove deletes the keys of a build, some at a time.
func (r *Redis) remove(ctx context.Context, build string) error {
	for cursor := uint64(0); ; {
		err := r.do(ctx, largeTimeout, func(ctx context.Context) (err error) {
			var keys []string
			if keys, cursor, err = r.client.Scan(ctx, cursor, glob.Replace(build)+"*", 500).Result(); err != nil || len(keys) == 0 {
				return err
			}
			return r.client.Unlink(ctx, keys...).Err()
		})
		if err != nil || cursor == 0 {
			return err
		}
	}
}
