package config

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

func TestManyLocales(t *testing.T) {
	for _, count := range []int{100, 101} {
		list := make([]string, count)
		for i := range list {
			list[i] = fmt.Sprintf(`"l%d"`, i)
		}
		c, warnings, err := parse(t, `{"i18n":{"locales":[`+strings.Join(list, ",")+`],"defaultLocale":"l7"}}`)
		if err != nil {
			t.Fatal(err)
		}
		if c.I18n.Locales[0] != "l7" || len(c.I18n.Locales) != count {
			t.Errorf("the default locale does not come first: %q", c.I18n.Locales)
		}
		if warned := len(warnings) == 1 && strings.Contains(warnings[0].Text, "more than 100"); warned != (count > 100) {
			t.Errorf("%d locales: warnings %v", count, warnings)
		}
	}
}

func TestDomains(t *testing.T) {
	c, warnings, err := parse(t, `{"i18n":{"locales":["en","fr","nl"],"defaultLocale":"en","localeDetection":true,"domains":[
		{"domain":"a.example","defaultLocale":"en"},{"domain":"b.example","defaultLocale":"fr","locales":["nl"],"http":true}]}}`)
	if err != nil || len(warnings) != 0 {
		t.Fatal(err, warnings)
	}
	want := &I18n{Locales: []string{"en", "fr", "nl"}, DefaultLocale: "en", Domains: []Domain{
		{Domain: "a.example", DefaultLocale: "en"},
		{Domain: "b.example", DefaultLocale: "fr", Locales: []string{"nl"}, HTTP: true},
	}}
	if !reflect.DeepEqual(c.I18n, want) {
		t.Errorf("got %+v, want %+v", c.I18n, want)
	}
}
