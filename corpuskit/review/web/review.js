"use strict";
const byId = (id) => document.getElementById(id);
const words = JSON.parse(byId("words").textContent);
const stored = (key) => { try { return localStorage.getItem(key); } catch { return null; } };
const keep = (key, value) => { try { localStorage.setItem(key, value); } catch { /* a private window */ } };

let reviewer = new URLSearchParams(location.search).get("reviewer") || "";
let pass = 1;
let item = null;
let busy = false;
let selected = null;
let answers = null;

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, key) => values[key] ?? all);
const points = (text) => Array.from(text).length;

function empty() {
  return { language: null, education: null, flags: new Set(), spans: [], note: "", machine_shown: false };
}

function tell(text, wrong = false) {
  byId("message").textContent = text;
  byId("message").classList.toggle("wrong", wrong);
}

async function ask(path, body) {
  const options = body === undefined ? {} : {
    method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  };
  const response = await fetch(path, options);
  const data = await response.json();
  if (!response.ok) throw new Error(data.error);
  return data;
}

async function attempt(action) {
  if (busy) return;
  busy = true;
  try {
    await action();
  } catch (error) {
    tell(error instanceof TypeError ? words.not_saved : `${words.refused} ${error.message}`, true);
  } finally {
    busy = false;
  }
}

function show(state, undone = null) {
  item = state.item;
  answers = empty();
  selected = null;
  if (undone) {
    Object.assign(answers, undone, { flags: new Set(undone.flags) });
    pass = undone.pass;
  }
  byId("bar").max = Math.max(state.total, 1);
  byId("bar").value = state.done;
  byId("count").textContent = fill(words.progress, { done: state.done, total: state.total });
  byId("second").hidden = pass !== 2;
  byId("card").hidden = !item;
  byId("save").hidden = !item;
  byId("end").hidden = Boolean(item);
  byId("again").hidden = byId("why").hidden = pass !== 1 || state.second < 1;
  byId("machine").hidden = true;
  byId("ask").setAttribute("aria-expanded", "false");
  if (!item) return;
  byId("expected").textContent = item.expected.length > 1
    ? fill(words.expected_any, { languages: item.expected.join(", ") })
    : fill(words.expected, { language: item.expected[0] });
  address(item.url);
  byId("note").value = answers.note;
  byId("noting").open = answers.note !== "";
  byId("text").lang = item.lang;
  byId("text").dir = item.dir;
  byId("text").scrollTop = 0;
  text();
  buttons();
}

function address(url) {
  const place = byId("address");
  place.replaceChildren();
  if (!url) return;
  if (!/^https?:\/\//.test(url)) {
    place.textContent = url;
    return;
  }
  const link = document.createElement("a");
  link.href = url;
  link.rel = "noreferrer noopener";
  link.target = "_blank";
  link.textContent = url;
  place.append(link);
}

function text() {
  const characters = Array.from(item.text);
  const parts = [];
  let at = 0;
  for (const [start, end] of answers.spans) {
    parts.push(characters.slice(at, start).join(""));
    const mark = document.createElement("mark");
    mark.textContent = characters.slice(start, end).join("");
    parts.push(mark);
    at = end;
  }
  parts.push(characters.slice(at).join(""));
  byId("text").replaceChildren(...parts);
  byId("unmark").hidden = answers.spans.length === 0;
}

function buttons() {
  for (const button of document.querySelectorAll("[data-question]")) {
    const { question, answer } = button.dataset;
    const pressed = question === "flags" ? answers.flags.has(answer) : String(answers[question]) === answer;
    button.setAttribute("aria-pressed", pressed);
  }
  byId("education").disabled = ["wrong", "not_language"].includes(answers.language);
}

function choose(question, answer) {
  if (question === "flags") {
    if (!answers.flags.delete(answer)) answers.flags.add(answer);
  } else if (question === "education") {
    if (!byId("education").disabled) answers.education = Number(answer);
  } else {
    answers.language = answer;
    if (answer === "wrong" || answer === "not_language") answers.education = null;
  }
  tell("");
  buttons();
}

function selection() {
  const chosen = getSelection();
  if (!chosen.rangeCount || chosen.isCollapsed) return null;
  const range = chosen.getRangeAt(0);
  if (!byId("text").contains(range.commonAncestorContainer)) return null;
  const before = document.createRange();
  before.selectNodeContents(byId("text"));
  before.setEnd(range.startContainer, range.startOffset);
  const start = points(before.toString());
  const end = start + points(range.toString());
  return end > start ? [start, end] : null;
}

function mark() {
  const span = selection() ?? selected;
  if (!span) return tell(words.select_first, true);
  const merged = [];
  for (const [start, end] of [...answers.spans, span].sort((a, b) => a[0] - b[0])) {
    const last = merged.at(-1);
    if (last && start <= last[1]) last[1] = Math.max(last[1], end);
    else merged.push([start, end]);
  }
  answers.spans = merged;
  answers.flags.add("personal_data");
  selected = null;
  getSelection().removeAllRanges();
  tell("");
  text();
  buttons();
}

function unmark() {
  answers.spans.pop();
  text();
}

async function machine() {
  const place = byId("machine");
  if (!place.hidden) {
    place.hidden = true;
    byId("ask").setAttribute("aria-expanded", "false");
    return;
  }
  const view = await ask(`machine?id=${encodeURIComponent(item.id)}`);
  answers.machine_shown = true;
  const labels = view.labels.slice(0, 3).map((label) => `${label.label} ${label.score.toFixed(2)}`);
  const lines = [
    view.kept ? words.machine_kept : fill(words.machine_dropped, { reason: view.reason }),
    fill(words.machine_language, { language: view.language ?? "?", labels: labels.join(", ") }),
    ...view.broken.filter((rule) => rule.value !== null).map((rule) =>
      `${rule.rule}: ${rule.value.toPrecision(3)} (${rule.threshold.toPrecision(3)})`),
  ];
  place.replaceChildren(...lines.map((line) => {
    const paragraph = document.createElement("p");
    paragraph.textContent = line;
    return paragraph;
  }));
  place.hidden = false;
  byId("ask").setAttribute("aria-expanded", "true");
}

async function save() {
  if (!item) return;
  if (!answers.language) return tell(words.language_first, true);
  if (answers.education === null && !byId("education").disabled) return tell(words.education_first, true);
  const flags = Object.fromEntries([...answers.flags].map((name) => [name, true]));
  const state = await ask("judge", {
    id: item.id, reviewer, pass, language: answers.language, education: answers.education, ...flags,
    note: byId("note").value, spans: answers.spans, machine_shown: answers.machine_shown,
  });
  show(state);
  tell(words.saved);
}

async function undo() {
  const state = await ask("undo", { reviewer, pass });
  if (!state.undone) return tell(words.nothing_to_undo);
  show(state, state.undone);
  tell(words.undone);
}

async function next(number) {
  const state = await ask(`next?reviewer=${encodeURIComponent(reviewer)}&pass=${number}`);
  pass = number;
  show(state);
}

function start() {
  byId("who").hidden = Boolean(reviewer);
  byId("review").hidden = !reviewer;
  if (reviewer) attempt(() => next(1));
  else byId("name").value = stored("reviewer") || "";
}

byId("who").addEventListener("submit", (event) => {
  event.preventDefault();
  reviewer = byId("name").value.trim();
  keep("reviewer", reviewer);
  start();
});
byId("interface").addEventListener("change", (event) => {
  const query = new URLSearchParams({ interface: event.target.value });
  if (reviewer) query.set("reviewer", reviewer);
  location.search = query;
});
for (const button of document.querySelectorAll("[data-question]")) {
  button.addEventListener("click", () => choose(button.dataset.question, button.dataset.answer));
}
byId("mark").addEventListener("click", mark);
byId("unmark").addEventListener("click", unmark);
byId("ask").addEventListener("click", () => attempt(machine));
byId("save").addEventListener("click", () => attempt(save));
byId("undo").addEventListener("click", () => attempt(undo));
byId("again").addEventListener("click", () => attempt(() => next(2)));
document.addEventListener("selectionchange", () => { if (item) selected = selection() ?? selected; });

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || byId("review").hidden) return;
  if (event.target === byId("note")) {
    if (event.code === "Escape") byId("note").blur();
    return;
  }
  if (event.target === byId("interface") || event.target.closest("summary, a")) return;
  const code = event.code.replace("Numpad", "Digit").replace("DigitEnter", "Enter");
  if (code === "KeyN" && item) {
    event.preventDefault();
    byId("noting").open = true;
    byId("note").focus();
    return;
  }
  if (code === "Enter" && event.target.id && event.target.matches("button") && event.target.id !== "save") return;
  const button = document.querySelector(`[data-key="${code}"]`);
  if (button && button.offsetParent !== null) {
    event.preventDefault();
    button.click();
  }
});
start();
