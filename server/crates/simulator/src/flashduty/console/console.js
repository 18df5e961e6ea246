// Keeps the console fresh: every two seconds the parts marked data-live are read again, unless somebody is typing there.
(function () {
  "use strict";
  if (!window.fetch || !window.DOMParser) return;
  function refresh() {
    if (document.hidden) return;
    fetch(location.href, { headers: { accept: "text/html" } })
      .then(function (answer) { return answer.ok ? answer.text() : null; })
      .then(function (html) {
        if (!html) return;
        var fresh = new DOMParser().parseFromString(html, "text/html");
        document.querySelectorAll("[data-live]").forEach(function (part) {
          var next = fresh.getElementById(part.id);
          if (next && next.innerHTML !== part.innerHTML && !part.contains(document.activeElement)) {
            part.innerHTML = next.innerHTML;
          }
        });
      })
      .catch(function () { /* the simulator is away; the next round tries again */ });
  }
  setInterval(refresh, 2000);
})();
