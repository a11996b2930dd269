// What a change and a finding look like: the data of the page, and the elements that show it.
//
// Foreign text is only ever set as text, never as markup. A change is filled when it is opened.

const STEP = 100; // names that are added at a time
const ALIKE = 4; // from so many equal fields on, they share a line
const LINES = 12; // lines of a difference in sight

const $ = (id) => document.getElementById(id);
const data = JSON.parse($("data").textContent);
const { texts, rows, changes, findings, entries, risks, actions } = data;
const all = changes.address.length;
const called = (change) => [changes.address[change], changes.name[change]].filter(Boolean).join(" ");
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

// A list that shows more on request.
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
      : el("b", null, called(first));
  const created = actions[changes.action[first]] === "create" && item.length === 1;
  const risk = risks[changes.risk[first]];
  const sign = texts[changes.symbol[first]];
  const field = ids.length > 0 ? texts[rows.symbol[ids[0]]] : sign;
  return el(
    "summary",
    null,
    symbol(sign),
    span("name", name, created ? span("new", "new") : ""),
    span(
      "said",
      field === sign ? "" : [symbol(field), " "],
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
    const summary = el("summary", null, el("b", null, called(change)));
    return el("li", null, disclosure("member", summary, () => [body([change])]));
  };
  return [el("h4", null, count(item.length, texts[changes.kind[item[0]]])), ...stepwise(el("ul", { class: "members" }), item, make)];
}

// The fields of a change, or of several that are alike: then only the reasons that all of them have.
function body(item) {
  const [first] = item;
  const ids = changes.rows[first];
  const shared = (at) => item.every((change) => changes.rows[change][at] === ids[at]);
  // Where all is new there is nothing to say of before.
  const fresh = ids.every((row) => rows.before[row] === 0 && !rows.diff[row] && texts[rows.symbol[row]][0] === "+");
  const groups = together(ids).map((group) => ({ ids: group, why: shared(ids.indexOf(group[0])), fresh }));
  const heads = ["", "field", ...(fresh ? [] : ["before"]), "after", "risk", "why"];
  const tbody = el("tbody", null);
  const table = el(
    "table",
    { class: "fields" },
    el("thead", null, el("tr", null, heads.map((name) => el("th", { scope: "col" }, name || span("hidden", "what happens"))))),
    tbody,
  );
  const more = stepwise(tbody, groups, fields)[1];
  const parts = ids.length > 0 ? [el("div", { class: "wide" }, table), more] : [];
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

function fields({ ids, why, fresh }) {
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
    cells.push(el("td", { colspan: fresh ? 1 : 2 }, `${number(ids.length)}: ${texts[rows.text[row]]}`, list));
  } else if (diff || (before === "" && after === "")) {
    cells.push(el("td", { colspan: 2 }, texts[rows.text[row]], diff ? difference(diff) : ""));
  } else {
    if (!fresh) cells.push(value("before", before));
    cells.push(value("after", after));
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
  if (notes.length > 0) fragment.append(el("tr", { class: "notes" }, el("td", null), el("td", { colspan: fresh ? 4 : 5 }, notes)));
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
  const found = (changes.findings[change] || []).map((it) => finding(it, ""));
  const waits = changes.waits[change] || [];
  const parts = found.length > 0 ? [el("ul", { class: "findings" }, found)] : [];
  if (waits.length > 0) {
    const link = (on) => el("li", null, el("a", { href: "#" + new URLSearchParams({ at: changes.address[on] }) }, changes.address[on]));
    parts.push(el("div", { class: "waits" }, "Is done after ", stepwise(el("ul", { class: "names" }), waits, link, 5)));
  }
  return parts;
}

function finding(it, whom = subject(it)) {
  const severity = findings.severity[it];
  return el(
    "li",
    { class: severity },
    el("p", null, span("severity", severity), " ", el("code", { class: "code" }, texts[findings.code[it]]), " ", whom),
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
  const item = finding(ids[0], span("count", count(ids.length, "time")));
  item.append(...stepwise(el("ul", { class: "about" }), ids, one(ids)));
  return item;
}
