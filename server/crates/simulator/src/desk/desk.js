// The desk: asks for the parts that changed and puts them in place, opens web views, sends what people do.
(function () {
  "use strict";

  const PAUSE_MS = 120;
  const AWAY_MS = 2000;
  const TOAST_MS = 4000;
  const WEBS_MAX = 5;
  const body = document.body;
  const root = document.documentElement;
  const byId = function (id) { return document.getElementById(id); };
  const talk = byId("talk");
  const webs = byId("webs");

  // ---- the address keeps what a reload should keep

  function look() {
    const query = new URLSearchParams({ lang: root.lang, device: body.dataset.device });
    if (root.dataset.theme) query.set("theme", root.dataset.theme);
    if (body.dataset.tab === "workplace") query.set("tab", "workplace");
    if (body.dataset.chat) query.set("chat", body.dataset.chat);
    return query;
  }

  function keep() {
    history.replaceState(null, "", "/desk?" + look());
  }

  function press(name, value) {
    document.querySelectorAll("[data-" + name + "-is]").forEach(function (button) {
      if (button.hasAttribute("aria-pressed")) {
        button.setAttribute("aria-pressed", String(button.getAttribute("data-" + name + "-is") === value));
      }
    });
  }

  function choose(name, value) {
    body.dataset[name] = value;
    press(name, value);
    keep();
    ask();
  }

  // ---- parts that change

  const shown = {};
  const said = {};
  let have = "";
  let saidIn = null;
  let turn = 0;
  let away = false;
  let timer = 0;

  function ask() {
    const mine = ++turn;
    const chat = body.dataset.chat;
    const query = look();
    query.set("have", have);
    clearTimeout(timer);
    fetch("/desk/state?" + query, { credentials: "same-origin" })
      .then(function (answer) {
        if (answer.status === 409) location.reload();
        return answer.ok ? answer.json() : Promise.reject(new Error(String(answer.status)));
      })
      .then(function (answer) {
        if (mine !== turn) return;
        if (away) { away = false; toast(""); }
        if (answer.parts) show(answer, chat);
        timer = setTimeout(ask, PAUSE_MS);
      })
      .catch(function () {
        if (mine !== turn) return;
        away = true;
        toast(body.dataset.offline);
        timer = setTimeout(ask, AWAY_MS);
      });
  }

  function show(answer, chat) {
    if (answer.person !== body.dataset.person) return location.reload();
    let complete = true;
    body.dataset.step = answer.step;
    Object.keys(answer.parts).forEach(function (id) {
      const part = byId(id);
      const html = answer.parts[id];
      if (shown[id] === html) return;
      // Whoever is typing there goes on typing; it is drawn later.
      if (part.contains(document.activeElement) && document.activeElement.tagName === "INPUT" && chat === saidIn) {
        complete = false;
        return;
      }
      const open = id !== "head" && part.querySelector("details[open]") !== null;
      part.innerHTML = html;
      if (open && part.querySelector("details")) part.querySelector("details").open = true;
      shown[id] = html;
    });
    showTalk(answer.talk, chat);
    have = complete ? answer.key : "";
  }

  // Messages are replaced one by one, so that a card changes where it is and nothing jumps.
  function showTalk(items, chat) {
    const other = chat !== saidIn;
    const atEnd = talk.scrollHeight - talk.scrollTop - talk.clientHeight < 80;
    if (other) {
      talk.textContent = "";
      Object.keys(said).forEach(function (key) { delete said[key]; });
    }
    const wanted = {};
    items.forEach(function (item) { wanted[item[0]] = true; });
    Array.from(talk.children).forEach(function (child) {
      if (!wanted[child.dataset.key]) { delete said[child.dataset.key]; child.remove(); }
    });
    let place = talk.firstElementChild;
    items.forEach(function (item) {
      const key = item[0];
      if (place && place.dataset.key === key && said[key] === item[1]) { place = place.nextElementSibling; return; }
      const piece = document.createElement("template");
      piece.innerHTML = item[1];
      const fresh = piece.content.firstElementChild;
      const old = place && place.dataset.key === key ? place : null;
      place = old ? old.nextElementSibling : place;
      if (old) talk.replaceChild(fresh, old); else talk.insertBefore(fresh, place);
      said[key] = item[1];
    });
    if (other || atEnd) talk.scrollTop = talk.scrollHeight;
    saidIn = chat;
  }

  // ---- what people do

  function send(path, value) {
    const options = { method: "POST", credentials: "same-origin", headers: { "content-type": "application/json" } };
    options.body = JSON.stringify(value || {});
    return fetch("/desk/" + path + "?lang=" + root.lang, options).then(function (answer) {
      return answer.status === 204 ? {} : answer.json();
    });
  }

  function perform(button, path, value) {
    const around = button.closest(".card, .sheet, .foot") || button;
    const buttons = Array.from(around.querySelectorAll("button, summary"));
    const busy = button.closest(".menu") && around.classList.contains("card") ? button.closest(".menu").querySelector("summary") : button;
    buttons.forEach(function (one) { one.disabled = true; });
    busy.classList.add("busy");
    closeMenus(null);
    send(path, value)
      .then(function (answer) { if (answer.toast) toast(answer.toast); })
      .catch(function () { toast(body.dataset.offline); })
      .then(function () {
        buttons.forEach(function (one) { one.disabled = false; });
        busy.classList.remove("busy");
        ask();
      });
  }

  let toastTimer = 0;
  function toast(text) {
    const box = byId("toast");
    clearTimeout(toastTimer);
    box.textContent = text;
    box.hidden = !text;
    if (text) toastTimer = setTimeout(function () { box.hidden = true; }, TOAST_MS);
  }

  function closeMenus(except) {
    document.querySelectorAll("details.menu[open]").forEach(function (menu) {
      if (!except || !menu.contains(except)) menu.open = false;
    });
  }

  // ---- web views

  const views = [];

  function open(url, where, percent, title) {
    const pc = body.dataset.device === "pc";
    if (pc && where === "browser") { window.open(url, "_blank", "noopener"); return; }
    while (views.length >= WEBS_MAX) close(views[0]);
    const view = { box: document.createElement("div"), frame: document.createElement("iframe"), depth: 0, length: 0, going: false };
    const kind = pc ? (where === "window" ? "window" : "slide") : (where === "panel" ? "panel" : "page");
    if (kind === "panel") {
      view.behind = document.createElement("div");
      view.behind.className = "behind";
      view.behind.addEventListener("click", function () { close(view); });
      webs.appendChild(view.behind);
      view.box.style.height = percent + "%";
    }
    view.box.className = "web " + kind;
    view.box.appendChild(bar(view, url, title));
    // The name must be there before the page: it is how the page learns where it is.
    view.frame.name = body.dataset.frameName;
    view.frame.title = title || url;
    view.frame.setAttribute("sandbox", "allow-scripts allow-forms allow-same-origin allow-popups allow-popups-to-escape-sandbox allow-modals allow-downloads");
    view.frame.addEventListener("load", function () { loaded(view); });
    view.frame.src = url;
    view.box.appendChild(view.frame);
    webs.appendChild(view.box);
    views.push(view);
  }

  function bar(view, url, title) {
    const line = document.createElement("div");
    const item = function (name, text, label, act) {
      const one = document.createElement(name);
      one.className = "icon";
      one.textContent = text;
      one.title = label;
      one.setAttribute("aria-label", label);
      if (act) one.addEventListener("click", act);
      return one;
    };
    line.className = "webbar";
    line.appendChild(item("button", "‹", webs.dataset.back, function () { back(view); }));
    line.appendChild(item("button", "×", webs.dataset.close, function () { close(view); }));
    view.title = document.createElement("b");
    view.title.textContent = title || webs.dataset.loading;
    view.named = Boolean(title);
    line.appendChild(view.title);
    const tab = item("a", "↗", webs.dataset.tabTitle);
    tab.href = url;
    tab.target = "_blank";
    tab.rel = "noopener";
    line.appendChild(tab);
    return line;
  }

  // The frame's pages are entries of this window's history. Only those are counted that made it longer, so going back
  // never leaves the desk.
  function loaded(view) {
    if (!view.named && view.title.textContent === webs.dataset.loading) view.title.textContent = webs.dataset.app;
    if (view.length && !view.going && history.length > view.length) view.depth += 1;
    view.going = false;
    view.length = history.length;
  }

  function back(view) {
    if (view.depth === 0) { close(view); return; }
    view.depth -= 1;
    view.going = true;
    history.back();
  }

  function close(view) {
    const index = views.indexOf(view);
    if (index < 0) return;
    views.splice(index, 1);
    view.box.remove();
    if (view.behind) view.behind.remove();
  }

  function closeAll() {
    while (views.length) close(views[0]);
  }

  function openLink(link) {
    fetch("/desk/link?" + new URLSearchParams({ link: link }), { credentials: "same-origin" })
      .then(function (answer) { return answer.json(); })
      .then(function (found) { if (found.url) open(found.url, found.place, found.percent, found.title); });
  }

  // What pages ask their client for, through the stand-in for the JSAPI.
  window.addEventListener("message", function (event) {
    const view = views.find(function (one) { return one.frame.contentWindow === event.source; });
    // A group's own page, when its address is good, opens the chat it is of.
    if (view && event.origin === location.origin && event.data && event.data.dingtalkChat) {
      closeAll();
      choose("tab", "messages");
      choose("chat", String(event.data.dingtalkChat));
      return;
    }
    const asked = event.data && event.data.dingtalk;
    if (!view || !asked) return;
    if (asked.action === "setNavigationTitle") view.title.textContent = String(asked.title || "").slice(0, 60);
    if (asked.action === "openLink") openLink(String(asked.url || ""));
    if (asked.action === "closePage") close(view);
  });

  // ---- clicks and forms

  const acts = [
    ["button[data-chat]", function (button) { choose("chat", button.dataset.chat); }],
    ["button[data-back]", function () { choose("chat", ""); }],
    ["button[data-tab-is]", function (button) { closeAll(); choose("tab", button.dataset.tabIs); }],
    ["button[data-device-is]", function (button) { closeAll(); choose("device", button.dataset.deviceIs); }],
    ["button[data-side-is]", function (button) { choose("side", button.dataset.sideIs); }],
    ["button[data-console]", function (button) {
      body.dataset.console = body.dataset.console === "off" ? "on" : "off";
      button.setAttribute("aria-pressed", String(body.dataset.console === "on"));
    }],
    ["button[data-theme-switch]", function () {
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      keep();
    }],
    ["a[data-language]", function (link) {
      const query = look();
      query.set("lang", link.lang);
      link.href = "/desk?" + query;
    }],
    ["button[data-press]", function (button) {
      const card = button.closest("[data-card]").dataset.card;
      perform(button, "press", { card: card, number: Number(button.dataset.press) });
    }],
    ["button[data-group]", function (button) { perform(button, "group", { chat: body.dataset.chat, act: button.dataset.group }); }],
    ["button[data-again]", function (button) { perform(button, "again"); }],
    ["button[data-open]", function (button) {
      const pc = body.dataset.device === "pc" && button.dataset.openPc;
      open(pc || button.dataset.open, button.dataset.in, button.dataset.percent, button.dataset.title);
    }]
  ];

  document.addEventListener("click", function (event) {
    closeMenus(event.target);
    acts.forEach(function (act) {
      const found = event.target.closest(act[0]);
      if (found && !found.disabled) act[1](found);
    });
  });

  document.addEventListener("submit", function (event) {
    const form = event.target;
    if (form.dataset.groupForm) {
      event.preventDefault();
      const title = form.elements.title.value;
      form.elements.title.blur();
      perform(form.querySelector("button"), "group", { chat: body.dataset.chat, act: form.dataset.groupForm, title: title });
    } else if (form.dataset.keepsLook !== undefined) {
      look().forEach(function (value, name) {
        const field = document.createElement("input");
        field.type = "hidden";
        field.name = name;
        field.value = value;
        form.appendChild(field);
      });
    }
  });

  talk.scrollTop = talk.scrollHeight;
  ask();
})();
