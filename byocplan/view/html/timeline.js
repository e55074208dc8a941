// The histogram of sensing dates, and the two handles that choose a span of it.

const SVG = "http://www.w3.org/2000/svg";
const BAR_HEIGHT = 64;

function makeTimeline(report, query) {
  const labels = report.bins.labels;
  const box = document.getElementById("timeline");
  if (!labels.length) {
    box.hidden = true;
    return;
  }
  const [from, to] = ["from", "to"].map((id) => document.getElementById(id));
  for (const input of [from, to]) input.max = labels.length - 1;
  to.value = labels.length - 1;
  const draw = () => drawBars(report, query);

  function choose(moved) {
    const [first, last] = [Number(from.value), Number(to.value)];
    if (first > last) (moved === from ? from : to).value = moved === from ? last : first;
    query.change({ first: Number(from.value), last: Number(to.value) });
  }

  function tell() {
    from.setAttribute("aria-valuetext", labels[query.first]);
    to.setAttribute("aria-valuetext", labels[query.last]);
    const timeless = report.actions.reduce((sum, action) => sum + action.timeless, 0);
    const note = timeless ? ` \u00b7 ${number.format(timeless)} timeless, shown with all dates alone` : "";
    document.getElementById("span").textContent = `${labels[query.first]} to ${labels[query.last]}${note}`;
  }

  from.addEventListener("input", () => choose(from));
  to.addEventListener("input", () => choose(to));
  document.getElementById("all-time").addEventListener("click", () => {
    from.value = 0;
    to.value = labels.length - 1;
    choose(to);
  });
  query.watch(draw);
  query.watch(tell);
  draw();
  tell();
}

// Bars of stacked actions; what lies outside of the span is faint.
function drawBars(report, query) {
  const svg = document.getElementById("bars");
  const bars = report.bins.labels.length;
  const shown = report.actions.map((action, index) => ({ action, index })).filter(({ index }) => !query.hidden.has(index));
  const totals = report.bins.labels.map((_, bar) => shown.reduce((sum, { action }) => sum + action.bars[bar], 0));
  const most = Math.max(1, ...totals);
  svg.setAttribute("viewBox", `0 0 ${bars} ${BAR_HEIGHT}`);
  const rects = [];
  totals.forEach((total, bar) => {
    if (!total) return;
    const group = document.createElementNS(SVG, "g");
    if (bar < query.first || bar > query.last) group.setAttribute("class", "outside");
    const title = document.createElementNS(SVG, "title");
    title.textContent = `${report.bins.labels[bar]}: ${number.format(total)}`;
    group.append(title);
    let top = BAR_HEIGHT;
    for (const { action } of shown) {
      if (!action.bars[bar]) continue;
      const height = Math.max(0.8, (action.bars[bar] / most) * (BAR_HEIGHT - 2));
      top -= height;
      const rect = document.createElementNS(SVG, "rect");
      for (const [key, value] of [["x", bar + 0.06], ["y", top], ["width", 0.88], ["height", height]]) rect.setAttribute(key, value);
      rect.setAttribute("class", `a-${action.name}`);
      group.append(rect);
    }
    rects.push(group);
  });
  svg.replaceChildren(...rects);
  document.getElementById("most").textContent = `up to ${number.format(most)} a bar`;
}
