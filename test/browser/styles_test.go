package browser

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/onwardjs/onward/test/rig"
)

// computed is a style of an element as the browser resolved it.
func computed(id, property string) string {
	return "getComputedStyle(document.getElementById(" + strconv.Quote(id) + "))[" + strconv.Quote(property) + "]"
}

// P263, G020, G021, G024, G026, G086: styled-jsx in the HTML, after hydration and
// from page to page; what compiler.* and images.loaderFile do to the same app.
func TestStyledJSX(t *testing.T) {
	t.Parallel()
	app, server, err := serve(context.Background(), filepath.Join(rig.Apps(), "styles"))
	if err != nil {
		t.Fatal(err)
	}
	defer app.Remove()
	defer server.Close()

	p := blank(t, server.URL)
	p.visit("/")
	p.quiet()
	p.want(`document.querySelectorAll("head style[id^=__jsx-]").length`, 7)
	p.want(`document.querySelector("[data-testid]") === null`, true)
	p.want(`document.getElementById("greeting").textContent`, "hello")
	p.want(`document.getElementById("picture").getAttribute("src")`, "/pictures/a.png?width=128&quality=75")
	p.want(computed("one", "color"), "rgb(10, 0, 0)")
	p.want(computed("two", "color"), "rgb(20, 0, 0)")
	p.want(computed("one", "borderTopWidth"), "4px")
	p.want(computed("outside", "borderTopWidth"), "0px")
	p.want(computed("two-link", "color"), "rgb(2, 2, 2)")
	p.want(computed("other", "color"), "rgb(3, 3, 3)")
	p.want(`getComputedStyle(document.body).backgroundColor`, "rgb(4, 4, 4)")
	p.want(`getComputedStyle(document.documentElement).marginLeft`, "6px")

	// A new value is a new class and a new rule.
	p.want(computed("greeting", "paddingLeft"), "3px")
	p.click("wider")
	p.until(computed("greeting", "paddingLeft") + ` === "4px"`)

	// Styles go with the page that brought them.
	p.click("other")
	p.until(`document.getElementById("text") !== null`)
	p.until(computed("text", "color") + ` === "rgb(5, 5, 5)"`)
	p.until(`getComputedStyle(document.body).backgroundColor === "rgba(0, 0, 0, 0)"`)
	p.want(`document.querySelectorAll("head style[id^=__jsx-]").length`, 0)
	p.click("home")
	p.until(`document.getElementById("one") !== null`)
	p.until(computed("one", "color") + ` === "rgb(10, 0, 0)"`)
	p.noComplaints("404 (Not Found)")

	// One request leaves nothing for the next.
	p.visit("/other")
	p.want(`document.querySelectorAll("style[id^=__jsx-]").length`, 1)
}
