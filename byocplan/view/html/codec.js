// Reads what view/report/numbers.py writes: zigzag varints in base64, and shapes made of them.

function readNumbers(text) {
  const packed = atob(text);
  const numbers = [];
  let value = 0;
  let place = 1;
  for (let at = 0; at < packed.length; at++) {
    const byte = packed.charCodeAt(at);
    value += (byte & 0x7f) * place;
    if (byte & 0x80) {
      place *= 128;
    } else {
      numbers.push(value % 2 ? -(value + 1) / 2 : value / 2);
      value = 0;
      place = 1;
    }
  }
  return numbers;
}

function readDeltas(text) {
  let last = 0;
  return readNumbers(text).map((number) => (last += number));
}

// Returns one object a shape: its rings as flat arrays of longitudes and latitudes, and its box.
function readShapes(text, grain) {
  const numbers = readNumbers(text);
  const shapes = [];
  let x = 0;
  let y = 0;
  for (let at = 0; at < numbers.length; ) {
    const shape = { rings: [], west: Infinity, south: Infinity, east: -Infinity, north: -Infinity };
    for (let rings = numbers[at++]; rings > 0; rings--) {
      const points = numbers[at++];
      const ring = new Float32Array(points * 2);
      for (let point = 0; point < points; point++) {
        x += numbers[at++];
        y += numbers[at++];
        const lon = x * grain;
        const lat = y * grain;
        ring[2 * point] = lon;
        ring[2 * point + 1] = lat;
        shape.west = Math.min(shape.west, lon);
        shape.east = Math.max(shape.east, lon);
        shape.south = Math.min(shape.south, lat);
        shape.north = Math.max(shape.north, lat);
      }
      shape.rings.push(ring);
    }
    shapes.push(shape);
  }
  return shapes;
}

function readCells(cells) {
  const numbers = readNumbers(cells.counts);
  const found = [];
  let row = 0;
  let column = 0;
  let month = 0;
  for (let at = 0; at < numbers.length; at += 5) {
    row += numbers[at];
    column += numbers[at + 1];
    month += numbers[at + 3];
    found.push({ row, column, action: numbers[at + 2], month, count: numbers[at + 4] });
  }
  return found;
}
