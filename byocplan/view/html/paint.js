// Paints the map a little at a time, so that the page never waits: land, borders, cells, footprints in batches.

const SLICE_MS = 8;
const BATCH = 100;
// What stays as it is steps back.
const QUIET = new Set(["keep", "unmanaged"]);
// What went wrong or goes away stands out over what lies below.
const LOUD = new Set(["delete", "failed", "FAILED"]);

function makePath(shapes, squeeze, isClosed) {
  const path = new Path2D();
  for (const shape of shapes) {
    for (const ring of shape.rings) {
      path.moveTo(ring[0] * squeeze, ring[1]);
      for (let at = 2; at < ring.length; at += 2) path.lineTo(ring[at] * squeeze, ring[at + 1]);
      if (isClosed) path.closePath();
    }
  }
  return path;
}

// Footprints that are asked for, once each however many tiles have them, in batches of one action.
function makeBatches(report, query) {
  const tiles = report.tiles;
  const wanted = report.actions.map(() => new Set());
  for (let tile = 0; tile < tiles.shape.length; tile++)
    if (tiles.shape[tile] >= 0 && query.takesTile(tile)) wanted[tiles.action[tile]].add(tiles.shape[tile]);
  const batches = [];
  for (let action = wanted.length - 1; action >= 0; action--) {
    const shapes = [...wanted[action]].map((index) => report.shapes[index]);
    for (let at = 0; at < shapes.length; at += BATCH) {
      const part = shapes.slice(at, at + BATCH);
      batches.push({
        action,
        shapes: part,
        path: null,
        west: Math.min(...part.map((shape) => shape.west)),
        east: Math.max(...part.map((shape) => shape.east)),
        south: Math.min(...part.map((shape) => shape.south)),
        north: Math.max(...part.map((shape) => shape.north)),
      });
    }
  }
  return batches;
}

// Cells that are asked for: the action that ranks first gives the colour, the number of tiles how strong it is.
function makeCells(report, query) {
  const cells = new Map();
  for (const count of report.cells) {
    if (query.hidden.has(count.action) || !query.takesMonth(count.month)) continue;
    const key = count.row * 1000 + count.column;
    const cell = cells.get(key) || { row: count.row, column: count.column, action: count.action, total: 0, counts: {} };
    cell.action = Math.min(cell.action, count.action);
    cell.total += count.count;
    cell.counts[count.action] = (cell.counts[count.action] || 0) + count.count;
    cells.set(key, cell);
  }
  return cells;
}

function readColors(report) {
  return {
    sea: getToken("t-sea"),
    land: getToken("t-land"),
    border: getToken("t-border"),
    focus: getToken("t-focus"),
    actions: report.actions.map((action) => getColor(action.name)),
  };
}

// Yields now and then; the caller goes on when there is time. `scene` has paths, cells, batches and colours.
function* paintScene(context, view, scene, turns, ratio) {
  const place = (turn) =>
    context.setTransform(
      ratio * view.scale, 0, 0, -ratio * view.scale,
      ratio * (view.width / 2 + (turn - view.x) * view.scale),
      ratio * (view.height / 2 + view.y * view.scale),
    );
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = 1;
  context.fillStyle = scene.colors.sea;
  context.fillRect(0, 0, context.canvas.width, context.canvas.height);
  for (const turn of turns) {
    place(turn);
    context.fillStyle = scene.colors.land;
    context.fill(scene.land, "evenodd");
    context.strokeStyle = scene.colors.border;
    context.lineWidth = 0.7 / view.scale;
    context.stroke(scene.borders);
    yield;
  }
  for (const turn of turns) {
    place(turn);
    yield* paintCells(context, scene);
    yield* paintBatches(context, view, scene, turn);
  }
  if (scene.focus) {
    for (const turn of turns) {
      place(turn);
      context.globalAlpha = 1;
      context.strokeStyle = scene.colors.focus;
      context.lineWidth = 3 / view.scale;
      context.stroke(makePath([scene.focus], scene.squeeze, true));
    }
  }
}

function* paintCells(context, scene) {
  let painted = 0;
  const most = Math.log(1 + scene.mostTiles);
  for (const cell of scene.cells.values()) {
    context.globalAlpha = 0.2 + (0.55 * Math.log(1 + cell.total)) / most;
    context.fillStyle = scene.colors.actions[cell.action];
    const side = scene.side;
    context.fillRect(cell.column * side * scene.squeeze, cell.row * side, side * scene.squeeze * 0.94, side * 0.94);
    if (++painted % 500 === 0) yield;
  }
}

function* paintBatches(context, view, scene, turn) {
  const halfWidth = view.width / 2 / view.scale;
  const halfHeight = view.height / 2 / view.scale;
  for (const batch of scene.batches) {
    if (batch.east * scene.squeeze + turn < view.x - halfWidth || batch.west * scene.squeeze + turn > view.x + halfWidth) continue;
    if (batch.north < view.y - halfHeight || batch.south > view.y + halfHeight) continue;
    batch.path ||= makePath(batch.shapes, scene.squeeze, true);
    context.fillStyle = context.strokeStyle = scene.colors.actions[batch.action];
    const isQuiet = QUIET.has(scene.names[batch.action]);
    context.globalAlpha = isQuiet ? 0.12 : LOUD.has(scene.names[batch.action]) ? 0.65 : 0.4;
    context.fill(batch.path, "nonzero"); // outer rings run one way, holes the other: overlaps are filled, holes are not
    context.globalAlpha = isQuiet ? 0.45 : 1;
    context.lineWidth = (isQuiet ? 0.8 : 1.2) / view.scale;
    context.stroke(batch.path);
    yield;
  }
}
