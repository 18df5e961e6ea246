// What keeps people from using the page as it stands: one sentence each. Runs in the page, changes nothing.
(() => {
  const found = [];
  const shown = one => one.getClientRects().length > 0 && getComputedStyle(one).visibility !== 'hidden';
  const called = one => {
    const kind = one.getAttribute('class');
    const words = (one.innerText || one.value || '').trim().slice(0, 30);
    return one.tagName.toLowerCase() + (one.id ? '#' + one.id : '') + (kind ? '.' + kind.trim().split(/\s+/).join('.') : '') +
      (words ? ' “' + words + '”' : '');
  };
  const all = selector => Array.from(document.querySelectorAll(selector)).filter(shown);

  if (!document.documentElement.lang) found.push('the document has no language');
  if (!document.title.trim()) found.push('the document has no title');
  if (/user-scalable\s*=\s*no|maximum-scale/.test(document.querySelector('meta[name=viewport]')?.content)) {
    found.push('the page cannot be made larger');
  }
  if (all('main').length !== 1) found.push(all('main').length + ' main parts');
  const headings = all('h1, h2, h3, h4, h5, h6');
  if (!headings.some(one => one.tagName === 'H1')) found.push('no first heading');
  headings.reduce((before, one) => {
    const level = Number(one.tagName[1]);
    if (level > before + 1) found.push(called(one) + ' comes after a heading of level ' + before);
    return level;
  }, 1);
  const ids = Array.from(document.querySelectorAll('[id]'), one => one.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) found.push('two things are called #' + id);
  for (const one of all('a a, a button, button a, button button, summary button, summary a, label button')) {
    found.push(called(one) + ' stands inside of something that can be pressed');
  }
  for (const one of all('[aria-labelledby], [aria-describedby], [aria-controls]')) {
    for (const name of ['aria-labelledby', 'aria-describedby', 'aria-controls']) {
      const missing = (one.getAttribute(name) || '').split(/\s+/).filter(id => id && !document.getElementById(id));
      if (missing.length) found.push(called(one) + ' names what is not there: ' + missing);
    }
  }
  for (const one of all('ul > *, ol > *')) {
    if (!['LI', 'SCRIPT', 'TEMPLATE'].includes(one.tagName)) found.push(called(one) + ' is in a list and no item of it');
  }
  for (const one of all('[tabindex]')) if (one.tabIndex > 0) found.push(called(one) + ' jumps the queue');
  if (document.documentElement.scrollWidth > innerWidth + 1) found.push('the page is wider than the window');

  // 44 px under a thumb; links within a sentence are as tall as the sentence.
  for (const one of all('button, summary, select, textarea, input:not([type=hidden]), a[href]')) {
    if (one.matches('.skip, .row-link, [aria-hidden=true]') || (one.tagName === 'A' && one.closest('p, dd, td, li > span'))) continue;
    const label = one.matches('[type=checkbox], [type=radio]') && (one.closest('label') || one.labels[0]);
    const box = (label || one).getBoundingClientRect();
    if (box.height < 43.5 || box.width < 43.5) {
      found.push(called(one) + ' is only ' + Math.round(box.width) + ' × ' + Math.round(box.height));
    }
  }

  // Contrast, WCAG AA: what is painted behind a text is found by going up.
  const colour = text => {
    const parts = text.match(/[\d.]+/g).map(Number);
    return { r: parts[0], g: parts[1], b: parts[2], a: parts.length > 3 ? parts[3] : 1 };
  };
  const over = (top, under) => {
    const mix = part => top[part] * top.a + under[part] * (1 - top.a);
    return { r: mix('r'), g: mix('g'), b: mix('b'), a: 1 };
  };
  const behind = one => {
    if (!one) return colour(getComputedStyle(document.body).backgroundColor);
    const own = colour(getComputedStyle(one).backgroundColor);
    return own.a === 1 ? own : over(own, behind(one.parentElement));
  };
  const light = one => {
    const part = value => (value /= 255) <= 0.03928 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4);
    return 0.2126 * part(one.r) + 0.7152 * part(one.g) + 0.0722 * part(one.b);
  };
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const judged = new Set();
  while (texts.nextNode()) {
    const one = texts.currentNode.parentElement;
    if (!texts.currentNode.data.trim() || judged.has(one) || !shown(one) || one.closest('script, style, noscript, .skip, :disabled')) {
      continue;
    }
    judged.add(one);
    const style = getComputedStyle(one);
    const under = behind(one);
    const [a, b] = [light(over(colour(style.color), under)), light(under)];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const size = parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < wanted) found.push(called(one) + ' has a contrast of ' + ratio.toFixed(2) + ', wanted ' + wanted);
  }
  return found;
})()
