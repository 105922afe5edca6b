package compile

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"hash/crc32"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
)

// cache keeps compiled modules of packages and of the runtime between starts: they are
// many, and change when something is installed. It is one file that is only ever
// appended to; what does not fit to this program, this configuration or these
// installed packages is thrown away as a whole.
type cache struct {
	dir  string
	mu   sync.Mutex
	file *os.File
	// known are the places of records, by what they are of.
	known map[string]place
	// end is where the next record goes, and waiting what goes there.
	end     int64
	waiting bytes.Buffer
	writing bool
	// idle is told when a write has ended.
	idle *sync.Cond
}

// place of a record's body in the file.
type place struct {
	at    int64
	size  int
	stamp stamp
}

// stamp tells one state of a file from another.
type stamp struct{ size, time int64 }

const (
	cacheFormat = "onward modules 1\n"
	// mostCache is the size from which on a cache starts afresh.
	mostCache = 256 << 20
	// mostRecord is larger than any record that is written.
	mostRecord = 32 << 20
)

var checksums = crc32.MakeTable(crc32.Castagnoli)

// newCache opens the cache of a graph; nil when there is to be none. It only saves
// time: whatever is wrong with it, things go on without.
func (g *graph) newCache() *cache {
	dir := g.l.b.opt.CacheDir
	if dir == "" {
		return nil
	}
	c := &cache{dir: dir, known: map[string]place{}}
	c.idle = sync.NewCond(&c.mu)
	name := "modules-" + []string{"browser", "server", "edge"}[g.target]
	if g.target == Server && g.l.b.needs.node {
		name += "-node"
	}
	name = filepath.Join(dir, name+".bin")
	if os.MkdirAll(dir, 0o755) != nil {
		return nil
	}
	file, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil
	}
	c.file = file
	head := cacheFormat + g.cacheKey() + "\n"
	if !c.scan(head) {
		c.known = map[string]place{}
		if file.Truncate(0) != nil {
			file.Close()
			return nil
		}
		if _, err := file.WriteAt([]byte(head), 0); err != nil {
			file.Close()
			return nil
		}
		c.end = int64(len(head))
	}
	return c
}

// cacheKey is all that compiled modules depend on, beside their files.
func (g *graph) cacheKey() string {
	b := g.l.b
	h := sha256.New()
	part := func(v any) {
		data, err := json.Marshal(v)
		if err == nil {
			h.Write(data)
		}
		h.Write([]byte{0})
	}
	part(b.dir)
	part(g.options.Define)
	part(g.options.Engines)
	part(b.opt.Config.ResolveAlias)
	part(b.opt.Config.BrowserAlias)
	part(b.opt.Config.LoaderRules)
	part(b.opt.Config.TranspilePackages)
	part(b.opt.Config.ServerExternalPackages)
	part(b.clientConfig())
	part(b.needs.node)
	part(b.assetPrefix())
	if program, err := os.Executable(); err == nil {
		part(stampOf(program))
	}
	// What the package managers write when they have installed something.
	for _, name := range []string{
		"package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb",
		"node_modules/.package-lock.json", "node_modules/.modules.yaml", "node_modules/.yarn-state.yml", "node_modules/.yarn-integrity", "node_modules",
	} {
		for dir := b.dir; ; dir = filepath.Dir(dir) {
			part(stampOf(filepath.Join(dir, filepath.FromSlash(name))))
			if filepath.Dir(dir) == dir {
				break
			}
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

func stampOf(file string) [2]int64 {
	info, err := os.Stat(file)
	if err != nil {
		return [2]int64{}
	}
	return [2]int64{info.Size(), info.ModTime().UnixNano()}
}

// scan reads where the records are. It is false when the file is another cache, or too
// large; behind a damaged record nothing counts.
func (c *cache) scan(head string) bool {
	info, err := c.file.Stat()
	if err != nil || info.Size() > mostCache {
		return false
	}
	r := bufio.NewReaderSize(c.file, 1<<18)
	have := make([]byte, len(head))
	if _, err := io.ReadFull(r, have); err != nil || string(have) != head {
		return false
	}
	c.end = int64(len(head))
	var header [12]byte
	var record []byte
	for {
		if _, err := io.ReadFull(r, header[:]); err != nil {
			break
		}
		size := int(binary.LittleEndian.Uint32(header[:]))
		name := int(binary.LittleEndian.Uint32(header[4:]))
		if size > mostRecord || name+16 > size {
			break
		}
		if cap(record) < size {
			record = make([]byte, size)
		}
		record = record[:size]
		if _, err := io.ReadFull(r, record); err != nil || crc32.Checksum(record, checksums) != binary.LittleEndian.Uint32(header[8:]) {
			break
		}
		c.known[string(record[16:16+name])] = place{
			at: c.end + int64(len(header)) + 16 + int64(name), size: size - 16 - name,
			stamp: stamp{int64(binary.LittleEndian.Uint64(record)), int64(binary.LittleEndian.Uint64(record[8:]))},
		}
		c.end += int64(len(header) + size)
	}
	return c.file.Truncate(c.end) == nil
}

// get returns what is kept of a name in a state; nil when nothing is.
func (c *cache) get(name string, s stamp) []byte {
	c.mu.Lock()
	p, ok := c.known[name]
	file := c.file
	c.mu.Unlock()
	if !ok || p.stamp != s || file == nil {
		return nil
	}
	data := make([]byte, p.size)
	if _, err := file.ReadAt(data, p.at); err != nil {
		return nil
	}
	return data
}

// put keeps data. It is written behind the caller.
func (c *cache) put(name string, s stamp, data []byte) {
	record := make([]byte, 0, 16+len(name)+len(data))
	record = binary.LittleEndian.AppendUint64(record, uint64(s.size))
	record = binary.LittleEndian.AppendUint64(record, uint64(s.time))
	record = append(append(record, name...), data...)
	if len(record) > mostRecord {
		return
	}
	var header []byte
	header = binary.LittleEndian.AppendUint32(header, uint32(len(record)))
	header = binary.LittleEndian.AppendUint32(header, uint32(len(name)))
	header = binary.LittleEndian.AppendUint32(header, crc32.Checksum(record, checksums))
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.file == nil {
		return
	}
	c.waiting.Write(header)
	c.waiting.Write(record)
	if !c.writing {
		c.writing = true
		go c.write()
	}
}

// write appends what waits. After a failure, a full disk for example, nothing more is
// kept.
func (c *cache) write() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.waiting.Len() > 0 && c.file != nil {
		data := bytes.Clone(c.waiting.Bytes())
		c.waiting.Reset()
		at := c.end
		c.mu.Unlock()
		_, err := c.file.WriteAt(data, at)
		c.mu.Lock()
		if err != nil {
			c.waiting = bytes.Buffer{}
			break
		}
		c.end += int64(len(data))
	}
	c.writing = false
	c.idle.Broadcast()
}

// close waits for what is being written.
func (c *cache) close() {
	if c == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for c.writing {
		c.idle.Wait()
	}
	if c.file != nil {
		c.file.Close()
		c.file = nil
	}
}

// cacheName is what a module is kept under, and its state; false for those that are
// not kept.
func (g *graph) cacheName(m *module) (name string, s stamp, ok bool) {
	if g.cache == nil {
		return "", s, false
	}
	switch {
	case m.namespace == "file" && inNodeModules(filepath.ToSlash(m.path)) && scriptEnding(m.path) && !g.l.b.source.transpiled(m.path) && g.l.b.loaders.find(m.path) == nil:
		at := stampOf(m.path)
		return m.path, stamp{at[0], at[1]}, at[1] != 0
	case m.namespace == runtimeNamespace:
		data, err := fs.ReadFile(g.l.b.opt.Runtime, m.path)
		if err != nil || m.path == imageLoaderModule {
			return "", s, false
		}
		return m.id, stamp{int64(len(data)), int64(crc32.Checksum(data, checksums))}, true
	}
	return "", s, false
}

// kept returns a module as an earlier start compiled it; nil when it must be compiled.
func (g *graph) kept(m *module, name string, s stamp) *compiled {
	data := g.cache.get(name, s)
	if data == nil {
		return nil
	}
	head, code, ok := bytes.Cut(data, []byte{'\n', 0})
	if !ok {
		return nil
	}
	c := &compiled{code: string(code), inputs: map[string]uint64{}}
	for i, line := range strings.Split(string(head), "\n") {
		if i == 0 {
			hash, err := strconv.ParseUint(line, 16, 64)
			if err != nil {
				return nil
			}
			if m.namespace == "file" {
				c.inputs[m.path] = hash
			}
			continue
		}
		e, target, err := parseEdge(line)
		if err != nil {
			return nil
		}
		if target != "" {
			namespace, path, _ := strings.Cut(target, "\x00")
			e.id = g.module(namespace, path).id
		}
		c.imports = append(c.imports, e)
	}
	g.module(liveNamespace, helperPath)
	c.version = int(g.l.versions.Add(1))
	return c
}

// keep stores a compiled module for later starts.
func (g *graph) keep(m *module, name string, s stamp, c *compiled) {
	if c.code == "" || len(c.problems) > 0 || c.style != "" || c.dynamicIDs || len(c.inputs) > 1 {
		return
	}
	var out bytes.Buffer
	out.WriteString(strconv.FormatUint(c.inputs[m.path], 16))
	for _, e := range c.imports {
		target := ""
		if e.id != "" {
			to := g.known(e.id)
			if to == nil {
				return
			}
			target = to.namespace + "\x00" + to.path
		}
		text := e.specifier + "\x00" + strconv.Itoa(int(e.kind)) + "\x00" + strconv.FormatBool(e.failed) + "\x00" + target
		if strings.Contains(text, "\n") || !g.keepable(e) {
			return
		}
		out.WriteByte('\n')
		out.WriteString(text)
	}
	out.WriteString("\n\x00")
	out.WriteString(c.code)
	g.cache.put(name, s, out.Bytes())
}

// keepable tells whether an import is the same at a later start, without anything that
// its plugins note while they look it up.
func (g *graph) keepable(e edge) bool {
	if e.failed || e.dual || nativePackages.MatchString(e.specifier) || strings.HasSuffix(e.specifier, ".node") {
		return false
	}
	m := g.known(e.id)
	return m == nil || m.namespace != fontNamespace && m.namespace != contextNamespace
}

var errEdge = errors.New("compile: a damaged record")

// parseEdge reads an import as keep writes it.
func parseEdge(line string) (e edge, target string, err error) {
	parts := strings.SplitN(line, "\x00", 4)
	if len(parts) != 4 {
		return e, "", errEdge
	}
	kind, err := strconv.Atoi(parts[1])
	if err != nil {
		return e, "", errEdge
	}
	e = edge{specifier: parts[0], kind: api.ResolveKind(kind), failed: parts[2] == "true"}
	e.dynamic = e.kind == api.ResolveJSDynamicImport
	return e, parts[3], nil
}
