// turntable turns a surface with the mouse, a finger, keys and buttons, and calls turned then.
function turntable(svg, turn, turned) {
  const first = [turn.azimuth, turn.elevation];
  const facets = onCanvas(svg, turn), over = svg.parentNode.querySelector("svg.layer");
  let [azimuth, elevation] = first, descent = null;

  function paint() {
    const view = viewFrom(turn, azimuth, elevation);
    svg.dataset.azimuth = azimuth;
    svg.dataset.elevation = elevation;
    paintCage(svg.querySelector(".cage"), view, turn.ticks);
    facets.paint(view);
    if (!descent) return;
    const hides = p => isHidden(turn, view, p);
    moveTrace(over, descent, view.project, descent.points, refine(descent.points).map(p => hides(p) ? null : p), hides);
  }

  function turnBy(right, down) {
    turnTo(azimuth - right, elevation + down);
  }

  function turnTo(a, e) {
    azimuth = (a % 360 + 360) % 360;
    elevation = Math.min(Math.max(e, 10), 70);
    paint();
    turned();
  }

  const reset = () => turnTo(...first);

  const ways = [["←", "left", -10, 0], ["→", "right", 10, 0], ["↑", "up", 0, -10], ["↓", "down", 0, 10]];
  const buttons = toolbar("Turn the surface", ...ways.map(([sign, way, right, down]) => button(sign, "Turn the surface " + way, () => turnBy(right, down))),
    button("Reset", "Reset the surface", reset));
  svg.classList.add("turns");
  svg.tabIndex = 0;
  svg.setAttribute("aria-description", "Arrow keys turn the surface, Home turns it back.");
  svg.addEventListener("keydown", event => {
    const way = ways.find(w => "Arrow" + capital(w[1]) === event.key);
    if (!way && event.key !== "Home" || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    if (way) turnBy(way[2], way[3]); else reset();
  });
  onDrag(svg, (dx, dy) => turnBy(dx / 2, dy / 2));
  return {
    buttons, reset, turnTo,
    show: d => { descent = d; paint(); },
    view: () => azimuth === first[0] && elevation === first[1] ? [] : [azimuth, elevation],
  };
}

// onDrag calls moved with the way that the mouse or a finger goes while it is down.
function onDrag(svg, moved) {
  let x = 0, y = 0;
  svg.addEventListener("pointerdown", event => {
    if (event.button !== 0) return;
    svg.setPointerCapture(event.pointerId);
    [x, y] = [event.clientX, event.clientY];
  });
  svg.addEventListener("pointermove", event => {
    if (!svg.hasPointerCapture(event.pointerId)) return;
    moved(event.clientX - x, event.clientY - y);
    [x, y] = [event.clientX, event.clientY];
  });
}

// viewFrom is NewView of Go's package draw, but that the size of the box stays the same.
// The weights are within ±10, E within 0 and 1.
function viewFrom(turn, azimuth, elevation) {
  const sa = Math.sin(azimuth * Math.PI / 180), ca = Math.cos(azimuth * Math.PI / 180);
  const se = Math.sin(elevation * Math.PI / 180), ce = Math.cos(elevation * Math.PI / 180);
  return {
    towards: [ce * ca * 10, ce * sa * 10, se / 1.5], // the camera
    project([x, y, z]) {
      const u = x / 10, v = y / 10, w = 1.5 * z - 0.75;
      return [turn.x + turn.scale * (v * ca - u * sa), turn.y - turn.scale * (w * ce - (u * ca + v * sa) * se)];
    },
    // order returns the cells of n by n points from the farthest to the nearest.
    order(n) {
      const cells = [];
      for (let b = 0; b < n - 1; b++) {
        for (let a = 0; a < n - 1; a++) {
          cells.push((sa < 0 ? n - 2 - b : b) * n + (ca < 0 ? n - 2 - a : a));
        }
      }
      return cells;
    },
  };
}

// onCanvas draws the facets on a canvas between two layers of the drawing, what is behind them and the descent: to move
// 1600 elements takes longer than a frame. Paper has the elements.
function onCanvas(svg, turn) {
  const {n, heights} = turn, first = viewFrom(turn, turn.azimuth, turn.elevation);
  const group = svg.querySelector(".facets"), paths = [...group.querySelectorAll("path")], colors = [];
  first.order(n).forEach((c, k) => { colors[c] = paths[k].getAttribute("fill"); });
  const canvas = document.createElement("canvas"), over = svg.cloneNode(false), size = svg.viewBox.baseVal;
  over.removeAttribute("aria-labelledby");
  for (const layer of [canvas, over]) {
    layer.classList.add("layer");
    layer.setAttribute("aria-hidden", true);
  }
  over.append(svg.querySelector(".trace"));
  svg.after(canvas, over);
  svg.parentNode.classList.add("layered");
  const context = canvas.getContext("2d");
  let view = first;

  // eachFacet calls visit with the corners in pixels and the colour, the farthest facet first.
  function eachFacet(visit) {
    const place = i => i / (n - 1) * 20 - 10;
    const pixels = heights.map((h, c) => view.project([place(c % n), place(Math.floor(c / n)), h / 10000]));
    view.order(n).forEach((c, k) => visit([pixels[c], pixels[c + 1], pixels[c + n + 1], pixels[c + n]], colors[c], k));
  }

  function paint(from) {
    view = from;
    const box = svg.getBoundingClientRect(), [width, height] = [Math.ceil(box.width), Math.ceil(box.height)];
    canvas.width = Math.round(width * devicePixelRatio); // also clears it
    canvas.height = Math.round(height * devicePixelRatio);
    canvas.style.width = width + "px"; // whole, so that each of its pixels is one of the screen's
    canvas.style.height = height + "px";
    context.scale(canvas.width / width * box.width / size.width, canvas.height / height * box.height / size.height);
    context.strokeStyle = `rgb(0 0 0 / ${group.getAttribute("stroke-opacity")})`;
    context.lineWidth = group.getAttribute("stroke-width");
    context.lineJoin = group.getAttribute("stroke-linejoin");
    eachFacet(([a, b, c, d], color) => {
      context.beginPath();
      context.moveTo(...a);
      context.lineTo(...b);
      context.lineTo(...c);
      context.lineTo(...d);
      context.closePath();
      context.fillStyle = color;
      context.fill();
      context.stroke();
    });
  }

  new ResizeObserver(() => paint(view)).observe(svg);
  addEventListener("resize", () => paint(view)); // to another screen, whose pixels are smaller
  addEventListener("beforeprint", () => eachFacet((corners, color, k) => {
    paths[k].setAttribute("d", lineTo(corners) + "z");
    paths[k].setAttribute("fill", color);
  }));
  return {paint};
}

// refine puts points between others, so that a part of a line can be hidden.
function refine(points) {
  const out = [points[0]];
  for (let i = 1; i < points.length; i++) {
    const a = points[i - 1], b = points[i], n = Math.ceil(4 * Math.hypot(b[0] - a[0], b[1] - a[1])) || 1;
    for (let k = 1; k <= n; k++) out.push(a.map((v, j) => v + k / n * (b[j] - v)));
  }
  return out;
}

// isHidden reports whether the surface is between a point on it and the camera.
function isHidden({n, heights}, view, p) {
  const margin = 0.015; // the facets are flatter than the surface
  for (let t = 0.03; ; t += 0.03) {
    const [x, y, z] = p.map((v, k) => v + t * view.towards[k]);
    if (Math.abs(x) >= 10 || Math.abs(y) >= 10 || z > 1) return false;
    const u = (x + 10) / 20 * (n - 1), v = (y + 10) / 20 * (n - 1), i = Math.floor(u), j = Math.floor(v);
    const along = c => heights[c] + (u - i) * (heights[c + 1] - heights[c]);
    const low = along(j * n + i), high = along((j + 1) * n + i);
    if ((low + (v - j) * (high - low)) / 10000 > z + margin) return true;
  }
}

// paintCage is the cage of Go's package draw: the floor, the far walls and three axes. A
// number that would cover another one is left out here.
function paintCage(group, view, ticks) {
  const [grid, edges] = group.querySelectorAll("path"), names = group.querySelectorAll(".axis-name");
  const nearX = view.towards[0] > 0 ? 10 : -10, nearY = view.towards[1] > 0 ? 10 : -10;
  const left = ([x, y]) => view.project([x, y, 0])[0] + 1e-8 * (view.towards[0] * x + view.towards[1] * y);
  const [lx, ly] = [[-10, -10], [-10, 10], [10, -10], [10, 10]].reduce((a, b) => left(b) < left(a) ? b : a);
  const axes = [
    {a: [-10, nearY, 0], b: [10, nearY, 0], bend: t => [[t, nearY, 0], [t, -nearY, 0], [t, -nearY, 1]]},
    {a: [nearX, -10, 0], b: [nearX, 10, 0], bend: t => [[nearX, t, 0], [-nearX, t, 0], [-nearX, t, 1]]},
    {a: [lx, ly, 0], b: [lx, ly, 1], bend: t => [[nearX, -nearY, t], [-nearX, -nearY, t], [-nearX, nearY, t]]},
  ];
  const lines = [], ends = [], texts = [...group.querySelectorAll("text:not(.axis-name)")];
  axes.forEach((axis, dim) => {
    const shown = paintAxis(view, axis, dim, ticks[dim >> 1], names[dim], texts, ends);
    for (const t of shown) lines.push(...axis.bend(t.Value).map(view.project), null);
  });
  texts.forEach(t => { t.textContent = ""; }); // those left over
  uncover([...group.querySelectorAll("text:not(.axis-name)")].filter(t => t.textContent));
  grid.setAttribute("d", lineTo(lines));
  edges.setAttribute("d", lineTo(ends));
}

// paintAxis draws an axis with ticks that point away from the box, and returns the ticks.
function paintAxis(view, {a, b}, dim, choices, name, texts, ends) {
  const [ax, ay] = view.project(a), [bx, by] = view.project(b), length = Math.hypot(bx - ax, by - ay);
  const ticks = choices[Math.min(Math.max(Math.floor(length / 18), 1), 6) - 1];
  const [mx, my] = view.project([0, 0, 0.5]);
  let dx = length < 1 ? 0 : (by - ay) / length, dy = length < 1 ? 1 : (ax - bx) / length;
  if (length >= 1 && dx * (ax - mx) + dy * (ay - my) < 0) [dx, dy] = [-dx, -dy];
  const anchor = dx > 0.1 ? "start" : dx < -0.1 ? "end" : "middle";
  ends.push([ax, ay], [bx, by], null);
  let room = 0;
  for (const t of ticks) {
    const [px, py] = view.project(a.map((v, k) => k === dim ? t.Value : v));
    ends.push([px, py], [px + 4 * dx, py + 4 * dy], null);
    const text = texts.shift() || name.parentNode.appendChild(name.parentNode.querySelector("text:not(.axis-name)").cloneNode());
    placeText(text, px + 9 * dx, py + 9 * dy + 4 + 3 * dy, anchor);
    text.textContent = t.Label;
    room = Math.max(room, labelWidth(t.Label));
  }
  const px = (ax + bx) / 2, py = (ay + by) / 2, far = 22 + room * Math.abs(dx);
  if (dim < 2) {
    placeText(name, px + far * dx, py + far * dy + 6, anchor);
  } else {
    placeText(name, px - 16 - room, py, "middle");
    name.setAttribute("transform", `rotate(-90 ${px - 16 - room} ${py})`);
  }
  return ticks;
}

// uncover empties texts that meet one before them.
function uncover(texts) {
  const kept = [];
  for (const t of texts) {
    const width = labelWidth(t.textContent), anchor = t.getAttribute("text-anchor");
    const x = Number(t.getAttribute("x")) - width * {start: 0, middle: 0.5, end: 1}[anchor], y = Number(t.getAttribute("y"));
    const meets = k => x < k.x + k.width + 14 && k.x < x + width + 14 && Math.abs(y - k.y) < 12;
    if (kept.some(meets)) t.textContent = ""; else kept.push({x, y, width});
  }
}

// labelWidth is about the width of a number, 12 pixels high.
function labelWidth(label) {
  return [...label].reduce((sum, c) => sum + (c === "." ? 4.08 : 7.2), 0);
}

function placeText(text, x, y, anchor) {
  text.setAttribute("x", x.toFixed(2));
  text.setAttribute("y", y.toFixed(2));
  text.setAttribute("text-anchor", anchor);
}
