// Where the map looks: an equirectangular projection, true to scale along the middle latitude of what is shown.

const TURN = 360;

function makeCamera(extent) {
  const box = extent || { west: -180, south: -60, east: 180, north: 84 };
  const isWide = box.east - box.west > 120;
  const middle = (box.south + box.north) / 2;
  const camera = {
    squeeze: isWide ? 1 : Math.max(0.25, Math.cos((middle * Math.PI) / 180)),
    x: 0,
    y: 0,
    scale: 1,
    width: 1,
    isWhole: true, // until a hand moves it
    height: 1,
  };
  camera.resize = (width, height) => Object.assign(camera, { width, height });
  camera.show = (target) => {
    camera.isWhole = false;
    const pad = Math.max(0.15, (target.east - target.west) * 0.06);
    const width = (target.east - target.west + 2 * pad) * camera.squeeze;
    const height = Math.min(180, target.north - target.south + 2 * pad);
    camera.x = ((target.west + target.east) / 2) * camera.squeeze;
    camera.y = (target.south + target.north) / 2;
    camera.scale = clampScale(Math.min(camera.width / width, camera.height / height));
    camera.clamp();
  };
  camera.showAll = () => {
    camera.show(box);
    camera.isWhole = true;
  };
  camera.pan = (right, down) => {
    camera.isWhole = false;
    camera.x += right / camera.scale;
    camera.y -= down / camera.scale;
    camera.clamp();
  };
  camera.zoom = (factor, px = camera.width / 2, py = camera.height / 2) => {
    if (factor !== 1) camera.isWhole = false;
    const [x, y] = [camera.x + (px - camera.width / 2) / camera.scale, camera.y - (py - camera.height / 2) / camera.scale];
    camera.scale = clampScale(camera.scale * factor);
    camera.x = x - (px - camera.width / 2) / camera.scale;
    camera.y = y + (py - camera.height / 2) / camera.scale;
    camera.clamp();
  };
  const clampScale = (scale) => Math.min(20000, Math.max(scale, camera.width / (TURN * camera.squeeze) / 1.02, camera.height / 180));
  // The world goes on to the east and west, and ends in the north and south.
  camera.clamp = () => {
    const turn = TURN * camera.squeeze;
    camera.x = ((((camera.x + turn / 2) % turn) + turn) % turn) - turn / 2;
    const half = camera.height / 2 / camera.scale;
    const limit = Math.max(0, 90 - half);
    camera.y = Math.min(limit, Math.max(-limit, camera.y));
  };
  camera.locate = (px, py) => ({
    lon: (camera.x + (px - camera.width / 2) / camera.scale) / camera.squeeze,
    lat: camera.y - (py - camera.height / 2) / camera.scale,
  });
  camera.copy = () => ({ x: camera.x, y: camera.y, scale: camera.scale, width: camera.width, height: camera.height });
  // The turns by which the world is repeated within the view.
  camera.listTurns = (view) => {
    const half = view.width / 2 / view.scale;
    const turn = TURN * camera.squeeze;
    const first = Math.ceil((view.x - half - turn / 2 - turn / 2) / turn);
    const last = Math.floor((view.x + half + turn / 2) / turn);
    return Array.from({ length: last - first + 1 }, (_, index) => (first + index) * turn);
  };
  return camera;
}
