// What no page needs: news said once, ages that go on, keys on the PC homepage. ES5; words are in this tag's data-.
(function (d, l) {
  var me = d.currentScript, ahead = Date.now() - me.getAttribute('data-now'), help = d.getElementById('keys');
  function one(selector, at) { return (at || d).querySelector(selector); }
  function press(node) { return node && (node.click(), true); }

  if (/[?&](done|already|problem)=/.test(l.search)) {
    var pairs = l.search.slice(1).split('&').filter(function (pair) {
      return !/^(done|on|already|problem|problem_id)=/.test(pair);
    });
    history.replaceState(history.state, '', l.pathname + (pairs[0] ? '?' + pairs.join('&') : '') + l.hash);
  }

  setInterval(function () {
    [].forEach.call(d.querySelectorAll('time[title]'), function (time) {
      var n = (Date.now() - ahead - Date.parse(time.dateTime)) / 6e4, text = time.firstChild, unit = 0;
      if (!text || n >= 10080) return;
      if (n >= 1) unit = 1;
      if (n >= 60) n /= 60, unit = 2;
      if (unit > 1 && n >= 24) n /= 24, unit = 3;
      text.nodeValue = me.getAttribute('data-ago-' + unit).replace('#', Math.floor(n));
    });
  }, 3e4);

  d.addEventListener('change', function (event) {
    var step = event.target.getAttribute('data-submits');
    if (step) press(one('[name=step][value=' + step + ']'));
  });

  function go(by) {
    var rows = [].slice.call(d.querySelectorAll('.split-list .row-link')), at = rows.indexOf(d.activeElement);
    if (at < 0) at = rows.indexOf(one('.row-link[aria-current]'));
    var to = rows[at < 0 ? 0 : at + by];
    return to && (to.focus(), true);
  }
  function key(name, row) {
    if (name == 'j' || row && name == 'ArrowDown') return go(1);
    if (name == 'k' || row && name == 'ArrowUp') return go(-1);
    if (name == 'a') return press(one('[data-act=acknowledge]:not(:disabled)', row || one('.split-detail')));
    if (name == 's') return press(one('[data-choose]'));
    if (name == 'n') return press(one('[data-create]'));
    if (name == '/') return one('.filter').open = true, one('[name=q]').focus(), true;
    if (name == '?') return help.open = !help.open, one('summary', help).focus(), true;
  }
  if (help) d.addEventListener('keydown', function (event) {
    var on = event.target;
    if (event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.keyCode == 229
      || /^(INPUT|TEXTAREA|SELECT)$/.test(on.tagName)) return;
    if (key(event.key, on.closest('.row'))) event.preventDefault();
  });
})(document, location);
