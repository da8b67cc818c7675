// A player shows the frames of a training: each is the state after an iteration, 0 being before training.
// A track is one attribute of one element, with a value for each frame; null stands
// for the value before.
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
  }

  function pause() {
    clearInterval(timer);
    timer = null;
    status.setAttribute("aria-live", "polite");
    play.textContent = "▶ Play";
    play.setAttribute("aria-label", "Play");
    play.title = "Play";
  }

  function start() {
    if (frame === last) show(0);
    status.setAttribute("aria-live", "off"); // not ten times a second
    timer = setInterval(() => frame === last ? pause() : show(frame + 1), 1000 / speed.value);
    play.textContent = "⏸ Pause";
    play.setAttribute("aria-label", "Pause");
    play.title = "Pause";
  }

  const play = button("▶ Play", "Play", () => timer === null ? start() : pause());
  const back = button("−1", "One iteration back", () => { pause(); show(frame - 1); });
  const forward = button("+1", "One iteration on", () => { pause(); show(frame + 1); });
  const slider = document.createElement("input");
  Object.assign(slider, {type: "range", min: 0, max: last, step: 1});
  slider.setAttribute("aria-label", "Iteration");
  slider.addEventListener("input", () => { pause(); show(Number(slider.value)); });
  const status = document.createElement("output");
  const speed = document.createElement("select");
  for (const perSecond of [2, 5, 10, 20, 40]) speed.add(new Option(`${perSecond}/s`, perSecond));
  speed.value = 10;
  speed.addEventListener("change", () => { if (timer !== null && frame !== last) { pause(); start(); } });

  // One of the two networks shows: with its weights, or with its gradients.
  const networks = ["weights", "gradients"];
  const choices = networks.map(name => button(name === "weights" ? "Weights" : "Gradients, δ", `Show ${name}`, () => choose(name)));
  function choose(chosen) {
    networks.forEach((name, i) => {
      section.querySelector(`[data-panel="${name}"]`).hidden = name !== chosen;
      choices[i].setAttribute("aria-pressed", name === chosen);
    });
  }

  const networkSwitch = document.createElement("div");
  networkSwitch.className = "switch";
  networkSwitch.append(...choices);
  controls.before(networkSwitch);
  controls.append(play, back, forward, slider, status, labelled("Speed", speed));
  choose("weights");
  show(last);

  // Paper shows what the facts are of: the end.
  let before = last;
  addEventListener("beforeprint", () => { before = frame; pause(); show(last); });
  addEventListener("afterprint", () => show(before));
};

// filled replaces every null by the value before it.
function filled(values) {
  for (let k = 1; k < values.length; k++) if (values[k] === null) values[k] = values[k - 1];
  return values;
}
