// The table of tiles: searched, sorted, a page of rows at a time.

const PAGE_ROWS = 50;

function makeTable(report, query, map) {
  const tiles = report.tiles;
  const body = document.getElementById("rows");
  const said = document.getElementById("found");
  const texts = tiles.paths.map((path, tile) =>
    [path, report.actions[tiles.action[tile]].name, tiles.reasons[tiles.reason[tile]], tiles.collections[tiles.collection[tile]],
     formatSensed(tiles, tile)].join("\n").toLowerCase());
  const keys = {
    action: (tile) => tiles.action[tile],
    path: (tile) => tiles.paths[tile],
    time: (tile) => tiles.time[tile],
    reason: (tile) => tiles.reasons[tiles.reason[tile]],
    collection: (tile) => tiles.collections[tiles.collection[tile]],
  };
  let found = [];
  let page = 0;
  let order = { key: "action", step: 1 };

  function find() {
    const words = query.text.toLowerCase().split(/\s+/).filter(Boolean);
    found = tiles.paths.map((_, tile) => tile)
      .filter((tile) => query.takesTile(tile) && words.every((word) => texts[tile].includes(word)));
    const key = keys[order.key];
    found.sort((one, other) => (key(one) < key(other) ? -order.step : key(one) > key(other) ? order.step : one - other));
    page = 0;
    show();
  }

  function show() {
    const pages = Math.max(1, Math.ceil(found.length / PAGE_ROWS));
    page = Math.min(page, pages - 1);
    body.replaceChildren(...found.slice(page * PAGE_ROWS, (page + 1) * PAGE_ROWS).map(makeRow));
    said.textContent = `${number.format(found.length)} of ${number.format(tiles.paths.length)} listed tiles`;
    document.getElementById("page").textContent = `page ${number.format(page + 1)} of ${number.format(pages)}`;
    document.getElementById("previous").disabled = page === 0;
    document.getElementById("next").disabled = page >= pages - 1;
  }

  function makeRow(tile) {
    const action = report.actions[tiles.action[tile]].name;
    const shape = report.shapes[tiles.shape[tile]];
    const path = shape
      ? makeElement("button", { type: "button", class: "link", title: "Show on the map" }, tiles.paths[tile])
      : tiles.paths[tile];
    if (shape) path.addEventListener("click", () => { map.focus(shape); map.canvas.scrollIntoView({ block: "center" }); });
    return makeElement("tr", {},
      makeElement("td", {}, makeElement("span", { class: `swatch a-${action}` }), ` ${action}`),
      makeElement("td", { class: "path" }, path),
      makeElement("td", {}, formatSensed(tiles, tile)),
      makeElement("td", {}, tiles.reasons[tiles.reason[tile]]),
      makeElement("td", {}, tiles.collections[tiles.collection[tile]]));
  }

  for (const button of document.querySelectorAll("[data-sort]")) {
    button.addEventListener("click", () => {
      order = { key: button.dataset.sort, step: order.key === button.dataset.sort ? -order.step : 1 };
      for (const each of document.querySelectorAll("[data-sort]"))
        each.closest("th").setAttribute("aria-sort", each === button ? (order.step > 0 ? "ascending" : "descending") : "none");
      find();
    });
  }
  for (const [id, step] of [["previous", -1], ["next", 1]])
    document.getElementById(id).addEventListener("click", () => { page += step; show(); });
  let timer = 0;
  document.getElementById("search").addEventListener("input", (event) => {
    clearTimeout(timer);
    timer = setTimeout(() => query.change({ text: event.target.value }), 120);
  });
  let last = "";
  query.watch(() => {
    const now = JSON.stringify([query.first, query.last, query.text, [...query.hidden]]);
    if (now !== last) find();
    last = now;
  });
  find();
}
