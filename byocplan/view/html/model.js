// The data of the report, and what of it is asked for now: the actions, a span of time, a text.

const DAY_S = 86400;
const TIMELESS_S = -99999999999;
const number = new Intl.NumberFormat("en");

function readReport() {
  const data = JSON.parse(document.getElementById("data").textContent);
  const land = JSON.parse(document.getElementById("land").textContent);
  const tiles = data.tiles;
  for (const name of ["collection", "action", "reason", "time", "retimed", "live", "shape"])
    tiles[name] = readDeltas(tiles[name]);
  tiles.before = new Map(tiles.retimed.map((tile, at) => [tile, tiles.live[at]]));
  const report = {
    actions: data.actions.map((action) => ({ ...action, bars: readNumbers(action.bars) })),
    bins: data.bins,
    tiles,
    shapes: readShapes(tiles.shapes, data.grain),
    cells: readCells(data.cells),
    side: data.cells.side,
    land: readShapes(land.land, land.grain),
    borders: readShapes(land.borders, land.grain),
  };
  report.extent = findExtent(report);
  return report;
}

// The box of all that is drawn, on over the antimeridian where that is narrower; null when nothing is drawn.
function findExtent(report) {
  const side = report.side;
  const boxes = [
    ...report.shapes,
    ...report.cells.map(({ row, column }) => ({
      west: column * side, south: row * side, east: (column + 1) * side, north: (row + 1) * side,
    })),
  ];
  if (!boxes.length) return null;
  const taken = new Array(360).fill(false);
  const extent = { south: 90, north: -90 };
  for (const box of boxes) {
    extent.south = Math.min(extent.south, box.south);
    extent.north = Math.max(extent.north, box.north);
    for (let lon = Math.floor(box.west); lon < box.east && lon < box.west + 360; lon++) taken[((lon % 360) + 360) % 360] = true;
  }
  return Object.assign(extent, findSpan(taken));
}

// The shortest span of longitudes that has all the taken ones: what the widest gap leaves.
function findSpan(taken) {
  let widest = 0;
  let end = 180;
  for (let start = 0; start < 360; start++) {
    let width = 0;
    while (width < 360 && !taken[(start + width) % 360]) width++;
    if (width > widest) [widest, end] = [width, start + width];
  }
  const west = ((end + 180) % 360) - 180;
  return { west, east: west + 360 - widest };
}

// What is asked for; `watch` is told whenever it changes.
function makeQuery(report) {
  const watchers = [];
  const bars = report.bins.labels.length;
  const query = {
    hidden: new Set(),
    first: 0,
    last: Math.max(0, bars - 1),
    text: "",
    isAllTime: () => query.first === 0 && query.last >= bars - 1,
    watch: (watcher) => watchers.push(watcher),
    change: (what) => {
      Object.assign(query, what);
      for (const watcher of watchers) watcher(query);
    },
    takesTime: (time) => {
      if (query.isAllTime()) return true;
      if (time === TIMELESS_S) return false;
      const edges = report.bins.edges;
      return time >= edges[query.first] * DAY_S && time < edges[query.last + 1] * DAY_S;
    },
    // Months count from year 0; a month is taken when any day of it is.
    takesMonth: (month) => {
      if (query.isAllTime()) return true;
      if (month < 0) return false;
      const start = Date.UTC(Math.floor(month / 12), month % 12, 1) / 1000;
      const end = Date.UTC(Math.floor((month + 1) / 12), (month + 1) % 12, 1) / 1000;
      const edges = report.bins.edges;
      return end > edges[query.first] * DAY_S && start < edges[query.last + 1] * DAY_S;
    },
    takesTile: (tile) => !query.hidden.has(report.tiles.action[tile]) && query.takesTime(report.tiles.time[tile]),
  };
  return query;
}

function formatTime(time) {
  return time === TIMELESS_S ? "timeless" : new Date(time * 1000).toISOString().replace(".000Z", "Z");
}

// When a tile was sensed: as it is to be, behind the live time where that is to change.
function formatSensed(tiles, tile) {
  const time = formatTime(tiles.time[tile]);
  return tiles.before.has(tile) ? `${formatTime(tiles.before.get(tile))} \u2192 ${time}` : time;
}

function makeElement(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

// The colour of an action as the style sheet and the theme have it.
function getColor(name) {
  return getComputedStyle(document.querySelector(`.swatch.a-${CSS.escape(name)}`) || document.documentElement).backgroundColor;
}

function getToken(name) {
  return getComputedStyle(document.querySelector(`.token.${name}`)).backgroundColor;
}
