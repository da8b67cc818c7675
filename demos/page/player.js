// A player shows the frames of a training: each is the state after an iteration, 0 being before training.
// A track is one attribute of one element, with a value for each frame; a number stands
// for as many frames more of the value before it.
kinds.player = (section, controls, data) => {
  const tracks = data.tracks.map(t => ({
    element: document.getElementById(t.id), attr: t.attr, values: filled(t.values), shown: null,
  }));
  const last = data.frames.length - 1;
  let frame = last, timer = null;

  function show(k) {
    frame = Math.max(0, Math.min(last, k));
    for (const t of tracks) {
      const value = t.values[frame];
      if (value === t.shown) continue;
      t.shown = value;
      if (t.attr === "text") t.element.textContent = value;
      else t.element.setAttribute(t.attr, value);
    }
    slider.value = frame;
    const loss = frame === 0 ? "before training" : `loss ${powers(data.loss[frame - 1].toPrecision(4))}`;
    const text = `iteration ${data.frames[frame]} of ${data.iterations}, ${loss}`;
    status.textContent = text;
    slider.setAttribute("aria-valuetext", text);
    section.dataset.iteration = data.frames[frame];
    kept();
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    status.setAttribute("aria-live", "polite");
    relabel(play, "▶ Play", "Play");
  }

  function start() {
    if (frame === last) show(0);
    status.setAttribute("aria-live", "off"); // not ten times a second
    timer = setInterval(() => frame === last ? pause() : show(frame + 1), 1000 / speed.value);
    relabel(play, "⏸ Pause", "Pause");
  }

  const play = button("▶ Play", "Play", () => timer === null ? start() : pause());
  const back = button("−1", "−1 iteration", () => { pause(); show(frame - 1); });
  const forward = button("+1", "+1 iteration", () => { pause(); show(frame + 1); });
  const slider = document.createElement("input");
  Object.assign(slider, {type: "range", min: 0, max: last, step: 1});
  slider.setAttribute("aria-label", "Iteration");
  slider.addEventListener("input", () => { pause(); show(Number(slider.value)); });
  const status = document.createElement("output");
  const speed = document.createElement("select");
  for (const perSecond of [2, 5, 10, 20, 40]) speed.add(new Option(`${perSecond}/s`, perSecond));
  speed.value = 10;
  speed.addEventListener("change", () => { if (timer !== null && frame !== last) { pause(); start(); } });

  // A narrow screen has room for one part: the prediction, the loss, or the network. A wide one shows all
  // three. The network is that of the weights, or of the gradients: of all observations, or of one.
  const panels = [...section.querySelectorAll(".panel")];
  const partOf = name => name.startsWith("loss") ? "loss" : name === "prediction" ? name : "network";
  const parts = [...new Set(panels.map(p => partOf(p.dataset.panel)))];
  let part = parts[0], network = "weights", log = false;

  const partButtons = parts.map(name => button(capital(name), `Show the ${name}`, () => { part = name; arrange(); }));
  const logButton = button("Loss: log scale", "Loss: log scale, in powers of ten", () => { log = !log; arrange(); });
  const networks = {weights: "Weights", gradients: "Gradients, δ"};
  const networkButtons = Object.entries(networks).map(([name, label]) => button(label, `Show ${label}`, () => { network = name; arrange(); }));
  const observation = document.createElement("select");
  ["means over all observations", ...data.observations].forEach((text, i) => observation.add(new Option(text, i)));
  observation.setAttribute("aria-label", "Whose gradients");
  observation.addEventListener("change", () => arrange());

  // The panels that show, and of them those that do not at first.
  const one = () => network === "gradients" ? Number(observation.value) : 0;
  const shown = () => ["prediction", log ? "loss-log" : "loss", one() > 0 ? `gradients-${one()}` : network];
  const chosen = () => shown().filter(name => !["prediction", "loss", "weights"].includes(name));
  const kept = () => keep(section, [data.frames[frame], ...chosen()].join());

  function arrange() {
    for (const p of panels) {
      p.hidden = !shown().includes(p.dataset.panel);
      p.classList.toggle("back", partOf(p.dataset.panel) !== part);
    }
    section.querySelectorAll(".ring").forEach((ring, i) => ring.classList.toggle("on", i + 1 === one()));
    partButtons.forEach((b, i) => b.setAttribute("aria-pressed", parts[i] === part));
    networkButtons.forEach((b, i) => b.setAttribute("aria-pressed", Object.keys(networks)[i] === network));
    logButton.setAttribute("aria-pressed", log);
    observation.hidden = network !== "gradients";
    choices.dataset.part = part;
    kept();
  }

  const tabs = toolbar("Part", ...partButtons);
  tabs.classList.add("tabs");
  const choices = group("choices", group("of-loss", logButton), group("of-network", toolbar("Network", ...networkButtons), observation));
  section.querySelector(".panels").before(tabs, choices);
  controls.append(toolbar("Playback", play, back, forward), slider, status, labelled("Speed", speed));
  arrange();
  show(last);

  // Paper shows what the facts are of: the end.
  let before = last;
  addEventListener("beforeprint", () => { before = frame; pause(); show(last); });
  addEventListener("afterprint", () => show(before));

  return state => {
    const [iteration, ...names] = state.split(","), gradients = names.find(name => name.startsWith("gradients"));
    pause();
    log = names.includes("loss-log");
    network = gradients ? "gradients" : "weights";
    observation.value = gradients?.split("-")[1] ?? 0;
    if (observation.value === "") observation.value = 0; // there is none of that number
    arrange();
    const at = data.frames.findIndex(n => n >= Number(iteration));
    show(at < 0 ? last : at);
  };
};

// group puts controls side by side.
function group(name, ...controls) {
  const g = document.createElement("div");
  g.className = name;
  g.append(...controls);
  return g;
}

// filled returns one value for each frame.
function filled(values) {
  const all = [];
  for (const v of values) {
    if (typeof v === "string") all.push(v);
    else for (let n = 0; n < v; n++) all.push(all.at(-1));
  }
  return all;
}
