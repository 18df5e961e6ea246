// Asks DingTalk who is looking and sends the code to the server. Plain ES5: Chromium 69 runs it. Its parameters are the
// data- attributes of its own tag; everything people read is in the page, hidden until it is true.
(function (w, d) {
  var me = d.currentScript, form = d.getElementById('arrive'), ended = false, timer, KEY = 'arrived', WAIT_MS = 8000;

  function say(name) {
    ['wait', 'outside', 'failed', 'kept'].forEach(function (one) {
      d.getElementById('arrive-' + one).hidden = one !== name;
    });
  }
  function inside() {
    try { if (JSON.parse(w.name).containerId) return true; } catch (e) {}
    return /DingTalk/i.test(navigator.userAgent) ||
      !!(w.dingtalk && w.dingtalk.platform && w.dingtalk.platform.invokeAPI);
  }
  // Times of the last arrivals: a browser that forgets the session must not go round for ever.
  function rounds(add) {
    var list = [], now = new Date().getTime();
    try {
      list = JSON.parse(w.sessionStorage.getItem(KEY) || '[]').filter(function (at) { return now - at < 60000; });
      if (add) w.sessionStorage.setItem(KEY, JSON.stringify(list.concat(now)));
    } catch (e) {}
    return list.length;
  }
  function fail() { if (!ended) { ended = true; clearTimeout(timer); say('failed'); } }
  function got(answer) {
    var code = answer && (answer.code || (answer.result && answer.result.code));
    if (ended) return;
    if (!code) return fail();
    ended = true;
    clearTimeout(timer);
    rounds(true);
    form.elements.code.value = code;
    form.submit();
  }
  function ask() {
    var dd = w.dd, old = dd && dd.runtime && dd.runtime.permission, tries = [], corp = me.getAttribute('data-corp');
    if (dd && dd.requestAuthCode) tries.push([dd, { corpId: corp, clientId: me.getAttribute('data-client') }]);
    if (old && old.requestAuthCode) tries.push([old, { corpId: corp }]);
    (function next() {
      var one = tries.shift(), lost = false, answer;
      function bad() { if (!lost) { lost = true; next(); } }
      if (!one) return fail();
      one[1].onSuccess = one[1].success = got;
      one[1].onFail = one[1].fail = bad;
      try {
        answer = one[0].requestAuthCode(one[1]);
        if (answer && answer.then) answer.then(got, bad);
      } catch (e) { bad(); }
    })();
  }
  function start() {
    var script;
    ended = false;
    say('wait');
    timer = setTimeout(fail, WAIT_MS);
    if (w.dd) return ask();
    script = d.createElement('script');
    script.setAttribute('nonce', me.nonce || me.getAttribute('nonce'));
    script.onload = ask;
    script.onerror = fail;
    script.src = me.getAttribute('data-jsapi');
    d.head.appendChild(script);
  }

  [].forEach.call(d.querySelectorAll('[data-retry]'), function (button) { button.onclick = start; });
  if (!inside()) say('outside');
  else if (me.hasAttribute('data-refused')) say('failed');
  else if (rounds(false) > 1) say('kept');
  else start();
})(window, document);
