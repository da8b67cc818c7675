// steps goes through a figure step by step. Its drawings have one frame for each step;
// a track holds what one attribute of one element is in each frame.
kinds.steps = (section, controls, data) => {
  const tracks = data.tracks.map(t => {
    t.values.forEach((v, k) => { if (v === null) t.values[k] = t.values[k - 1]; });
    return { element: document.getElementById(t.id), attr: t.attr, values: t.values };
  });
  const last = data.steps.length - 1;
  let at = -1;

  const sentence = document.createElement("p");
  sentence.className = "sentence";
  sentence.setAttribute("aria-live", "polite");

  const slider = document.createElement("input");
  slider.type = "range";
  slider.min = 0;
  slider.max = last;
  slider.setAttribute("aria-label", "Step");
  slider.addEventListener("input", () => show(Number(slider.value)));
  const count = document.createElement("output");

  const jumps = data.groups.map(g => {
    const b = button(`${g.name} ${g.title}`, `Step ${g.name}: ${g.title}`, () => show(g.first));
    b.dataset.group = g.name;
    return b;
  });
  const row = (name, ...parts) => {
    const div = document.createElement("div");
    div.className = name;
    div.append(...parts);
    return div;
  };
  controls.append(
    sentence,
    row("jumps", ...jumps),
    row("walk",
      button("|◀", "First", () => show(0)),
      button("◀", "Back", () => show(at - 1)),
      button("▶", "Forward", () => show(at + 1)),
      button("▶|", "Last", () => show(last)),
      slider, count));

  function show(k) {
    k = Math.max(0, Math.min(last, k));
    for (const t of tracks) {
      if (at >= 0 && t.values[k] === t.values[at]) continue;
      if (t.attr === "text") t.element.textContent = t.values[k];
      else t.element.setAttribute(t.attr, t.values[k]);
    }
    at = k;
    const step = data.steps[k];
    sentence.textContent = step.sentence;
    slider.value = k;
    slider.setAttribute("aria-valuetext", `${k + 1} of ${last + 1}: ${step.equation}`);
    count.textContent = `${k + 1} of ${last + 1}`;
    for (const b of jumps) b.setAttribute("aria-pressed", b.dataset.group === step.group);
  }
  show(0);

  // Paper shows the step at which all values and gradients of nodes are known.
  let before = 0;
  addEventListener("beforeprint", () => { before = at; show(data.groups[2].first - 1); });
  addEventListener("afterprint", () => show(before));
};
