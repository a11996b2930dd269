"use strict";
// All changes of a plan, with filters, in the place of the first few that stand in the markup.
//
// Foreign text is only ever set as text, never as markup. What is chosen stands in the address, so that a link carries it.
// At most one page of lines exists at a time, and a change is filled when it is opened: so 100,000 of them cost no more
// than a few hundred.
(() => {
  const PAGE = 200; // lines of a page
  const STEP = 100; // names that are added at a time
  const ALIKE = 4; // from so many equal fields on, they share a line
  const LINES = 12; // lines of a difference in sight

  const $ = (id) => document.getElementById(id);
  const data = JSON.parse($("data").textContent);
  const { texts, rows, changes, findings, entries, risks, actions } = data;
  const all = changes.address.length;
  const number = (n) => n.toLocaleString("en");
  const count = (n, one, many = one + "s") => number(n) + " " + (n === 1 ? one : many);

  // ---- Markup ----

  // An element with attributes; what is inside are elements and texts.
  function el(tag, attributes, ...inside) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes || {})) {
      if (typeof value === "function") element.addEventListener(name, value);
      else if (value !== null && value !== false) element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...inside.flat().filter((it) => it !== null && it !== ""));
    return element;
  }

  const span = (name, ...inside) => el("span", { class: name }, ...inside);

  // Prose, in which what stands between backticks is code.
  function prose(text) {
    const parts = text.split("`");
    if (parts.length % 2 === 0) return [text];
    return parts.map((part, at) => (at % 2 === 1 ? el("code", null, part) : part));
  }

  const SIGNS = { "+": "add", "~": "change", ">": "move", "-": "remove" };

  // A sign, with its meaning for those who hear the page.
  function symbol(sign) {
    const words = (SIGNS[sign[0]] || sign) + (sign[1] ? ", cannot be undone" : "");
    return el("span", { class: "symbol", "data-sign": sign }, el("span", { "aria-hidden": "true" }, sign), span("hidden", words));
  }

  // Details that are filled when they are first opened.
  function disclosure(name, summary, fill) {
    const details = el("details", { class: name }, summary);
    details.fill = () => {
      details.fill = () => {};
      details.append(...fill());
    };
    details.addEventListener("toggle", () => details.open && details.fill());
    return details;
  }

  // A list of which more is shown when somebody asks.
  function stepwise(list, items, make, step = STEP) {
    let shown = 0;
    const button = el("button", { type: "button", class: "rest", click: () => more(true) });
    function more(focus) {
      const next = items.slice(shown, shown + step).map(make);
      list.append(...next);
      shown += next.length;
      const left = items.length - shown;
      button.textContent = `Show ${number(Math.min(step, left))} more of ${number(left)}`;
      button.hidden = left === 0;
      const target = focus && next[0] && next[0].querySelector("summary");
      if (target) target.focus();
    }
    more(false);
    return [list, button];
  }

  // ---- A change ----

  const notesOf = (ids) => ids.flatMap((row) => rows.notes[row]);
  const note = ([weight, text]) => span("note " + weight, texts[text]);

  function line(item) {
    const first = item[0];
    const ids = changes.rows[first];
    const name =
      item.length > 1
        ? el("b", null, count(item.length, texts[changes.kind[first]]))
        : el("b", null, changes.address[first]);
    const created = actions[changes.action[first]] === "create" && item.length === 1;
    const risk = risks[changes.risk[first]];
    return el(
      "summary",
      null,
      symbol(texts[changes.symbol[first]]),
      span("name", name, created ? span("new", "new") : ""),
      span(
        "said",
        ids.length > 0 ? [el("code", null, texts[rows.path[ids[0]]]), " ", texts[rows.text[ids[0]]]] : "",
        ids.length > 1 ? [" ", span("more", `+ ${number(ids.length - 1)} more`)] : "",
      ),
      span("risk " + risk, risk),
      notesOf(ids).map(note),
    );
  }

  function entry(item) {
    const lost = risks[changes.risk[item[0]]] === "irreversible";
    const details = disclosure("change" + (lost ? " irreversible" : ""), line(item), () => [
      body(item),
      ...(item.length > 1 ? members(item) : []),
    ]);
    details.item = item;
    return details;
  }

  // Those who change alike, each with its own reasons.
  function members(item) {
    const make = (change) => {
      const summary = el("summary", null, el("b", null, changes.address[change]));
      return el("li", null, disclosure("member", summary, () => [body([change])]));
    };
    return [el("h4", null, count(item.length, texts[changes.kind[item[0]]])), ...stepwise(el("ul", { class: "members" }), item, make)];
  }

  // The fields of a change, or of several that are alike: then only the reasons that all of them have.
  function body(item) {
    const [first] = item;
    const ids = changes.rows[first];
    const shared = (at) => item.every((change) => changes.rows[change][at] === ids[at]);
    const groups = together(ids).map((group) => ({ ids: group, why: shared(ids.indexOf(group[0])) }));
    const tbody = el("tbody", null);
    const table = el(
      "table",
      { class: "fields" },
      el("thead", null, el("tr", null, ["", "field", "before", "after", "risk", "why"].map((name) => el("th", { scope: "col" }, name || span("hidden", "what happens"))))),
      tbody,
    );
    const parts = [el("div", { class: "wide" }, table), stepwise(tbody, groups, fields)[1]];
    if (item.length === 1) parts.push(...about(first));
    return el("div", { class: "body" }, parts);
  }

  // Rows that only differ in the last part of their path share a line, if they are many.
  function together(ids) {
    const groups = new Map();
    for (const row of ids) {
      const path = texts[rows.path[row]];
      const end = path.lastIndexOf("/");
      const alone = end < 0 || rows.notes[row].length > 0 || rows.diff[row];
      const key = alone ? row : JSON.stringify([path.slice(0, end), rows.symbol[row], rows.text[row]]);
      if (!groups.has(key)) groups.set(key, []);
      groups.get(key).push(row);
    }
    return [...groups.values()].flatMap((group) => (group.length < ALIKE ? group.map((row) => [row]) : [group]));
  }

  function fields({ ids, why }) {
    const [row] = ids;
    const path = texts[rows.path[row]];
    const cut = path.lastIndexOf("/");
    const several = ids.length > 1;
    const cells = [
      el("td", { class: "sign" }, symbol(texts[rows.symbol[row]])),
      el("th", { scope: "row" }, el("code", null, several ? path.slice(0, cut) : path)),
    ];
    const [before, after] = [texts[rows.before[row]], texts[rows.after[row]]];
    const diff = rows.diff[row];
    if (several) {
      const names = ids.map((it) => texts[rows.path[it]].slice(cut + 1));
      const list = stepwise(el("ul", { class: "names" }), names, (name) => el("li", null, name));
      cells.push(el("td", { colspan: 2 }, `${number(ids.length)}: ${texts[rows.text[row]]}`, list));
    } else if (diff || (before === "" && after === "")) {
      cells.push(el("td", { colspan: 2 }, texts[rows.text[row]], diff ? difference(diff) : ""));
    } else {
      cells.push(value("before", before), value("after", after));
    }
    const risk = risks[rows.risk[row]];
    cells.push(el("td", { "data-name": "risk" }, span("risk " + risk, risk)));
    const place = texts[rows.place[row]];
    const because = why ? rows.because[row].map((it) => texts[it]) : [];
    cells.push(
      el("td", { "data-name": "why", class: "why" }, place ? span("place", several ? place.replace(/:\d+$/, "") : place) : "", because.map((it) => span("because", it))),
    );
    const notes = rows.notes[row].map(note);
    const fragment = document.createDocumentFragment();
    fragment.append(el("tr", null, cells));
    if (notes.length > 0) fragment.append(el("tr", { class: "notes" }, el("td", null), el("td", { colspan: 5 }, notes)));
    return fragment;
  }

  function value(name, text) {
    const long = text.length > 400;
    const attributes = { "data-name": name, class: name + (text === "" ? " none" : "") };
    return el("td", attributes, long ? el("div", { class: "long", tabindex: 0 }, text) : text || "none");
  }

  // The difference of two long values, folded when it is long.
  function difference(lines) {
    const list = el(
      "ul",
      { class: "diff" },
      lines.map(([sign, pieces]) =>
        el("li", { "data-sign": texts[sign] }, pieces.map((piece, at) => (at % 2 === 1 ? el("mark", null, texts[piece]) : texts[piece]))),
      ),
    );
    if (lines.length <= LINES) return list;
    return el("details", null, el("summary", null, count(lines.length, "line")), list);
  }

  // What was found about a change, and what it waits for.
  function about(change) {
    const found = (changes.findings[change] || []).map((it) => finding(it));
    const waits = changes.waits[change] || [];
    const parts = found.length > 0 ? [el("ul", { class: "findings" }, found)] : [];
    if (waits.length > 0) {
      const link = (on) => el("li", null, el("a", { href: "#" + new URLSearchParams({ at: changes.address[on] }) }, changes.address[on]));
      parts.push(el("div", { class: "waits" }, "Is done after ", stepwise(el("ul", { class: "names" }), waits, link, 5)));
    }
    return parts;
  }

  function finding(it) {
    const severity = findings.severity[it];
    return el(
      "li",
      { class: severity },
      el("p", null, span("severity", severity), " ", el("code", { class: "code" }, texts[findings.code[it]]), " ", subject(it)),
      el("p", null, prose(texts[findings.message[it]])),
      findings.help[it] ? el("p", { class: "help" }, prose(texts[findings.help[it]])) : "",
    );
  }

  const subject = (it) => [
    findings.subject[it] ? [span("subject", findings.subject[it]), " "] : [],
    findings.place[it] ? [span("place", texts[findings.place[it]])] : [],
  ].flat();

  // ---- Findings beyond those of the markup ----

  for (const list of document.querySelectorAll("ul.findings[data-severity]")) {
    const known = new Set([...list.children].map((it) => Number(it.dataset.entry)));
    const rest = entries.map((it, at) => [at, ...it]).filter(([at, severity]) => severity === list.dataset.severity && !known.has(at));
    const make = ([, , , ids]) => (ids.length === 1 ? finding(ids[0]) : several(ids));
    replaceRest(list, rest, make);
    for (const item of list.children) {
      const about = item.querySelector("ul.about");
      const entry = about && entries[Number(item.dataset.entry)];
      if (entry) replaceRest(about, entry[2].slice(about.children.length), one(entry[2]));
    }
  }

  function replaceRest(list, items, make) {
    const rest = list.nextElementSibling;
    if (items.length === 0 || !rest || rest.className !== "rest") return;
    const button = el("button", { type: "button", class: "rest" }, `Show ${number(items.length)} more`);
    button.addEventListener("click", () => button.replaceWith(stepwise(list, items, make)[1]));
    rest.replaceWith(button);
  }

  // One of several findings: with its message, unless that is the same for all of them.
  function one(ids) {
    const alike = ids.every((it) => findings.message[it] === findings.message[ids[0]]);
    return (it) => el("li", null, subject(it), alike ? "" : el("span", null, prose(texts[findings.message[it]])));
  }

  function several(ids) {
    const item = finding(ids[0]);
    item.append(...stepwise(el("ul", { class: "about" }), ids, one(ids)));
    return item;
  }

  if (all === 0) return;

  // ---- Filters ----

  // The lines of one facet: those that some change has.
  function facet(name, label, values) {
    const has = (value) => {
      for (let change = 0; change < all; change++) if (value.has(change)) return true;
      return false;
    };
    return { name, label, values: values.filter(has), on: new Set() };
  }

  const moves = (change) =>
    actions[changes.action[change]] === "update" && changes.rows[change].some((row) => texts[rows.symbol[row]][0] === ">");
  const facets = [
    facet("kind", "Kind", [...new Set(changes.kind)].map((kind) => ({ value: texts[kind], has: (it) => changes.kind[it] === kind }))),
    facet("risk", "Risk", risks.map((value, risk) => ({ value, has: (it) => changes.risk[it] === risk })).reverse()),
    facet("action", "Action", [
      ...actions.map((value, action) => ({ value, has: (it) => changes.action[it] === action })),
      { value: "move", has: moves },
    ]),
    facet("loss", "Losses", [
      { value: "not acknowledged", has: (it) => changes.acknowledged[it] === false },
      { value: "acknowledged", has: (it) => changes.acknowledged[it] === true },
    ]),
  ];
  // What is chosen: words, whether each change has its own line, the page, and the address that was opened last.
  const state = { q: "", alone: data.alone, page: 1, at: "" };

  // All texts of a row and of an address in lower case, made when somebody first searches.
  let lower = null;
  function lowered() {
    if (lower) return lower;
    const text = texts.map((it) => it.toLowerCase());
    const row = rows.path.map((path, it) =>
      [
        text[path],
        text[rows.text[it]],
        text[rows.before[it]],
        text[rows.after[it]],
        text[rows.place[it]],
        ...rows.because[it].map((reason) => text[reason]),
        ...rows.notes[it].map(([, note]) => text[note]),
        ...(rows.diff[it] || []).map(([, pieces]) => pieces.map((piece) => text[piece]).join("")),
      ].join("\n"),
    );
    lower = { row, address: changes.address.map((it) => it.toLowerCase()) };
    return lower;
  }

  // Whether a change has every word, in its address or in one of its rows.
  function matcher(query) {
    const words = query.toLowerCase().split(/\s+/).filter(Boolean);
    if (words.length === 0) return () => true;
    const { row, address } = lowered();
    const hits = words.map((word) => row.map((text) => text.includes(word)));
    return (change) => words.every((word, at) => address[change].includes(word) || changes.rows[change].some((it) => hits[at][it]));
  }

  // The changes that pass, and for each line of a facet how many pass all other facets.
  function filtered() {
    const matches = matcher(state.q);
    const shown = [];
    for (const { values } of facets) for (const value of values) value.count = 0;
    for (let change = 0; change < all; change++) {
      if (!matches(change)) continue;
      const against = facets.filter(({ on, values }) => on.size > 0 && !values.some(({ value, has }) => on.has(value) && has(change)));
      if (against.length === 0) shown.push(change);
      if (against.length > 1) continue;
      for (const { values } of against.length === 1 ? against : facets) {
        for (const value of values) if (value.has(change)) value.count++;
      }
    }
    return shown;
  }

  // One line for each change, or for all that are alike.
  function lines(shown) {
    const items = [];
    const known = new Map();
    for (const change of shown) {
      const alike = state.alone ? 0 : changes.alike[change];
      if (alike !== 0 && known.has(alike)) {
        known.get(alike).push(change);
        continue;
      }
      const item = [change];
      if (alike !== 0) known.set(alike, item);
      items.push(item);
    }
    return items;
  }

  let items = [];

  function apply() {
    const shown = filtered();
    items = lines(shown);
    const any = state.q !== "" || facets.some(({ on }) => on.size > 0);
    status.textContent = `Shown ${number(shown.length)} of ${count(all, "change")}` + (items.length < shown.length ? `, on ${count(items.length, "line")}` : "");
    clear.hidden = !any;
    for (const { values } of facets) {
      for (const value of values) {
        value.shown.textContent = number(value.count);
        value.label.classList.toggle("none", value.count === 0);
      }
    }
    render();
  }

  function render() {
    const pages = Math.max(1, Math.ceil(items.length / PAGE));
    state.page = Math.min(Math.max(1, state.page), pages);
    const from = (state.page - 1) * PAGE;
    const page = items.slice(from, from + PAGE);
    const isLost = ([change]) => risks[changes.risk[change]] === "irreversible";
    const part = (title, items) => {
      if (items.length === 0) return [];
      return [el("h3", null, title), el("ul", { class: "changes" }, items.map((item) => el("li", null, entry(item))))];
    };
    const lost = page.filter(isLost);
    const rest = page.filter((item) => !isLost(item));
    const parts = [part("Cannot be undone", lost), part("The rest", rest)].flat();
    if (items.length === 0) parts.push(el("p", { class: "nothing" }, "No change fits these filters."));
    if (pages > 1) parts.push(pager(from, page.length, pages));
    $("list").replaceChildren(...parts);
    save();
  }

  function pager(from, length, pages) {
    const go = (to, name, off) => el("button", { type: "button", disabled: off, click: () => turn(to) }, name);
    return el(
      "nav",
      { class: "pager", "aria-label": "Pages" },
      go(1, "First", state.page === 1),
      go(state.page - 1, "Previous", state.page === 1),
      span("", `${number(from + 1)} to ${number(from + length)} of ${number(items.length)}`),
      go(state.page + 1, "Next", state.page === pages),
      go(pages, "Last", state.page === pages),
    );
  }

  function turn(page, last) {
    state.page = page;
    state.at = "";
    render();
    const stops = summaries();
    const stop = stops[last ? stops.length - 1 : 0];
    if (stop) stop.focus({ preventScroll: true });
    (last ? stop : $("changes")).scrollIntoView();
  }

  // ---- The address ----

  function save() {
    const hash = new URLSearchParams();
    if (state.q) hash.set("q", state.q);
    for (const { name, on } of facets) for (const value of on) hash.append(name, value);
    if (state.alone !== data.alone) hash.set("alone", state.alone ? "yes" : "no");
    if (state.page > 1) hash.set("page", state.page);
    if (state.at) hash.set("at", state.at);
    const text = hash.toString();
    if (text === location.hash.slice(1)) return;
    try {
      history.replaceState(null, "", text === "" ? location.pathname + location.search : "#" + text);
    } catch {
      // Some viewers of artefacts forbid it; then there is no link to share.
    }
  }

  function load() {
    const text = location.hash.slice(1);
    // The name of a part of the page is for the browser alone.
    if (text !== "" && !text.includes("=")) return items.length > 0 ? null : apply();
    const hash = new URLSearchParams(text);
    state.q = hash.get("q") || "";
    for (const { name, values, on } of facets) {
      on.clear();
      const asked = hash.getAll(name);
      values.filter(({ value }) => asked.includes(value)).forEach(({ value }) => on.add(value));
    }
    state.alone = hash.has("alone") ? hash.get("alone") === "yes" : data.alone;
    state.page = Number(hash.get("page")) || 1;
    state.at = hash.get("at") || "";
    showFilters();
    apply();
    if (state.at) open(state.at);
  }

  // Opens the line of an address, on whichever page it is.
  function open(address) {
    const change = changes.address.indexOf(address);
    const at = items.findIndex((item) => item.includes(change));
    if (at < 0) return;
    const page = Math.floor(at / PAGE) + 1;
    if (page !== state.page) {
      state.page = page;
      render();
    }
    const details = [...$("list").querySelectorAll("details.change")].find((it) => it.item === items[at]);
    details.fill();
    details.open = true;
    details.scrollIntoView({ block: "center" });
    details.querySelector("summary").focus({ preventScroll: true });
  }

  // ---- Controls ----

  const search = el("input", { type: "search", id: "search", placeholder: "Name, field, value, file", autocomplete: "off", spellcheck: "false" });
  const status = el("p", { role: "status", id: "shown" });
  const clear = el("button", { type: "button", id: "clear", click: reset }, "Clear filters");
  const narrow = el("button", { type: "button", id: "narrow", "aria-expanded": "false", "aria-controls": "facets" }, "Filters");
  const alone = el("input", { type: "checkbox", id: "alone" });

  function showFilters() {
    search.value = state.q;
    alone.checked = !state.alone;
    for (const { values, on } of facets) for (const value of values) value.box.checked = on.has(value.value);
  }

  function changed() {
    state.page = 1;
    state.at = "";
    apply();
  }

  function reset() {
    state.q = "";
    for (const { on } of facets) on.clear();
    showFilters();
    changed();
    search.focus();
  }

  for (const facet of facets) {
    for (const value of facet.values) {
      value.box = el("input", { type: "checkbox", value: value.value, name: facet.name });
      value.box.addEventListener("change", () => {
        if (value.box.checked) facet.on.add(value.value);
        else facet.on.delete(value.value);
        changed();
      });
      value.shown = span("count");
      value.label = el("label", null, value.box, span("value", value.value), value.shown);
    }
  }
  alone.addEventListener("change", () => {
    state.alone = !alone.checked;
    changed();
  });
  narrow.addEventListener("click", () => {
    const open = $("facets").classList.toggle("open");
    narrow.setAttribute("aria-expanded", String(open));
  });
  let waiting = 0;
  search.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => {
      state.q = search.value.trim();
      changed();
    }, 60);
  });

  $("bar").append(
    el("label", { class: "search" }, span("hidden", "Search the changes"), search, el("kbd", { "aria-hidden": "true" }, "/")),
    narrow,
    status,
    clear,
  );
  const groups = facets.filter(({ values }) => values.length > 0);
  $("facets").append(
    ...groups.map(({ label, values }) => el("fieldset", null, el("legend", null, label), values.map((value) => value.label))),
  );
  if (changes.alike.some((it) => it !== 0)) {
    $("facets").append(el("fieldset", null, el("legend", null, "Lines"), el("label", null, alone, span("value", "equal changes share a line"))));
  }
  const key = (name, does) => [el("dt", null, name.map((it) => el("kbd", null, it))), el("dd", null, does)];
  $("facets").append(
    el("dl", { class: "keys" }, key(["/"], "search"), key(["j", "k"], "next, previous"), key(["Enter"], "open, close"), key(["Esc"], "clear filters")),
  );
  $("facets").addEventListener("submit", (event) => event.preventDefault());

  $("list").addEventListener(
    "toggle",
    (event) => {
      const { item, open } = event.target;
      if (!item) return;
      if (open) state.at = changes.address[item[0]];
      else if (state.at === changes.address[item[0]]) state.at = "";
      save();
    },
    true,
  );
  for (const tile of document.querySelectorAll(".tiles a")) {
    tile.addEventListener("click", (event) => {
      event.preventDefault();
      location.hash = tile.getAttribute("href");
      $("changes").scrollIntoView();
    });
  }
  window.addEventListener("hashchange", load);

  // ---- Keys ----

  const summaries = () => [...$("list").querySelectorAll("summary")].filter((it) => it.offsetParent !== null);

  function step(by) {
    const stops = summaries();
    const now = stops.indexOf(document.activeElement);
    const next = stops[now < 0 ? (by > 0 ? 0 : stops.length - 1) : now + by];
    if (next) return next.focus();
    const page = state.page + by;
    if (now >= 0 && page >= 1 && (page - 1) * PAGE < items.length) turn(page, by < 0);
  }

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const typing = event.target === search;
    const within = event.target.matches("#list summary");
    const does = {
      Escape: () => reset(),
      Enter: typing ? () => step(1) : null,
      ArrowDown: typing || within ? () => step(1) : null,
      ArrowUp: within ? () => step(-1) : null,
      "/": typing ? null : () => search.focus(),
      j: typing ? null : () => step(1),
      k: typing ? null : () => step(-1),
    }[event.key];
    if (!does) return;
    event.preventDefault();
    does();
  });

  document.querySelector(".browse").classList.add("live");
  $("bar").hidden = false;
  $("facets").hidden = false;
  load();
  performance.mark("trunkline-shown");
})();
