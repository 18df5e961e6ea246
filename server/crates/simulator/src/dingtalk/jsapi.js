// Stands in for DingTalk's JSAPI inside the pretend client. Plain ES5: it must run in every engine a web view has.
(function () {
  "use strict";

  var script = document.currentScript;
  var source = script ? script.src : "";
  var origin = source.replace(/^(https?:\/\/[^\/]+).*$/, "$1");

  function parsed(text) {
    try {
      var value = JSON.parse(text);
      return value && typeof value === "object" ? value : {};
    } catch (error) {
      return {};
    }
  }

  function parameter(name) {
    var found = new RegExp("[?&]" + name + "=([^&#]*)").exec(source);
    return found ? decodeURIComponent(found[1]) : "";
  }

  var container = parsed(window.name);
  var agent = navigator.userAgent;

  function platform() {
    if (container.containerId) return "pc";
    if (!/DingTalk/i.test(agent)) return "notInDingTalk";
    if (/OpenHarmony/.test(agent)) return "harmony";
    if (/iPhone|iPad/.test(agent)) return "ios";
    if (/Android/.test(agent)) return "android";
    return "pc";
  }

  function call(options, names, value) {
    for (var index = 0; index < names.length; index++) {
      if (options && typeof options[names[index]] === "function") options[names[index]](value);
    }
  }

  // Old and new spelling of the callbacks, and a Promise where the engine has them.
  function answered(options, work) {
    function begin(resolve, reject) {
      work(
        function (value) { call(options, ["onSuccess", "success"], value); resolve(value); },
        function (error) { call(options, ["onFail", "fail"], error); reject(error); }
      );
    }
    if (typeof Promise === "undefined") {
      begin(function () {}, function () {});
      return undefined;
    }
    var promise = new Promise(begin);
    // Whoever uses callbacks has no handler on the promise.
    promise["catch"](function () {});
    return promise;
  }

  var codeCalls = 0;

  // The real client answers by a bridge of its own, which no content policy of a page knows. A script from where this
  // one came from passes such a policy too; a request would not.
  function requestAuthCode(options) {
    return answered(options, function (succeed, fail) {
      var name = "dingtalkCode" + (codeCalls += 1);
      var request = document.createElement("script");
      function end() {
        delete window[name];
        if (request.parentNode) request.parentNode.removeChild(request);
      }
      window[name] = function (answer) {
        end();
        if (answer.code) succeed({ code: answer.code });
        else fail({ errorCode: answer.errorCode || "-1", errorMessage: answer.errorMessage || "no code" });
      };
      request.onerror = function () {
        end();
        fail({ errorCode: "-1", errorMessage: "client not reachable" });
      };
      request.src = origin + "/_desk/login-code.js?call=" + name +
        "&corpId=" + encodeURIComponent((options && options.corpId) || "") +
        "&clientId=" + encodeURIComponent((options && options.clientId) || "") +
        "&simUser=" + encodeURIComponent(container.simUser || parameter("sim_user"));
      document.head.appendChild(request);
    });
  }

  // Tells the page that plays the client; alone, a page does what it can by itself.
  function tell(message) {
    if (window.parent !== window) window.parent.postMessage({ dingtalk: message }, origin);
  }

  function setNavigationTitle(options) {
    return answered(options, function (succeed) {
      document.title = (options && options.title) || "";
      tell({ action: "setNavigationTitle", title: document.title });
      succeed({});
    });
  }

  function openLink(options) {
    return answered(options, function (succeed) {
      var url = (options && options.url) || "";
      if (window.parent !== window) tell({ action: "openLink", url: url });
      else window.open(url, "_blank");
      succeed({});
    });
  }

  function closePage(options) {
    return answered(options, function (succeed) {
      if (window.parent !== window) tell({ action: "closePage" });
      else window.close();
      succeed({});
    });
  }

  window.dd = {
    env: { platform: platform(), version: container.hostVersion || "", language: container.language || "" },
    ready: function (work) { setTimeout(work, 0); },
    error: function () {},
    requestAuthCode: requestAuthCode,
    setNavigationTitle: setNavigationTitle,
    openLink: openLink,
    closePage: closePage,
    quitPage: closePage,
    biz: {
      navigation: { setTitle: setNavigationTitle, close: closePage },
      util: { openLink: openLink }
    },
    runtime: { permission: { requestAuthCode: requestAuthCode } }
  };
})();
