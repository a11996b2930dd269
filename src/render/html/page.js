// All changes of a plan, with filters, in the place of the first few that stand in the markup.
//
// What is chosen stands in the address, so that a link carries it. At most one page of lines exists at a time: so 100,000
// changes cost no more than a few hundred.

const PAGE = 200; // lines of a page

function browse() {
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

  // All texts of a row and of an address in lower case, built at the first search.
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
    lower = { row, address: changes.address.map((_, change) => called(change).toLowerCase()) };
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

  const isLost = ([change]) => risks[changes.risk[change]] === "irreversible";
  // They come first.
  const losses = isLost([0]);
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
    const part = (title, items) => {
      if (items.length === 0) return [];
      return [losses ? el("h3", null, title) : "", el("ul", { class: "changes" }, items.map((item) => el("li", null, entry(item))))];
    };
    const lost = page.filter(isLost);
    const rest = page.filter((item) => !isLost(item));
    const parts = [part("Cannot be undone", lost), part("The rest", rest)].flat().filter(Boolean);
    if (items.length === 0) parts.push(el("p", { class: "nothing" }, "No change matches these filters."));
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
    const summary = details.querySelector("summary");
    summary.scrollIntoView();
    summary.focus({ preventScroll: true });
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
}

if (all > 0) browse();
performance.mark("trunkline-shown");
