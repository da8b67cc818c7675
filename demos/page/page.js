"use strict";
// Each kind of figure registers a function here that brings it to life. It gets the
// figure's section, the place for its controls, and its data, and returns what brings back
// a state that it gave to keep.
const kinds = {};
const restore = new Map(); // by the sections' ids
let quiet = true; // nothing is kept before the reader does something, nor when paper is made

function start() {
  addEventListener("beforeprint", () => { quiet = true; }); // before the figures hear of it
  addEventListener("afterprint", () => setTimeout(() => { quiet = false; }));
  for (const section of document.querySelectorAll("[data-kind]")) {
    const data = JSON.parse(section.querySelector("script.data").textContent);
    const controls = section.querySelector(".controls");
    restore.set(section.id, kinds[section.dataset.kind](section, controls, data));
    controls.hidden = false;
  }
  addEventListener("hashchange", fromAddress);
  fromAddress();
  quiet = false;
}

// keep puts what a figure shows into the address.
function keep(section, state) {
  if (!quiet) address.write(section.id, state);
}

function fromAddress() {
  const [id, state] = address.read();
  if (!state || !restore.has(id)) return;
  restore.get(id)(state);
  address.read(); // which says so already
  document.getElementById(id).scrollIntoView();
}

// toolbar puts buttons into a group that is one tab stop: arrow keys lead from one to the next.
function toolbar(name, ...buttons) {
  const bar = document.createElement("div");
  bar.className = "toolbar";
  bar.setAttribute("role", "toolbar");
  bar.setAttribute("aria-label", name);
  bar.append(...buttons);
  const stopAt = chosen => buttons.forEach(b => { b.tabIndex = b === chosen ? 0 : -1; });
  stopAt(buttons[0]);
  bar.addEventListener("focusin", event => stopAt(event.target));
  bar.addEventListener("keydown", event => {
    const at = buttons.indexOf(event.target), n = buttons.length;
    const to = {ArrowLeft: at + n - 1, ArrowRight: at + 1, Home: 0, End: n - 1}[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    buttons[to % n].focus();
  });
  return bar;
}

// powers writes a number as text does: −0.031, 1.1·10⁻¹⁶.
function powers(text) {
  const raised = exponent => exponent.replace("+", "").replace("-", "⁻").replace(/\d/g, c => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]);
  return text.replace(/e([+-]\d+)/, (_, exponent) => "·10" + raised(exponent)).replace("-", "−");
}

// button makes a button with a label. As that may not say enough, a name does, to ears and where the mouse rests: it
// holds the label's words, since who speaks to the computer says what is seen.
function button(label, name, action) {
  const b = document.createElement("button");
  b.type = "button";
  relabel(b, label, name);
  b.addEventListener("click", action);
  return b;
}

function relabel(button, label, name) {
  button.textContent = label;
  button.setAttribute("aria-label", name);
  button.title = name;
}

// labelled puts a control behind its label.
function labelled(text, control) {
  const l = document.createElement("label");
  l.append(text + " ", control);
  return l;
}

const capital = word => word[0].toUpperCase() + word.slice(1);
