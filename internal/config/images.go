package config

import (
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// images reads the images option. Unlike elsewhere any mistake in it is fatal, as
// in Next.js: a pattern that is too wide opens the image endpoint to strangers.
func (r *reader) images(c *Config) {
	im := &c.Images
	take(r, "images.path", &im.Path)
	take(r, "images.loader", &im.Loader)
	take(r, "images.loaderFile", &im.LoaderFile)
	take(r, "images.unoptimized", &im.Unoptimized)
	take(r, "images.dangerouslyAllowSVG", &im.DangerouslyAllowSVG)
	take(r, "images.dangerouslyAllowLocalIP", &im.DangerouslyAllowLocal)
	take(r, "images.contentSecurityPolicy", &im.ContentSecurityPolicy)
	take(r, "images.contentDispositionType", &im.ContentDisposition)
	take(r, "images.disableStaticImages", &im.DisableStaticImages)
	takeInt(r, "images.minimumCacheTTL", &im.MinimumCacheTTL)
	takeInt(r, "images.maximumRedirects", &im.MaximumRedirects)
	takeInt(r, "images.maximumResponseBody", &im.MaximumResponseBody)
	if r.get("images.maximumDiskCacheSize") != nil {
		im.MaximumDiskCacheSize = new(int64)
		takeInt(r, "images.maximumDiskCacheSize", im.MaximumDiskCacheSize)
	}
	takeList(r, "images.domains", &im.Domains)
	takeList(r, "images.formats", &im.Formats)
	r.sizes("images.deviceSizes", &im.DeviceSizes, 1, 10000, 25)
	r.sizes("images.imageSizes", &im.ImageSizes, 1, 10000, 25)
	r.sizes("images.qualities", &im.Qualities, 1, 100, 20)
	if r.get("images.qualities") != nil && len(im.Qualities) == 0 {
		r.fatal("Remove it to have [75].", "images.qualities must not be empty")
	}
	r.most("images.maximumRedirects", im.MaximumRedirects, 20)
	r.most("images.domains", len(im.Domains), 50)
	r.most("images.formats", len(im.Formats), 4)
	if r.get("images.maximumResponseBody") != nil && im.MaximumResponseBody < 1 {
		r.fatal("It is a number of bytes.", "images.maximumResponseBody must be 1 or more")
	}
	for _, f := range im.Formats {
		if f != "image/avif" && f != "image/webp" {
			r.fatal(`The formats are "image/avif" and "image/webp".`, "images.formats has %q", f)
		}
	}
	r.localPatterns(im)
	r.remotePatterns(c)
	r.loader(c)
}

func (r *reader) sizes(path string, into *[]int, low, high, most int) {
	list, ok := r.get(path).([]any)
	if !ok || !naturals.ok(list) {
		return // reported already
	}
	out := []int{}
	for _, item := range list {
		n := item.(float64)
		if n < float64(low) || n > float64(high) {
			r.fatal("Correct or remove the number.", "%s has %v; it takes whole numbers from %d to %d", path, n, low, high)
			continue
		}
		out = append(out, int(n))
	}
	r.most(path, len(list), most)
	*into = out
}

func (r *reader) most(path string, n, most int) {
	if n <= most {
		return
	}
	if _, isList := r.get(path).([]any); isList {
		r.fatal("Remove some.", "%s has %d entries; at most %d are allowed", path, n, most)
		return
	}
	r.fatal("Choose a smaller one.", "%s is %d; at most %d is allowed", path, n, most)
}

func (r *reader) localPatterns(im *Images) {
	v := r.get("images.localPatterns")
	if v == nil {
		return
	}
	list := []LocalPattern{}
	if err := decode(v, &list); err != nil {
		r.fatal(`Each is an object such as { pathname: "/assets/**", search: "" }.`, "images.localPatterns is not valid: %v", err)
		return
	}
	r.most("images.localPatterns", len(list), 25)
	// Images that pages import are always allowed.
	for _, own := range []string{"/_next/static/media/**", "/_next/static/immutable/media/**"} {
		if !slices.ContainsFunc(list, func(p LocalPattern) bool { return p.Pathname == own && p.Search != nil && *p.Search == "" }) {
			list = append(list, LocalPattern{Pathname: own, Search: new(string)})
		}
	}
	im.LocalPatterns = list
}

func (r *reader) remotePatterns(c *Config) {
	v := r.get("images.remotePatterns")
	if v == nil {
		return
	}
	list, _ := v.([]any)
	r.most("images.remotePatterns", len(list), 50)
	out := []RemotePattern{}
	for i, item := range list {
		p, ok := r.remotePattern(i, item)
		if ok {
			out = append(out, p)
		}
	}
	// Static images come from the asset prefix; when that is another host the
	// endpoint must be allowed to fetch there.
	if strings.HasPrefix(c.AssetPrefix, "http") {
		u, err := url.Parse(c.AssetPrefix)
		if err != nil || u.Host == "" {
			r.fatal("For example: assetPrefix: \"https://cdn.example.com\".", "assetPrefix is no valid URL: %q", c.AssetPrefix)
		} else if !slices.ContainsFunc(out, func(p RemotePattern) bool { return p.Hostname == u.Hostname() && p.Pathname == "" }) {
			port := u.Port()
			out = append(out, RemotePattern{Protocol: u.Scheme, Hostname: u.Hostname(), Port: &port})
		}
	}
	c.Images.RemotePatterns = out
}

// remotePattern reads an object, or a URL instance ({"$url": text}), all parts of
// which count literally.
func (r *reader) remotePattern(i int, v any) (p RemotePattern, ok bool) {
	const hint = `Each is an object such as { protocol: "https", hostname: "images.example.com" }, or new URL("https://images.example.com/**").`
	if m, isObject := v.(map[string]any); isObject && m["$url"] != nil {
		v = m["$url"]
	}
	if s, isText := v.(string); isText {
		u, err := url.Parse(s)
		if err != nil || u.Host == "" {
			r.fatal(hint, "images.remotePatterns[%d] is no URL: %q", i, s)
			return p, false
		}
		port, search := u.Port(), ""
		if u.RawQuery != "" {
			search = "?" + u.RawQuery
		}
		p = RemotePattern{Protocol: u.Scheme, Hostname: u.Hostname(), Port: &port, Pathname: u.EscapedPath(), Search: &search}
	} else if err := decode(v, &p); err != nil {
		r.fatal(hint, "images.remotePatterns[%d] is not valid: %v", i, err)
		return p, false
	}
	p.Protocol = strings.TrimSuffix(p.Protocol, ":")
	switch {
	case p.Protocol != "" && p.Protocol != "http" && p.Protocol != "https":
		r.fatal(hint, "images.remotePatterns[%d] has the protocol %q; it is http or https", i, p.Protocol)
	case p.Hostname == "":
		r.fatal(hint, "images.remotePatterns[%d] has no hostname", i)
	case p.Port != nil && len(*p.Port) > 5:
		r.fatal(hint, "images.remotePatterns[%d] has the port %q", i, *p.Port)
	default:
		return p, true
	}
	return p, false
}

// loader settles path and loaderFile, which depend on other options.
func (r *reader) loader(c *Config) {
	im := &c.Images
	isDefault := im.Path == defaultImagePath
	if im.Loader != "default" && im.Loader != "custom" && isDefault {
		r.fatal("Set images.path to the URL the loader's images start with.", "images.loader %q needs images.path", im.Loader)
	}
	if isDefault && c.BasePath != "" {
		im.Path = c.BasePath + im.Path
	}
	if im.Path != "" && !strings.HasSuffix(im.Path, "/") && (im.Loader != "default" || c.TrailingSlash) {
		im.Path += "/"
	}
	if im.LoaderFile == "" {
		return
	}
	if im.Loader != "default" && im.Loader != "custom" {
		r.fatal(`Set images.loader to "custom", or remove it.`, "images.loader %q does not go with images.loaderFile", im.Loader)
	}
	im.Loader = "custom"
	if _, err := os.Stat(filepath.Join(r.dir, im.LoaderFile)); err != nil {
		r.fatal("The path is relative to the project folder.", "images.loaderFile %q does not exist", im.LoaderFile)
	}
}
