// The page: theme, tabs, legend; starts everything.

function makeTheme(recolor) {
  const button = document.getElementById("theme");
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme || (dark.matches ? "dark" : "light")) === "dark";
  const tell = () => {
    button.textContent = isDark() ? "Light" : "Dark";
    button.setAttribute("aria-label", isDark() ? "Use light colours" : "Use dark colours");
    recolor();
  };
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    tell();
  });
  dark.addEventListener("change", tell);
  tell();
}

// One tab is in the tab order; arrows, Home and End go to the others.
function makeTabs() {
  const tabs = [...document.querySelectorAll("[role=tab]")];
  const choose = (tab) => {
    for (const each of tabs) {
      each.setAttribute("aria-selected", String(each === tab));
      each.tabIndex = each === tab ? 0 : -1;
      document.getElementById(each.getAttribute("aria-controls")).hidden = each !== tab;
    }
  };
  tabs.forEach((tab, at) => {
    tab.addEventListener("click", () => choose(tab));
    tab.addEventListener("keydown", (event) => {
      const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      const next = tabs[(to + tabs.length) % tabs.length];
      choose(next);
      next.focus();
    });
  });
  if (tabs.length) choose(tabs[0]);
}

function makeLegend(report, query) {
  document.querySelectorAll("#legend input").forEach((input) => {
    const action = report.actions.findIndex((each) => each.name === input.value);
    input.addEventListener("change", () => {
      const hidden = new Set(query.hidden);
      if (input.checked) hidden.delete(action);
      else hidden.add(action);
      query.change({ hidden });
    });
  });
}

function start() {
  makeTabs();
  if (!document.getElementById("data")) return makeTheme(() => {});
  const report = readReport();
  const query = makeQuery(report);
  makeLegend(report, query);
  const map = makeMap(report, query);
  makeTimeline(report, query);
  if (document.getElementById("rows")) makeTable(report, query, map);
  makeTheme(map.recolor);
  window.byocplanMap = map;
}

start();
