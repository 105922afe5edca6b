package browser

import (
	"strings"
	"testing"
)

// openLocalised shows a page of the i18n fixture, hydrated.
func openLocalised(t *testing.T, path string) *tab {
	t.Helper()
	p := blank(t, appOf(t, []string{"i18n"}).URL)
	p.visit(path)
	return p
}

const (
	shownLocale = `JSON.parse(document.getElementById("router").textContent).locale`
	shownPath   = `JSON.parse(document.getElementById("router").textContent).asPath`
	language    = `document.documentElement.lang`
)

// The browser renders what the server has rendered, in every locale.
func TestLocalesHydrate(t *testing.T) {
	for path, want := range map[string]string{
		"/": "en", "/en": "en", "/fr": "fr", "/FR/about": "fr", "/nl-NL/gsp": "nl-NL", "/fr/gssp?a=1": "fr", "/nl-BE/gip": "nl-BE",
		"/fr/posts/a": "fr", "/posts/a": "en", "/fr/docs/a/b": "fr",
	} {
		t.Run(path, func(t *testing.T) {
			p := openLocalised(t, path)
			p.want(shownLocale, want)
			p.want(language, want)
			p.want("next.router.locale", want)
			p.want("next.router.defaultLocale", "en")
			p.noComplaints()
		})
	}
}

func TestNotFoundInLocale(t *testing.T) {
	p := openLocalised(t, "/fr/nope")
	p.want(shownLocale, "fr")
	p.want("document.querySelector('h1').textContent", "404")
}

func TestLocaleOfLinks(t *testing.T) {
	p := openLocalised(t, "/fr/links")
	p.mark()
	p.click("nl-BE")
	p.until(`document.querySelector("h1")?.textContent === "about"`)
	p.want("location.pathname", "/nl-BE/about")
	p.want(shownLocale, "nl-BE")
	p.want(language, "nl-BE")
	p.click("about")
	p.want("location.pathname", "/nl-BE/about")
	p.eval("history.back()", nil)
	p.until(`document.getElementById("nl-BE")`)
	p.until(`location.pathname === "/fr/links"`)
	p.until(language + ` === "fr"`)
	p.click("en")
	p.until(`document.querySelector("h1")?.textContent === "about"`)
	p.want("location.pathname", "/about")
	p.want(language, "en")
	p.sameDocument()
	p.noComplaints()
}

func TestPushToLocale(t *testing.T) {
	p := openLocalised(t, "/about")
	p.mark()
	p.eval(`next.router.push("/gssp?a=1", undefined, {locale: "fr"})`, nil)
	p.want("location.pathname + location.search", "/fr/gssp?a=1")
	p.want(shownLocale, "fr")
	p.want(shownPath, "/gssp?a=1")
	p.want(language, "fr")
	p.requested("the data of the locale", data("GET", "/fr/gssp.json?a=1"))

	// The locale stays until another is asked for.
	p.eval(`next.router.push("/gsp")`, nil)
	p.want("location.pathname", "/fr/gsp")
	p.want(`JSON.parse(document.getElementById("props").textContent).context.locale`, "fr")
	p.requested("the data of the locale", data("GET", "/fr/gsp.json"))

	p.eval(`next.router.replace(next.router.asPath, undefined, {locale: "en"})`, nil)
	p.want("location.pathname", "/gsp")
	p.want(`JSON.parse(document.getElementById("props").textContent).context.locale`, "en")
	p.requested("the data of the default locale", data("GET", "/en/gsp.json"))
	p.eval(`next.router.push({pathname: "/posts/[slug]", query: {slug: "a"}}, undefined, {locale: "fr"})`, nil)
	p.want("location.pathname", "/fr/posts/a")
	p.requested("the data of a path", data("GET", "/fr/posts/a.json?slug=a"))
	p.sameDocument()
	p.noComplaints()
}

func TestFallbackInLocale(t *testing.T) {
	p := openLocalised(t, "/fr/shell/later")
	p.until(`document.getElementById("props").textContent.includes("later")`)
	p.want(`JSON.parse(document.getElementById("props").textContent).context.locale`, "fr")
	p.want(shownPath, "/shell/later")
	p.requested("the data of the locale", data("GET", "/fr/shell/later.json?slug=later"))
}

// What a locale does not have is not found with a document of the server's.
func TestMissingInLocale(t *testing.T) {
	p := openLocalised(t, "/nl-NL/about")
	p.mark()
	p.eval(`next.router.push("/posts/a").catch(() => {})`, nil)
	p.newDocument()
	p.hydrated()
	p.want("location.pathname", "/nl-NL/posts/a")
	p.want("document.querySelector('h1').textContent", "404")
}

func TestLocaleOfTheVisitor(t *testing.T) {
	p := openLocalised(t, "/about")
	p.eval(`document.cookie = "NEXT_LOCALE=fr; path=/"`, nil)
	p.visit("/?a=1")
	p.want("location.pathname + location.search", "/fr?a=1")
	p.want(language, "fr")
	p.visit("/about")
	p.want(language, "en")
	var other string
	p.eval(`fetch("/", {headers: {"Accept-Language": "nl"}}).then((answer) => answer.url)`, &other)
	if !strings.HasSuffix(other, "/fr") {
		t.Errorf("cookie and header led to %s", other)
	}
}
