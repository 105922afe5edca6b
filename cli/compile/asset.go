package compile

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"sync"

	"github.com/evanw/esbuild/pkg/api"
	"github.com/onwardjs/onward/internal/diag"
)

// imageNamespace holds images that scripts import, by file. Images that style
// sheets refer to are plain files to esbuild.
const imageNamespace = "onward-image"

// assets turns imported images into {src, height, width, blurDataURL, ...}.
type assets struct {
	b      *build
	images sync.Map // path → *imageFile
}

type imageFile struct {
	once    sync.Once
	json    string
	problem *diag.Message
}

func newAssets(b *build) *assets { return &assets{b: b} }

const imageFilter = `\.(png|jpg|jpeg|gif|webp|avif|ico|bmp|svg)$`

// fileNamespace holds other files that scripts import; the import is their URL.
const fileNamespace = "onward-file"

const fileFilter = `\.(woff2?|ttf|otf|eot|mp3|mp4|webm|ogg|wav|flac|pdf)$`

// named gives, for the module at importer, the import path of a file that
// `new URL(specifier, import.meta.url)` names. Scripts are none: they would have
// to be bundled, see namedInBrowser.
func (a *assets) named(importer string) func(specifier string, worker bool) string {
	return func(specifier string, _ bool) string {
		full := filepath.Join(filepath.Dir(importer), filepath.FromSlash(specifier))
		info, err := os.Stat(full)
		if !strings.HasPrefix(specifier, ".") || err != nil || !info.Mode().IsRegular() || sourcePattern.MatchString(full) {
			return ""
		}
		return fileNamespace + ":" + filepath.ToSlash(full)
	}
}

var sourcePattern = regexp.MustCompile(sourceFilter)

// fileLoaders are the files that style sheets may refer to.
var fileLoaders = []string{
	".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".ico", ".bmp", ".svg",
	".woff", ".woff2", ".ttf", ".otf", ".eot", ".mp3", ".mp4", ".webm", ".ogg", ".wav", ".flac", ".pdf",
}

// assetNames lays files out as emit does.
func (b *build) assetNames() string { return "static/media/[name].[hash]" + b.nameEnd() }

// sum is the hash in the name of a browser file, of its content and outputHashSalt.
func (b *build) sum(data []byte) []byte {
	h := sha256.New()
	h.Write([]byte(b.opt.Config.OutputHashSalt))
	h.Write(data)
	return h.Sum(nil)
}

// nameEnd does for names that esbuild chooses what the salt does in sum: another one
// gives other names to the same content.
func (b *build) nameEnd() string {
	if b.opt.Config.OutputHashSalt == "" {
		return ""
	}
	return hex.EncodeToString(b.sum(nil)[:3])
}

// resolvedAlready marks a look-up that this plugin itself started.
type resolvedAlready struct{}

func (a *assets) plugin() api.Plugin {
	return api.Plugin{Name: "assets", Setup: func(pb api.PluginBuild) {
		pb.OnResolve(api.OnResolveOptions{Filter: `^` + fileNamespace + `:`}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return api.OnResolveResult{Path: strings.TrimPrefix(args.Path, fileNamespace+":"), Namespace: fileNamespace, SideEffects: api.SideEffectsFalse}, nil
		})
		pb.OnResolve(api.OnResolveOptions{Filter: imageFilter}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return a.resolve(pb, args, imageNamespace)
		})
		pb.OnResolve(api.OnResolveOptions{Filter: fileFilter}, func(args api.OnResolveArgs) (api.OnResolveResult, error) {
			return a.resolve(pb, args, fileNamespace)
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: fileNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			data, err := os.ReadFile(args.Path)
			if err != nil {
				return api.OnLoadResult{}, err
			}
			text := quoteJS(a.b.assetPrefix() + "/_next/" + a.emit(args.Path, data))
			return api.OnLoadResult{Contents: &text, Loader: api.LoaderJSON}, nil
		})
		pb.OnLoad(api.OnLoadOptions{Filter: `.`, Namespace: imageNamespace}, func(args api.OnLoadArgs) (api.OnLoadResult, error) {
			v, _ := a.images.LoadOrStore(args.Path, &imageFile{})
			f := v.(*imageFile)
			f.once.Do(func() { f.json, f.problem = a.image(args.Path) })
			if f.problem != nil {
				return refuseLoad(f.problem), nil
			}
			return api.OnLoadResult{Contents: &f.json, Loader: api.LoaderJSON}, nil
		})
	}}
}

// resolve finds the file that a script imports and puts it into namespace. What
// style sheets refer to, and what does not exist, is left to esbuild.
func (a *assets) resolve(pb api.PluginBuild, args api.OnResolveArgs, namespace string) (api.OnResolveResult, error) {
	if _, again := args.PluginData.(resolvedAlready); again || args.Kind == api.ResolveCSSURLToken {
		return api.OnResolveResult{}, nil
	}
	full := args.Path
	if strings.HasPrefix(args.Path, ".") {
		full = filepath.Join(args.ResolveDir, filepath.FromSlash(args.Path))
	} else if !filepath.IsAbs(args.Path) {
		r := pb.Resolve(args.Path, api.ResolveOptions{ResolveDir: args.ResolveDir, Importer: args.Importer, Kind: args.Kind, PluginData: resolvedAlready{}})
		if len(r.Errors) > 0 {
			return api.OnResolveResult{}, nil
		}
		full = r.Path
	}
	if _, err := os.Stat(full); err != nil {
		return api.OnResolveResult{}, nil
	}
	if a.b.loaders.find(full) != nil {
		return api.OnResolveResult{Path: full, Namespace: "file"}, nil
	}
	return api.OnResolveResult{Path: full, Namespace: namespace, SideEffects: api.SideEffectsFalse}, nil
}

// staticImage is what importing an image gives, as next/image takes it.
type staticImage struct {
	Src         string `json:"src"`
	Height      int    `json:"height"`
	Width       int    `json:"width"`
	BlurDataURL string `json:"blurDataURL,omitempty"`
	BlurWidth   int    `json:"blurWidth,omitempty"`
	BlurHeight  int    `json:"blurHeight,omitempty"`
}

func (a *assets) image(path string) (string, *diag.Message) {
	data, err := os.ReadFile(path)
	if err != nil {
		return "", diag.Errorf("unreadable", "cannot read %s: %v", a.b.report.show(path), err)
	}
	width, height, err := imageSize(filepath.Ext(path), data)
	if err != nil {
		return "", diag.Errorf("image", "%s is not an image that can be imported: %v", a.b.report.show(path), err).
			WithHint("check that the file is complete and that its ending fits its content; or put it into public/ and use its URL")
	}
	img := staticImage{Src: a.b.assetPrefix() + "/_next/" + a.emit(path, data), Width: width, Height: height}
	if id := a.b.opt.Config.DeploymentID; id != "" {
		img.Src += "?dpl=" + id
	}
	img.BlurDataURL, img.BlurWidth, img.BlurHeight = blurImage(filepath.Ext(path), data, width, height)
	text, err := json.Marshal(img)
	if err != nil {
		return "", diag.Errorf("image", "%v", err)
	}
	return string(text), nil
}

// emit writes a file below static/media and returns its path.
func (a *assets) emit(path string, data []byte) string {
	ext := filepath.Ext(path)
	name := "static/media/" + strings.TrimSuffix(filepath.Base(path), ext) + "." + hex.EncodeToString(a.b.sum(data)[:4]) + ext
	a.b.out.write(name, data)
	return name
}
