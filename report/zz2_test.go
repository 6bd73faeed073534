package report_test

import (
	"fmt"
	"os"
	"testing"
)

func TestZZShot(t *testing.T) {
	b := openBrowser(t)
	text, _ := os.ReadFile("/tmp/r1/d.html")
	b.open(page(t, text))
	b.screenshot("/tmp/r1/demo1280.png", 1280, 2300, false)
	b.screenshot("/tmp/r1/demo390.png", 390, 1700, false)
	b.eval("location.hash='#'+document.querySelectorAll('.finding')[2].id")
	b.screenshot("/tmp/r1/demoopen.png", 1280, 2600, false)
	var pdf struct{ Data string }
	b.call("Page.printToPDF", map[string]any{}, &pdf)
	fmt.Println(b.complaints, b.eval("document.documentElement.scrollWidth"), len(pdf.Data))
}
