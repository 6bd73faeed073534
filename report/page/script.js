"use strict";
(() => {
  const all = (selector, from = document) => Array.from(from.querySelectorAll(selector));
  const one = (selector, from = document) => from.querySelector(selector);
  const findings = all(".finding");
  const groups = all(".group");
  const search = one("#search"), category = one("#category"), count = one("#count");
  const severities = all("input[name=severity]");
  const texts = new Map();

  // A browser that runs scripts takes what stands in noscript for plain text, so
  // thousands of findings open fast. Their details become elements when they are
  // wanted. The page has escaped all that a target wrote; the policy forbids the rest.
  const unfold = (finding) => {
    const folded = one("noscript", finding);
    if (!folded) return;
    const text = folded.textContent;
    folded.parentElement.innerHTML = text;
  };

  const entities = { amp: "&", lt: "<", gt: ">" };
  const plain = (html) => html.replace(/<[^>]*>/g, " ")
    .replace(/&(?:#(\d+)|(\w+));/g, (all, number, name) => number ? String.fromCodePoint(Number(number)) : entities[name] || all);

  // The text of a finding that the search looks at, read once.
  const textOf = (finding) => {
    let text = texts.get(finding);
    if (text === undefined) {
      const folded = one("noscript", finding);
      text = (one("summary", finding).textContent + " " + (folded ? plain(folded.textContent) : one(".body", finding).textContent)).toLowerCase();
      texts.set(finding, text);
    }
    return text;
  };

  const filter = () => {
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    const chosen = new Set(severities.filter((box) => box.checked).map((box) => box.value));
    let shown = 0;
    for (const finding of findings) {
      const fits = chosen.has(finding.dataset.severity) &&
        (category.value === "" || category.value === finding.dataset.category) &&
        words.every((word) => textOf(finding).includes(word));
      finding.hidden = !fits;
      if (fits) shown++;
    }
    for (const group of groups) group.hidden = !one(".finding:not([hidden])", group);
    count.textContent = shown + " of " + findings.length + (findings.length === 1 ? " finding" : " findings");
  };

  const clear = () => {
    search.value = "";
    category.value = "";
    for (const box of severities) box.checked = true;
    filter();
  };

  // An explanation stands once in the page; an open finding shows a copy of it.
  const explain = (finding) => {
    unfold(finding);
    const slot = one(".fix", finding);
    if (!slot || slot.dataset.filled) return;
    const source = one(slot.dataset.fix + " .prose");
    if (!source) return;
    slot.dataset.filled = "yes";
    const title = document.createElement("h5");
    title.textContent = "Why it matters, and how to fix it";
    slot.replaceChildren(title, source.cloneNode(true));
  };

  const open = (finding) => {
    explain(finding);
    one("details", finding).open = true;
  };

  const rows = all(".matrix tbody tr");
  const place = one("#place"), verdict = one("#verdict"), rowCount = one("#rows");

  const narrow = () => {
    const words = place.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of rows) {
      const text = row.textContent.toLowerCase();
      row.hidden = !(words.every((word) => text.includes(word)) &&
        (verdict.value === "" || one('[data-verdict="' + verdict.value + '"]', row)));
      if (!row.hidden) shown++;
    }
    rowCount.textContent = shown + " of " + rows.length + (rows.length === 1 ? " row" : " rows");
  };

  // What stands behind the cells of a row is folded up like a finding, so a
  // permalink to a cell is not in the page until its row is unfolded.
  const unfoldCell = (id) => {
    const link = /^c-[0-9a-f-]+$/.test(id) && one('.matrix a[href="#' + id + '"]');
    if (!link) return;
    const row = link.closest("tr");
    if (row.hidden) {
      place.value = verdict.value = "";
      narrow();
    }
    unfold(document.getElementById(row.id.replace("r-", "x-")));
  };

  // A permalink opens its finding, or its cell of the map, also one that the
  // filters hide.
  const follow = () => {
    let id = "";
    try { id = decodeURIComponent(location.hash.slice(1)); } catch { return; }
    unfoldCell(id);
    const target = id && document.getElementById(id);
    for (const other of all(".shown")) other.classList.remove("shown");
    if (!target) return;
    const isFinding = target.classList.contains("finding");
    if (!isFinding && !target.classList.contains("exchange")) return;
    if (isFinding) {
      if (target.hidden) clear();
      open(target);
    }
    target.classList.add("shown");
    target.scrollIntoView();
    (isFinding ? one("summary", target) : target).focus({ preventScroll: true });
  };

  const copy = async (button) => {
    const source = one("pre", button.parentElement);
    let done = true;
    try {
      await navigator.clipboard.writeText(source.textContent);
    } catch {
      const range = document.createRange();
      range.selectNodeContents(source);
      const selection = getSelection();
      selection.removeAllRanges();
      selection.addRange(range);
      done = document.execCommand("copy");
    }
    button.textContent = done ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = "Copy"; }, 2000);
  };

  if (findings.length > 0) {
    let waiting = 0;
    search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(filter, findings.length > 500 ? 150 : 0); });
    category.addEventListener("change", filter);
    for (const box of severities) box.addEventListener("change", filter);
    one("#clear").addEventListener("click", () => { clear(); search.focus(); });
    one("#expand").addEventListener("click", (event) => {
      const opening = event.currentTarget.getAttribute("aria-pressed") !== "true";
      for (const finding of findings) if (!finding.hidden) opening ? open(finding) : (one("details", finding).open = false);
      event.currentTarget.setAttribute("aria-pressed", String(opening));
    });
    one("#findings").addEventListener("toggle", (event) => {
      if (event.target.open) explain(event.target.parentElement);
    }, true);
    document.addEventListener("keydown", (event) => {
      if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey || /^(INPUT|SELECT|TEXTAREA)$/.test(document.activeElement.tagName)) return;
      event.preventDefault();
      search.focus();
    });
    let opened = [];
    addEventListener("beforeprint", () => {
      opened = findings.filter((finding) => !finding.hidden && !one("details", finding).open);
      opened.forEach(open);
    });
    addEventListener("afterprint", () => {
      for (const finding of opened) one("details", finding).open = false;
      opened = [];
    });
    // In a page of this size the browser's own search finds the details too.
    if (findings.length <= 300) findings.forEach(unfold);
    // A reload keeps what stood in the fields.
    filter();
  }

  if (rows.length > 0) {
    place.addEventListener("input", narrow);
    verdict.addEventListener("change", narrow);
    narrow();
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (button) copy(button);
    // The place that the address names already changes nothing, so no event follows.
    const link = event.target.closest("a");
    if (link && link.hash !== "" && link.href === location.href) follow();
  });
  addEventListener("hashchange", follow);
  follow();

  // Paper shows what the audit's rows fold up.
  const folded = all(".audit details");
  addEventListener("beforeprint", () => { for (const part of folded) part.open = true; });
  addEventListener("afterprint", () => { for (const part of folded) part.open = false; });

  for (const part of all(".needs-script")) part.hidden = false;
})();
