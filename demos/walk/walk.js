// Shows one step of a walk. All numbers and texts are in the page: this only says which of them are seen. A step is
// a row of the table; an element is lit in the steps of its data-on, and seen from step data-from until data-until.
// The numbers of another observation, or of other parameters, take the places of those that are there.
for (const books of document.querySelectorAll(".books")) (() => {
  const find = (selector, within = books) => within.querySelector(selector);
  const all = (selector, within = books) => [...within.querySelectorAll(selector)];
  const now = find(".now"), bar = find(".bar"), slider = find("input[type=range]"), table = find(".link");
  const playButton = find("[data-do=play]"), middle = find(".middle"), chooser = find(".chooser");
  const still = matchMedia("(prefers-reduced-motion:reduce)");
  const walks = new Map(all(".walk").map(element => {
    const data = find("script.numbers", element);
    return [element.id, {
      element, rows: all("tbody tr", element), on: all("[data-on]", element), half: all("[data-half]", element), from: all("[data-from]", element),
      places: data && all("i, text.num", element), numbers: data && JSON.parse(data.textContent), which: 0,
      observation: find("[data-which=observation]", element), state: find("[data-which=state]", element),
    }];
  }));
  let walk, step = 0, timer = 0, open = false;

  document.documentElement.classList.add("js");
  for (const e of all(".now, .bar, .chooser, .which, .keys")) e.hidden = false;

  function choose(id) { // a graph
    walk = walks.get(id);
    for (const w of walks.values()) w.element.hidden = w !== walk;
    if (chooser) find(`[value="${id}"]`, chooser).checked = true;
    find(".graph", walk.element).after(middle);
    find(".all", walk.element).classList.toggle("open", open);
    slider.max = walk.rows.length;
  }

  function fill(which) { // the numbers of a walk
    if (!walk.numbers || !(which in walk.numbers.walks)) return;
    walk.which = which;
    const texts = walk.numbers.walks[which].split("|");
    walk.numbers.places.forEach((n, i) => { walk.places[i].textContent = texts[n]; });
    const n = walk.observation.options.length;
    walk.observation.value = which % n;
    walk.state.value = Math.floor(which / n);
  }

  function show(to, quiet) { // a step
    step = Math.max(0, Math.min(walk.rows.length - 1, to));
    const holds = list => list.split(" ").includes(String(step));
    for (const e of walk.on) e.classList.toggle("on", holds(e.dataset.on));
    for (const e of walk.half) e.classList.toggle("half", holds(e.dataset.half));
    for (const e of walk.from) e.classList.toggle("off", step < e.dataset.from || step >= (e.dataset.until ?? Infinity));
    const row = walk.rows[step];
    for (const r of walk.rows) r.classList.toggle("at", r === row);
    for (const e of all(".node", walk.element)) e.classList.toggle("visit", e.dataset.go === row.dataset.node);
    for (const part of ["rule", "nums", "sum", "hand", "measured"]) find("." + part, now).innerHTML = find("." + part, row)?.innerHTML ?? "";
    find(".what", now).textContent = find("b", row).textContent.replace(/\.$/, "");
    find(".phase", now).textContent = row.dataset.phase;
    find(".say", now).textContent = find(".says", row).textContent;
    if (!timer) find(".live", now).textContent = quiet ? "" : [...row.cells].slice(1).map(c => c.textContent).filter(Boolean).join("; "); // no flood while it plays
    find(".vars", walk.element).textContent = row.dataset.vars;
    now.classList.toggle("part", row.classList.contains("part"));
    slider.value = step + 1;
    slider.setAttribute("aria-valuetext", `${step + 1} of ${walk.rows.length}: ${find(".what", now).textContent}`);
    find("output").textContent = `${step + 1} of ${walk.rows.length}`;
    follow();
    if (!quiet) address.write(row.id, walk.which);
  }

  function follow() { // where the graph is wider than its place: scrolls to what the step is about
    const view = find(".graph", walk.element), frame = view.getBoundingClientRect();
    const boxes = s => all(s, walk.element).map(e => e.getBoundingClientRect()).filter(b => b.width);
    const got = boxes(".gets.on");
    let about = [...boxes(".node.visit"), ...got];
    const edge = side => (side === "right" || side === "bottom" ? Math.max : Math.min)(...about.map(b => b[side]));
    if (!about.length) return view.scrollTo(0, 0);
    const fits = () => edge("right") - edge("left") <= frame.width && edge("bottom") - edge("top") <= frame.height;
    if (got.length && !fits()) about = got; // both do not fit: who receives
    view.scrollBy({
      left: (edge("left") + edge("right") - frame.left - frame.right) / 2,
      top: Math.min(edge("top") - frame.top - 8, (edge("top") + edge("bottom") - frame.top - frame.bottom) / 2),
      behavior: still.matches ? "instant" : "smooth",
    });
  }

  function play(on) {
    clearInterval(timer);
    timer = on ? setInterval(() => step < walk.rows.length - 1 ? show(step + 1) : play(false), 1800) : 0;
    playButton.textContent = on ? "Pause" : "Play";
    playButton.setAttribute("aria-label", playButton.textContent);
  }

  const start = k => { const r = walk.rows[k]; return r && r.dataset.node + r.dataset.phase; };
  const visit = by => { // the step at which the next node's visit begins, or the one before's
    let to = step + by;
    while (walk.rows[to] && start(to) === start(to - 1)) to += by;
    return to;
  };
  const actions = {
    first: () => show(0), back: () => show(step - 1), next: () => show(step + 1), last: () => show(walk.rows.length - 1),
    play: () => { if (!timer && step === walk.rows.length - 1) show(0); play(!timer); },
  };
  function act(name) { if (name !== "play") play(false); actions[name](); }

  bar.addEventListener("click", e => { const b = e.target.closest("button"); if (b) act(b.dataset.do); });
  slider.addEventListener("input", () => { play(false); show(slider.value - 1); });
  chooser?.addEventListener("change", e => { play(false); choose(e.target.value); show(0); });
  table.addEventListener("click", () => {
    open = !open;
    table.setAttribute("aria-expanded", open);
    find(".all", walk.element).classList.toggle("open", open);
  });
  books.addEventListener("change", e => {
    if (!e.target.matches("[data-which]")) return;
    fill(walk.observation.options.length * walk.state.value + Number(walk.observation.value));
    show(step);
  });
  books.addEventListener("click", e => {
    const node = e.target.closest(".node");
    if (!node) return;
    play(false);
    const to = walk.rows.findIndex(r => r.id === `${walk.element.id}/${node.dataset.go}`);
    show(Math.max(0, to)); // a constant is visited by no walk: the leaves
  });
  books.addEventListener("keydown", e => {
    if (e.altKey || e.ctrlKey || e.metaKey || e.target.matches("input, select, summary, a")) return; // these have keys of their own
    const keys = { ArrowRight: () => show(e.shiftKey ? visit(1) : step + 1), ArrowLeft: () => show(e.shiftKey ? visit(-1) : step - 1), Home: actions.first, End: actions.last };
    if (keys[e.key]) { play(false); keys[e.key](); e.preventDefault(); }
    if (e.key === " " && !e.target.matches("button")) { act("play"); e.preventDefault(); }
  });

  function fromAddress() {
    const [id, which] = address.read();
    const row = document.getElementById(id), element = row?.closest(".walk");
    if (!element || !books.contains(element)) return false;
    choose(element.id);
    fill(Number(which) || 0);
    show(Math.max(0, walk.rows.indexOf(row)), true);
    (innerHeight < 700 || innerWidth < 704 ? find(".graph", element) : books.closest("section") ?? books).scrollIntoView();
    return true;
  }
  addEventListener("hashchange", fromAddress);
  choose(walks.keys().next().value);
  show(0, true);
  fromAddress();
})();
