package route

import "testing"

func TestRewritten(t *testing.T) {
	table := newTable(t, testRoutes...)
	o := &Options{BasePath: "/base", BuildID: testBuild, Locales: []string{"en", "fr"}, DefaultLocale: "en"}
	data := "/_next/data/" + testBuild
	for _, tt := range []struct{ asked, path, want, asPath, resolved string }{
		{"/base/fr/x?a=1", "/about", "fr /about html", "/x?a=1", "/about?a=1"},
		{"/base/x?a=1&a=2", "/fr/d/7", "fr /d/[id] html", "/x?a=1&a=2", "/d/7?a=1&a=2"},
		{"/base/x", "/d/a b?c#d", "en /d/[id] html", "/x", "/d/a%20b%3Fc%23d"},
		{"/base/x", "d//é", "en /d/[id] html", "/x", "/d/%C3%A9"},
		{"/base/x", "", "en / html", "/x", "/"},
		{"/base/fr/x", "/fr/api/y", "fr /api/[...all] html", "/x", "/api/y"},
		{"/base/x", "/fr/api/y", "fr /api/[...all] html", "/x", "/api/y"},
		{"/base/x", data + "/fr/ssr.json", "fr /ssr data", "/x", "/ssr"},
		{"/base" + data + "/fr/x.json", "/ssr", "fr /ssr data", "/x", "/ssr"},
	} {
		asked, v := Parse(tt.asked, o)
		if v.Outcome != Proceed {
			t.Fatalf("%s: %s", tt.asked, verdictText(v))
		}
		m, ok := asked.Rewritten(tt.path, Values{{Key: "z", Single: "1"}}, o)
		if !ok || table.Resolve(&m).Outcome != Proceed {
			t.Errorf("%s to %s: found nothing", tt.asked, tt.path)
			continue
		}
		form := "html"
		if m.Form == Data {
			form = "data"
		}
		if got := m.Locale + " " + m.Route + " " + form; got != tt.want {
			t.Errorf("%s to %s: got %s, want %s", tt.asked, tt.path, got, tt.want)
		}
		if asked.AsPath() != tt.asPath || m.ResolvedURLFor(&asked) != tt.resolved {
			t.Errorf("%s to %s: asPath %q resolved %q", tt.asked, tt.path, asked.AsPath(), m.ResolvedURLFor(&asked))
		}
		if z, _ := m.Merged.Get("z"); z.Single != "1" {
			t.Errorf("%s to %s: query %v", tt.asked, tt.path, m.Merged)
		}
	}
	if _, ok := (&Match{}).Rewritten("/_next/data/other/x.json", nil, o); ok {
		t.Error("data of another build proceeds")
	}
}
