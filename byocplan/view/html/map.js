// The map: shows the last painting moved to where it belongs now, and has a new one painted meanwhile.

function makeMap(report, query) {
  const canvas = document.getElementById("map");
  const screen = canvas.getContext("2d");
  const buffers = [document.createElement("canvas"), document.createElement("canvas")];
  const camera = makeCamera(report.extent);
  const scene = {
    squeeze: camera.squeeze,
    side: report.side,
    names: report.actions.map((action) => action.name),
    land: makePath(report.land, camera.squeeze, true),
    borders: makePath(report.borders, camera.squeeze, false),
    focus: null,
  };
  let shown = null; // the view that buffers[0] was painted for
  let job = null;
  let isStale = true;
  let isAsked = false;
  const ratio = () => Math.min(2, window.devicePixelRatio || 1);

  function ask() {
    isStale = true;
    if (!isAsked) {
      isAsked = true;
      requestAnimationFrame(step);
    }
  }

  function step() {
    isAsked = false;
    if (!job && isStale) begin();
    const end = performance.now() + SLICE_MS;
    while (job && performance.now() < end) {
      const { done } = job.steps.next();
      job.context.getImageData(0, 0, 1, 1); // has the browser draw now, not all of it at the end
      if (done) {
        buffers.reverse();
        shown = job.view;
        job = null;
      }
    }
    present();
    if (job || isStale) {
      isAsked = true;
      requestAnimationFrame(step);
    }
  }

  function begin() {
    isStale = false;
    const view = camera.copy();
    const buffer = buffers[1];
    buffer.width = Math.round(view.width * ratio());
    buffer.height = Math.round(view.height * ratio());
    const context = buffer.getContext("2d", { willReadFrequently: true });
    job = { view, context, steps: paintScene(context, view, scene, camera.listTurns(view), ratio()) };
  }

  function present() {
    const [width, height] = [Math.round(camera.width * ratio()), Math.round(camera.height * ratio())];
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    screen.setTransform(1, 0, 0, 1, 0, 0);
    screen.fillStyle = scene.colors.sea;
    screen.fillRect(0, 0, width, height);
    if (!shown) return;
    const zoom = camera.scale / shown.scale;
    let right = (shown.x - camera.x) * camera.scale;
    const turn = TURN * camera.squeeze * camera.scale;
    right -= Math.round(right / turn) * turn;
    const left = (camera.width - shown.width * zoom) / 2 + right;
    const top = (camera.height - shown.height * zoom) / 2 + (camera.y - shown.y) * camera.scale;
    screen.drawImage(
      buffers[0], left * ratio(), top * ratio(), shown.width * zoom * ratio(), shown.height * zoom * ratio(),
    );
  }

  function change() {
    scene.batches = makeBatches(report, query);
    scene.cells = makeCells(report, query);
    scene.mostTiles = [...scene.cells.values()].reduce((most, cell) => Math.max(most, cell.total), 1);
    ask();
  }

  function recolor() {
    scene.colors = readColors(report);
    ask();
  }

  function resize() {
    const box = canvas.getBoundingClientRect();
    camera.resize(Math.max(1, box.width), Math.max(1, box.height));
    if (camera.isWhole) camera.showAll();
    else camera.zoom(1);
    ask();
  }

  function focus(shape) {
    scene.focus = shape;
    if (shape) {
      const pad = 4 * Math.max(shape.east - shape.west, shape.north - shape.south);
      camera.show({ west: shape.west - pad, south: shape.south - pad, east: shape.east + pad, north: shape.north + pad });
    }
    ask();
  }

  recolor();
  change();
  query.watch(change);
  new ResizeObserver(resize).observe(canvas);
  const map = { canvas, camera, scene, ask, recolor, focus, isIdle: () => !job && !isStale };
  listenToMap(map, report, query);
  return map;
}
