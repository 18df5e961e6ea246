// Asks DingTalk who is looking and sends the code to the server. Plain ES5 for Chromium 69; its parameters are the data-
// attributes of its own tag, and all words are in the page, hidden until they are true.
(function (w, d) {
  var me = d.currentScript, ended, timer;
  function get(name) { return me.getAttribute('data-' + name); }
  function say(name) {
    ['wait', 'outside', 'failed', 'kept'].forEach(function (one) {
      d.getElementById('arrive-' + one).hidden = one != name;
    });
  }
  function inside() {
    try { if (JSON.parse(w.name).containerId) return 1; } catch (e) {}
    return /DingTalk/i.test(navigator.userAgent) || (w.dingtalk && w.dingtalk.platform && w.dingtalk.platform.invokeAPI);
  }
  // How often in the last 20 s: a client that forgets its session must not go round for ever.
  function rounds(add) {
    var list = [], now = +new Date();
    try {
      list = JSON.parse(sessionStorage.arrived || '[]').filter(function (at) { return now - at < 20000; });
      if (add) sessionStorage.arrived = JSON.stringify(list.concat(now));
    } catch (e) {}
    return list.length;
  }
  function end() { clearTimeout(timer); return !ended && (ended = true); }
  function fail() { if (end()) say('failed'); }
  function got(answer) {
    if (!answer || !answer.code) return fail();
    if (!end()) return;
    rounds(1);
    var form = d.getElementById('arrive');
    form.elements.code.value = answer.code;
    form.submit();
  }
  function call(api, client, bad) {
    if (!api || !api.requestAuthCode) return bad();
    try {
      var p = api.requestAuthCode({
        corpId: get('corp'), clientId: client, onSuccess: got, success: got, onFail: bad, fail: bad
      });
      if (p && p.then) p.then(got, bad);
    } catch (e) { bad(); }
  }
  function ask() {
    var dd = w.dd || {}, old;
    call(dd, get('client'), function () {
      if (!old) call(old = (dd.runtime || {}).permission || {}, undefined, fail);
    });
  }
  function start() {
    ended = false;
    say('wait');
    timer = setTimeout(fail, 8000);
    if (w.dd) return ask();
    var s = d.createElement('script');
    s.nonce = me.nonce;
    s.onload = ask;
    s.onerror = fail;
    s.src = get('jsapi');
    d.head.appendChild(s);
  }
  [].forEach.call(d.querySelectorAll('[data-retry]'), function (b) { b.onclick = start; });
  if (!inside()) say('outside');
  else if (get('refused') !== null) say('failed');
  else if (rounds() > 1) say('kept');
  else start();
})(window, document);
