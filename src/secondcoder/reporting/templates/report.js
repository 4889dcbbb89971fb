"use strict";
(() => {
  const find = (id) => document.getElementById(id);
  const form = find("filter"), search = find("search"), question = find("question");
  const theme = find("theme"), shown = find("shown"), clear = find("clear"), nothing = find("nothing");
  const plain = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const counted = (n) => n.toLocaleString("en") + (n === 1 ? " quote" : " quotes");
  const show = (element, visible) => {
    if (element.hidden === visible) element.hidden = !visible;
  };

  const questions = [...document.querySelectorAll(".question")].map((element) => ({
    element,
    name: element.dataset.name,
    themes: [...element.querySelectorAll(".theme")].map((part) => ({
      element: part,
      id: part.dataset.theme,
      name: part.dataset.name,
      of: part.querySelector(".of"),
      quotes: [...part.querySelectorAll(".quote")].map((quote) => ({
        element: quote,
        number: quote.dataset.quote,
        words: plain(quote.textContent),
      })),
    })),
  }));
  const total = new Set(
    questions.flatMap((q) => q.themes.flatMap((t) => t.quotes.map((quote) => quote.number)))
  ).size;

  const option = (value, text) => {
    const made = document.createElement("option");
    made.value = value;
    made.textContent = text;
    return made;
  };

  const offerThemes = () => {
    const chosen = theme.value;
    theme.replaceChildren(theme.options[0]);
    const offered = new Set();
    let others = false;
    questions.forEach((q, position) => {
      if (question.value !== "" && question.value !== String(position)) return;
      const group = document.createElement("optgroup");
      group.label = q.name;
      for (const t of q.themes) {
        if (t.id === "") others = true;
        else if (!offered.has(t.id)) {
          offered.add(t.id);
          group.append(option("theme:" + t.id, t.name));
        }
      }
      if (group.children.length) theme.append(group);
    });
    if (others) theme.append(option("other", "Other ideas"));
    theme.value = chosen;
    if (theme.selectedIndex < 0) theme.value = "";
  };

  const highlight = (words) => {
    if (!window.Highlight || !CSS.highlights) return;
    const found = new Highlight();
    for (const node of words.length ? document.querySelectorAll(".quote:not([hidden]) .words") : []) {
      if (!node.firstChild || found.size > 500) continue;
      const text = node.firstChild.data.toLowerCase();
      if (text.length !== node.firstChild.data.length) continue;
      for (const word of words) {
        for (let at = text.indexOf(word); at >= 0; at = text.indexOf(word, at + word.length)) {
          const range = new Range();
          range.setStart(node.firstChild, at);
          range.setEnd(node.firstChild, at + word.length);
          found.add(range);
        }
      }
    }
    CSS.highlights.set("found", found);
  };

  const apply = () => {
    const words = plain(search.value).split(/\s+/).filter(Boolean);
    const filtered = words.length > 0 || question.value !== "" || theme.value !== "";
    const visible = new Set();
    questions.forEach((q, position) => {
      const asked = question.value === "" || question.value === String(position);
      let any = false;
      for (const t of q.themes) {
        const id = t.id === "" ? "other" : "theme:" + t.id;
        const chosen = asked && (theme.value === "" || theme.value === id);
        let n = 0;
        if (chosen) {
          for (const quote of t.quotes) {
            const match = words.every((word) => quote.words.includes(word));
            show(quote.element, match);
            if (match) {
              n += 1;
              visible.add(quote.number);
            }
          }
        }
        show(t.element, filtered ? n > 0 : true);
        show(t.of, n > 0 && n < t.quotes.length);
        t.of.textContent = n.toLocaleString("en") + " shown of ";
        any = any || n > 0;
      }
      show(q.element, any || !filtered);
    });
    shown.textContent = filtered
      ? "Showing " + visible.size.toLocaleString("en") + " of " + counted(total)
      : counted(total);
    show(clear, filtered);
    show(nothing, filtered && visible.size === 0);
    form.classList.toggle("filtered", filtered);
    highlight(words);
  };

  questions.forEach((q, position) => {
    if (q.themes.length) question.append(option(String(position), q.name));
  });
  const reset = () => {
    search.value = question.value = "";
    offerThemes();
    theme.value = "";
    apply();
  };
  search.addEventListener("input", apply);
  theme.addEventListener("change", apply);
  question.addEventListener("change", () => {
    offerThemes();
    apply();
  });
  clear.addEventListener("click", () => {
    reset();
    search.focus();
  });
  form.addEventListener("submit", (event) => event.preventDefault());

  // A link to something the filter hides shows all first, so that it leads somewhere.
  const reveal = () => {
    let id = location.hash.slice(1);
    try {
      id = decodeURIComponent(id);
    } catch {
      return;
    }
    const target = find(id);
    if (target && target.closest(".question[hidden], .theme[hidden], .quote[hidden]")) {
      reset();
      target.scrollIntoView();
    }
  };
  window.addEventListener("hashchange", reveal);

  const drawers = [...document.querySelectorAll("details:not(.numbers)")];
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = drawers.filter((drawer) => !drawer.open);
    for (const drawer of closed) drawer.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const drawer of closed) drawer.open = false;
  });

  form.hidden = false;
  offerThemes();
  apply();
})();
