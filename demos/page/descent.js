// descent lets the reader pick where gradient descent starts, and turn the surface that it
// runs on. Every descent was computed before and is in the data; positions are those of
// Go's package draw, whose elements are moved here and keep their looks.
kinds.descent = (section, controls, data) => {
  const drawing = name => section.querySelector(`[data-panel=${name}] svg`);
  const flat = drawing(data.turn ? "map" : "surface");
  const solid = data.turn && turntable(drawing("surface"), data.turn, kept);
  let picked = data.start;
  const sliders = picked.map((_, k) => weightSlider(data.values, k, at => pick(picked.map((p, i) => i === k ? at : p))));
  const cells = [...section.querySelectorAll(".facts td")].slice(-data.steps.length - 1);
  const result = document.createElement("output");

  function pick(places) {
    if (String(places) === String(picked)) return;
    picked = places;
    show();
  }

  function show() {
    const d = descentFrom(data, picked);
    moveTrace(flat, d, p => onPlane(data.plane, p), data.curve ? alongCurve(data, d.points) : d.points);
    if (solid) solid.show(d);
    sliders.forEach((s, k) => s.show(picked[k]));
    descentNumbers(d).forEach((text, i) => { cells[i].textContent = text; });
    result.textContent = "E: " + scientific(d.errors[0]) + " → " + scientific(d.errors.at(-1));
    kept();
  }

  function kept() {
    keep(section, [...picked.map(p => data.values[p]), ...(solid ? solid.view() : [])].join());
  }

  pickOn(flat, data.plane, at => pick(picked.map((_, k) => Math.round(at[k] * (data.values.length - 1)))));
  controls.append(...sliders.map(s => s.label), ...(solid ? [solid.buttons] : []), result);
  controls.before(hint(solid
    ? "Pick a start on the map or with the sliders. Drag the surface to turn it, or use the arrow keys on it."
    : "Pick a start on the curve or with the slider."));
  show();

  return state => {
    const numbers = state.split(",").map(Number), view = numbers.slice(picked.length);
    const places = picked.map((_, k) => data.values.indexOf(numbers[k]));
    if (!places.includes(-1)) pick(places);
    if (!solid) return;
    if (view.length === 2 && view.every(Number.isFinite)) solid.turnTo(...view); else solid.reset();
  };
};

function hint(text) {
  const p = document.createElement("p");
  p.className = "hint";
  p.textContent = text;
  return p;
}

// descentFrom decodes the descent from the start at these places among the values.
function descentFrom(data, picked) {
  const raw = data.starts[picked.reduceRight((sum, place) => sum * data.values.length + place, 0)];
  const points = [], size = picked.length + 1;
  for (let i = 0; i < raw.p.length; i += size) {
    points.push(raw.p.slice(i, i + size).map((v, k) => v / (k < size - 1 ? 100 : 10000)));
  }
  return {points, marks: raw.m, errors: raw.e, gradient: raw.g};
}

// onPlane returns the pixel of a point of a descent: w1 and w2, or w1 and E.
function onPlane(plane, p) {
  const along = (ends, t) => ends[0] + t * (ends[1] - ends[0]);
  return [along(plane.x, (p[0] + 10) / 20), along(plane.y, p.length > 2 ? (p[1] + 10) / 20 : p[1])];
}

// alongCurve puts the points of figure 4's curve between those of a descent, as Go does.
function alongCurve({values, curve}, points) {
  const first = values[0], last = values.at(-1);
  const samples = curve.map((e, i) => [first + i / (curve.length - 1) * (last - first), e / 10000]);
  return points.flatMap((to, k) => {
    if (k === 0) return [to];
    const from = points[k - 1], lo = Math.min(from[0], to[0]), hi = Math.max(from[0], to[0]);
    const between = samples.filter(p => lo < p[0] && p[0] < hi);
    return [...(to[0] === lo ? between.reverse() : between), to];
  });
}

// pickOn calls picked with the places on both axes, from 0 to 1, where the reader clicks,
// taps or drags the mouse. A finger that drags scrolls the page.
function pickOn(svg, plane, picked) {
  const choose = event => {
    const q = new DOMPoint(event.clientX, event.clientY).matrixTransform(svg.getScreenCTM().inverse());
    const at = [[q.x, plane.x], [q.y, plane.y]].map(([v, ends]) => (v - ends[0]) / (ends[1] - ends[0]));
    if (at.every(t => t > -0.1 && t < 1.1)) picked(at.map(t => Math.min(Math.max(t, 0), 1)));
  };
  svg.classList.add("pick");
  svg.addEventListener("click", choose);
  svg.addEventListener("pointermove", event => {
    if (event.buttons === 1 && event.pointerType !== "touch") choose(event);
  });
}

// weightSlider picks the start of one weight.
function weightSlider(values, k, picked) {
  const input = document.createElement("input"), value = document.createElement("span");
  Object.assign(input, {type: "range", min: values[0], max: values.at(-1), step: values[1] - values[0]});
  input.addEventListener("input", () => picked(values.findIndex(v => v > Number(input.value) - 1e-9)));
  const label = labelled("Start at w" + "₁₂"[k] + " =", value);
  label.append(input);
  label.className = "weight";
  return {label, show: at => {
    input.value = values[at];
    value.textContent = String(values[at]).replace("-", "−");
  }};
}

// descentNumbers are the texts of the facts that depend on the start, as Go writes them.
function descentNumbers(d) {
  const texts = d.marks.map((m, i) => "E = " + scientific(d.errors[i]) + " at " + d.points[m].slice(0, -1)
    .map((w, k) => "w" + "₁₂"[k] + "\u00a0=\u00a0" + w.toFixed(2).replace("-", "−")).join(", "));
  texts.splice(1, 0, d.gradient.map(scientific).join(", "));
  return texts;
}

// scientific writes a number of three significant digits: −0.0312, 4.5·10⁻⁵.
function scientific(v) {
  return powers(v !== 0 && Math.abs(v) < 0.001 ? v.toExponential(2) : String(v));
}

// lineTo returns path data through pixels, with a new line after each null.
function lineTo(pixels) {
  let d = "", command = "M";
  for (const p of pixels) {
    if (p) d += command + p[0].toFixed(1) + " " + p[1].toFixed(1);
    command = p ? "L" : "M";
  }
  return d || "M0 0";
}

// moveTrace moves a descent: its line through points that place leads to pixels, null where it is hidden, and the
// dots at its marks. All of the line is seen faintly.
function moveTrace(svg, d, place, line, shown = line, hides = () => false) {
  const lines = svg.querySelectorAll(".trace path"), dots = svg.querySelectorAll(".trace circle");
  const pixels = points => lineTo(points.map(p => p && place(p)));
  lines[0].setAttribute("d", pixels(line));
  const seen = pixels(shown);
  lines[1].setAttribute("d", seen);
  lines[2].setAttribute("d", seen);
  dots.forEach((dot, i) => {
    const p = d.points[d.marks[i]], [x, y] = place(p);
    dot.setAttribute("cx", x.toFixed(1));
    dot.setAttribute("cy", y.toFixed(1));
    dot.setAttribute("opacity", hides(p) ? 0.35 : 1);
  });
}
