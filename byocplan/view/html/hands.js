// Hands on the map: pointer, wheel, keys and buttons; and what lies under the pointer.

const STEP_PX = 60;
const SHOWN = 6;

function listenToMap(map, report, query) {
  const { canvas, camera } = map;
  const tip = document.getElementById("tip");
  const pointers = new Map();

  function move(event) {
    const last = pointers.get(event.pointerId);
    if (!last) return describe(event);
    const others = [...pointers.values()].filter((each) => each !== last);
    const box = canvas.getBoundingClientRect();
    if (others.length) {
      const reach = (one) => Math.hypot(one.x - others[0].x, one.y - others[0].y) || 1;
      const next = { x: event.clientX, y: event.clientY };
      camera.zoom(reach(next) / reach(last), (next.x + others[0].x) / 2 - box.left, (next.y + others[0].y) / 2 - box.top);
    } else {
      camera.pan(last.x - event.clientX, last.y - event.clientY);
    }
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
    tip.hidden = true;
    map.ask();
  }

  function describe(event) {
    const box = canvas.getBoundingClientRect();
    const [px, py] = [event.clientX - box.left, event.clientY - box.top];
    const lines = listUnder(camera.locate(px, py), map, report, query);
    tip.hidden = !lines.length;
    tip.replaceChildren(...lines.map((line) => makeElement("div", {}, line)));
    const left = px > camera.width / 2 ? px - tip.offsetWidth - 12 : px + 12;
    tip.style.left = `${Math.max(4, Math.min(left, camera.width - tip.offsetWidth - 4))}px`;
    tip.style.top = `${Math.max(4, Math.min(py + 12, camera.height - tip.offsetHeight - 4))}px`;
  }

  canvas.addEventListener("pointerdown", (event) => {
    canvas.setPointerCapture(event.pointerId);
    pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  canvas.addEventListener("pointermove", move);
  for (const name of ["pointerup", "pointercancel"])
    canvas.addEventListener(name, (event) => pointers.delete(event.pointerId));
  canvas.addEventListener("pointerleave", () => (tip.hidden = true));
  canvas.addEventListener(
    "wheel",
    (event) => {
      if (!event.ctrlKey && document.activeElement !== canvas) return; // the page scrolls until the map is chosen
      event.preventDefault();
      const box = canvas.getBoundingClientRect();
      camera.zoom(Math.exp(-event.deltaY / 400), event.clientX - box.left, event.clientY - box.top);
      map.ask();
    },
    { passive: false },
  );

  const keys = {
    ArrowLeft: () => camera.pan(-STEP_PX, 0),
    ArrowRight: () => camera.pan(STEP_PX, 0),
    ArrowUp: () => camera.pan(0, -STEP_PX),
    ArrowDown: () => camera.pan(0, STEP_PX),
    "+": () => camera.zoom(1.5),
    "=": () => camera.zoom(1.5),
    "-": () => camera.zoom(1 / 1.5),
    0: () => camera.showAll(),
  };
  canvas.addEventListener("keydown", (event) => {
    if (!keys[event.key] || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    keys[event.key]();
    map.ask();
  });
  for (const [id, key] of [["zoom-in", "+"], ["zoom-out", "-"], ["zoom-all", "0"]])
    document.getElementById(id).addEventListener("click", () => {
      keys[key]();
      map.ask();
    });
}

// The tiles or the cell at a place, as lines of text.
function listUnder({ lon, lat }, map, report, query) {
  const tiles = report.tiles;
  const at = (shape) => {
    const turned = lon + Math.ceil((shape.west - lon) / TURN) * TURN;
    return lat >= shape.south && lat <= shape.north && turned >= shape.west && turned <= shape.east && isInside(shape, turned, lat);
  };
  const under = report.shapes.map(at);
  const lines = [];
  let total = 0;
  for (let tile = 0; tile < tiles.shape.length; tile++) {
    if (tiles.shape[tile] < 0 || !under[tiles.shape[tile]] || !query.takesTile(tile)) continue;
    if (++total <= SHOWN)
      lines.push(`${report.actions[tiles.action[tile]].name}  ${tiles.paths[tile]}  ${formatSensed(tiles, tile)}`);
  }
  if (total > SHOWN) lines.push(`and ${number.format(total - SHOWN)} more`);
  const turned = ((((lon + 180) % TURN) + TURN) % TURN) - 180;
  const cell = map.scene.cells.get(Math.floor(lat / report.side) * 1000 + Math.floor(turned / report.side));
  for (const [action, count] of Object.entries(cell ? cell.counts : {}))
    lines.push(`${report.actions[action].name}  ${number.format(count)} in this cell`);
  return lines;
}

function isInside(shape, lon, lat) {
  let inside = false;
  for (const ring of shape.rings)
    for (let at = 0, last = ring.length - 2; at < ring.length; last = at, at += 2)
      if (ring[at + 1] > lat !== ring[last + 1] > lat &&
          lon < ((ring[last] - ring[at]) * (lat - ring[at + 1])) / (ring[last + 1] - ring[at + 1]) + ring[at])
        inside = !inside;
  return inside;
}
