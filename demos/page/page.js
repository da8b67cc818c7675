"use strict";
// Each kind of figure registers a function here that brings it to life. It gets the
// figure's section, the place for its controls, and its data.
const kinds = {};

function start() {
  for (const section of document.querySelectorAll("[data-kind]")) {
    const data = JSON.parse(section.querySelector("script.data").textContent);
    const controls = section.querySelector(".controls");
    kinds[section.dataset.kind](section, controls, data);
    controls.hidden = false;
  }
}

// powers writes a number as text does: −0.031, 1.1·10⁻¹⁶.
function powers(text) {
  const raised = exponent => exponent.replace("+", "").replace("-", "⁻").replace(/\d/g, c => "⁰¹²³⁴⁵⁶⁷⁸⁹"[c]);
  return text.replace(/e([+-]\d+)/, (_, exponent) => "·10" + raised(exponent)).replace("-", "−");
}

// button makes a button with a label. If that does not say enough, a name does, to ears and where the mouse rests: it
// holds the label's words, since who speaks to the computer says what is seen.
function button(label, name, action) {
  const b = document.createElement("button");
  b.type = "button";
  b.textContent = label;
  if (name) b.ariaLabel = b.title = name;
  b.addEventListener("click", action);
  return b;
}

// labelled puts a control behind its label.
function labelled(text, control) {
  const l = document.createElement("label");
  l.append(text + " ", control);
  return l;
}
