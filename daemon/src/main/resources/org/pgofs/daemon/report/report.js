'use strict';

const data = JSON.parse(document.getElementById('data').textContent);
const PAGE = 25;
const SITES = 12;
const compared = data.changes !== undefined;
const several = data.profiles.length > 1;
const byId = id => document.getElementById(id);

/** Counts that are too large for a number are texts. */
const text = count => (typeof count === 'string' ? BigInt(count) : count).toLocaleString('en');
const share = (part, all) => all > 0 ? 100 * part / all : 0;
const percent = x => (x > 0 && x < 0.01 ? '<0.01' : x.toFixed(2)) + ' %';
const signed = x => (x > 0 ? '+' : x < 0 ? '−' : '') + Math.abs(x).toFixed(2);
const plural = (count, word) => text(count) + ' ' + word + (Number(count) === 1 ? '' : 's');
const moment = iso => iso.replace('T', ' ').replace('Z', ' UTC');

/** An element; its texts are never markup. */
function element(name, attributes, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes || {})) {
    if (key === 'click') made.addEventListener('click', value);
    else if (key === 'part') made.style.setProperty('--part', value + '%');
    else if (value !== false) made.setAttribute(key, value);
  }
  made.append(...children.filter(child => child !== null));
  return made;
}

// ---- What is there

const STATES = ['same', 'new', 'changed', 'gone'];
const all = data.profiles.reduce((sum, profile) => sum + Number(profile.sum), 0);
const functions = data.functions.map(([profile, name, symbol, file, hash, counters], index) => {
  const {hot, cold, name: image} = data.profiles[profile];
  const isZero = typeof counters === 'number';
  const own = isZero ? [] : counters.map(Number);
  const total = own.reduce((sum, count) => sum + count, 0);
  const most = own.reduce((a, b) => Math.max(a, b), 0);
  const path = file < 0 ? '' : data.files[file];
  const part = share(total, all);
  const [before, state] = compared ? data.changes[index] : [0, 'same'];
  return {
    index, name, symbol: symbol || name, hash, image, path, total, most, before, counters: isZero ? [] : counters,
    blocks: isZero ? counters : counters.length, reached: own.filter(count => count > 0).length, entry: own[0] || 0,
    kind: most === 0 ? 'never' : most >= Number(hot[0]) ? 'hot' : most <= Number(cold[0]) ? 'cold' : 'warm',
    share: part, change: part - before, state,
    search: [name, symbol || '', path, image].join(' ').toLowerCase()
  };
});
/** How many characters all paths have in common, as directories. */
const common = data.files.reduce((all, path) => {
  while (!path.startsWith(all)) all = all.slice(0, all.lastIndexOf('/', all.length - 2) + 1);
  return all;
}, (data.files[0] || '').replace(/[^/]*$/, '')).length;
const ofNow = functions.filter(f => f.state !== 'gone');
const sites = data.sites.map(([index, kind, number, values]) => {
  const merged = new Map(); // several targets may be unknown
  for (const [value, count] of values) merged.set(value, (merged.get(value) || 0) + Number(count));
  return {f: functions[index], kind, number, values: [...merged].sort((a, b) => b[1] - a[1]),
    total: [...merged.values()].reduce((a, b) => a + b, 0)};
}).sort((a, b) => b.total - a.total);
const sitesOf = new Map();
for (const site of sites) sitesOf.set(site.f, [...sitesOf.get(site.f) || [], site]);

// ---- The head

function head() {
  const names = data.profiles.map(profile => profile.name);
  const title = names.length > 3 ? names.length + ' images' : names.join(', ');
  byId('title').textContent = title;
  document.title = title + ' – pgofs report';
  byId('kicker').textContent = 'pgofs report, made ' + moment(data.made)
    + (compared ? '; compared with ' + data.before.name + ' of ' + moment(data.before.read) : '');
  if (!several) {
    const [{build_id, processes, since, read, program, kind}] = data.profiles;
    byId('about').append(...[
      ['program', program], ['build id', build_id], ['', processes],
      ['counted', since ? moment(since) + ' to ' + moment(read) : ''], ['written', since ? '' : moment(read)],
      ['kind', kind]
    ].filter(([, value]) => value).flatMap(([word, value], i) =>
      [(i ? ' · ' : '') + (word ? word + ' ' : ''), element('b', {}, value)]));
  }
  const count = kind => ofNow.filter(f => f.kind === kind).length;
  const ran = ofNow.length - count('never');
  const figure = (id, value, words, meter) => byId('figures').append(element('div', {class: 'figure'},
    element('b', {'data-figure': id}, value),
    meter === undefined ? null : element('span', {class: 'meter'}, element('i', {style: `width:${meter}%`})),
    element('span', {}, words)));
  figure('ran', text(ran), 'of ' + plural(ofNow.length, 'function') + ' ran', share(ran, ofNow.length));
  figure('sum', several ? text(all) : text(data.profiles[0].sum), 'counts in all');
  const heavy = fewest(99);
  figure('heavy', text(heavy), (heavy === 1 ? 'function makes' : 'functions make') + ' 99 % of the counts',
    share(heavy, ofNow.length));
  figure('kinds', text(count('hot')) + ' / ' + text(count('cold')), 'hot / cold functions');
  if (!several) {
    const [profile] = data.profiles;
    const [top] = [...ofNow].sort((a, b) => b.most - a.most);
    figure('most', text(top ? top.most : 0), top && top.most ? 'is the largest counter, in ' + top.name : 'is the largest counter');
    figure('hot', text(profile.hot[0]), 'or more: hot to the compiler; up to ' + text(profile.cold[0]) + ' cold');
  }
}

/** How few functions make a part of all counts. */
function fewest(wanted) {
  const totals = ofNow.map(f => f.total).sort((a, b) => b - a);
  let sum = 0, few = 0;
  while (few < totals.length && share(sum, all) < wanted && totals[few] > 0) sum += totals[few++];
  return few;
}

function limits() {
  const columns = [['Image', p => p.name], ['Functions', p => text(p.functions)], ['Counters', p => text(p.counters)],
    ['Sum of counts', p => text(p.sum)], ['Largest first counter', p => text(p.max_entry)],
    ['Largest other counter', p => text(p.max_other)], ['Hot from', p => text(p.hot[0])], ['Hot counters', p => text(p.hot[1])],
    ['Cold up to', p => text(p.cold[0])]];
  if (several) {
    columns.push(['Processes', p => p.processes], ['Counted since', p => p.since ? moment(p.since) : ''],
      ['Read', p => moment(p.read)], ['Build id', p => p.build_id]);
  }
  byId('images').append(element('table', {}, element('thead', {}, element('tr', {},
    ...columns.map(([title], i) => element('th', i ? {} : {class: 'name'}, title)))),
    element('tbody', {}, ...data.profiles.map(profile => element('tr', {}, ...columns.map(([title, value], i) =>
      element('td', {class: i ? '' : 'name', 'data-limit': title}, value(profile))))))));
  for (const profile of data.profiles) {
    byId('cutoffs').append(element('details', {}, element('summary', {}, 'How few counters make how much of the counts'
      + (several ? ' of ' + profile.name : '')),
      ...profile.cutoffs.map(([cutoff, count, counters]) => element('div', {class: 'value'},
        element('span', {}, (cutoff / 10000) + ' %'),
        element('span', {part: share(counters, profile.counters)}, plural(counters, 'counter')),
        element('span', {}, 'from ' + text(count) + ' on')))));
  }
}

function coverage() {
  const of = data.profiles.filter(profile => profile.coverage);
  byId('coverage').hidden = of.length === 0;
  byId('coverage-commands').textContent = of.map(({name, program}) => {
    const file = (program || 'PROGRAM').split('/').pop();
    const quoted = /^[\w./+-]+$/.test(program || 'PROGRAM') ? program || 'PROGRAM' : `'${program.replaceAll("'", "'\\''")}'`;
    const short = /^[\w.+-]+$/.test(file) ? file : 'PROGRAM';
    return (program ? `pgofs collect -o ${short}.profdata ${name}\n` : '')
      + `llvm-cov show ${quoted} -instr-profile=${program ? short + '.profdata' : name} -format=html -output-dir=lines`;
  }).join('\n');
}

// ---- The picture

const HEAT = [[255, 243, 200], [253, 190, 94], [240, 120, 48], [205, 40, 40], [128, 14, 44]];
const SHIFT = [[33, 102, 200], [146, 184, 232], [206, 211, 218], [240, 160, 140], [200, 40, 32]];
const mostOfAll = functions.reduce((a, f) => Math.max(a, f.most), 1);
const largestShare = functions.reduce((a, f) => Math.max(a, f.share), 0);

/** The colour at a place of a ramp, 0 to 1. */
function mixed(ramp, place) {
  const at = Math.min(1, Math.max(0, place)) * (ramp.length - 1);
  const low = Math.min(ramp.length - 2, Math.floor(at));
  return ramp[low].map((value, i) => Math.round(value + (ramp[low + 1][i] - value) * (at - low)));
}

/** How strong a change of a share is: halved or doubled is strong. */
const shift = (now, before) => 0.5 + 0.5 * (now - before) / Math.max(now, before, 0.01);

function colour(node) {
  const f = node.function;
  return compared ? mixed(SHIFT, shift(f.share, f.before)) : mixed(HEAT, (Math.log(f.most + 1) / Math.log(mostOfAll + 1)) ** 2);
}

function legend() {
  const ramp = compared ? SHIFT : HEAT;
  byId('ramp').style.background = `linear-gradient(to right, ${ramp.map(c => `rgb(${c})`).join(', ')})`;
  byId('legend-low').textContent = compared ? 'less' : '1';
  byId('legend-high').textContent = compared ? 'more' : text(mostOfAll);
  byId('legend-words').textContent = compared ? 'how its share of the counts has changed'
    : 'how large the largest of its counters is';
}

/** Images, directories, files and functions, as far as their functions counted. */
function tree() {
  const node = (name, parent) => ({name, parent, total: 0, children: new Map()});
  const root = node(several ? 'all images' : data.profiles[0].name, null);
  for (const f of functions) {
    if (f.total === 0) continue;
    const names = f.path.split('/').filter(name => name && name !== '.');
    if (f.path.startsWith('/')) names[0] = '/' + names[0];
    if (!names.length) names.push('file not known');
    if (several) names.unshift(f.image);
    let at = root;
    at.total += f.total;
    for (const name of names) {
      if (!at.children.has(name)) at.children.set(name, node(name, at));
      at = at.children.get(name);
      at.total += f.total;
    }
    at.children.set('\0' + f.index, {name: f.name, total: f.total, function: f, parent: at, children: new Map()});
  }
  sort(root);
  return root;
}

/** Children in the order of their counts. A directory with only one thing in it is one with that. */
function sort(node) {
  node.sorted = [...node.children.values()].sort((a, b) => b.total - a.total);
  node.sorted.forEach(sort);
  if (node.parent && node.sorted.length === 1 && !node.sorted[0].function && node.parent.parent !== undefined
      && !(several && node.parent.parent === null)) {
    const [only] = node.sorted;
    node.name += '/' + only.name;
    node.sorted = only.sorted;
    node.sorted.forEach(child => { child.parent = node; });
  }
}

/** Squarified: rows along the shorter side, as long as that makes their pieces more like squares. */
function squarify(nodes, width, height, place) {
  let rest = nodes.reduce((sum, node) => sum + node.total, 0);
  let x = 0, y = 0;
  for (let at = 0; at < nodes.length;) {
    const side = Math.min(width, height), area = width * height / rest;
    const worst = (low, high, sum) => {
      const depth = sum * area / side;
      return Math.max(nodes[low].total * area / (depth * depth), depth * depth / (nodes[high].total * area));
    };
    let end = at, sum = 0;
    while (end < nodes.length
        && (end === at || worst(at, end, sum + nodes[end].total) <= worst(at, end - 1, sum))) sum += nodes[end++].total;
    const depth = sum * area / side;
    for (let offset = 0; at < end; at++) {
      const length = nodes[at].total / sum * side;
      if (width >= height) place(nodes[at], x, y + offset, depth, length);
      else place(nodes[at], x + offset, y, length, depth);
      offset += length;
    }
    if (width >= height) { x += depth; width -= depth; } else { y += depth; height -= depth; }
    rest -= sum;
  }
}

const HEAD = 18;
const LINE = 15;
const SMALLEST = 3; // pixels: nobody could see or hit it

/** Puts the parts of a node into an element of some size. */
function fill(body, node, width, height) {
  // What is too small takes its area, but no element.
  const least = SMALLEST * SMALLEST * node.total / (width * height);
  squarify(node.sorted.filter(child => child.total >= least), width, height, (child, x, y, w, h) => {
    if (w < SMALLEST || h < SMALLEST) return;
    const style = `left:${100 * x / width}%;top:${100 * y / height}%;width:${100 * w / width}%;height:${100 * h / height}%`;
    const about = () => point(child);
    if (child.function) {
      const rgb = colour(child);
      const dark = rgb[0] * 0.3 + rgb[1] * 0.59 + rgb[2] * 0.11 > 128;
      const cell = element('button', {class: 'cell' + (h > 34 ? ' tall' : ''), 'data-map': child.function.index,
        style: style + `;background:rgb(${rgb});color:${dark ? '#1b2330' : '#fff'}`, 'aria-label': words(child),
        click: event => { event.stopPropagation(); choose(child.function); }},
        w > 34 && h > LINE + 2 ? element('span', {style: `max-height:${LINE * Math.floor((h - 3) / LINE)}px`}, child.name) : '');
      cell.addEventListener('pointerenter', about);
      cell.addEventListener('focus', about);
      body.append(cell);
      return;
    }
    const headed = w > 44 && h > 40;
    const inner = element('div', {class: 'body'});
    const group = element('div', {class: 'group' + (headed ? ' headed' : ''), style, 'data-group': child.name,
      click: event => { event.stopPropagation(); draw(child); }},
    headed ? element('button', {class: 'head', 'aria-label': words(child)}, child.name) : null, inner);
    group.addEventListener('pointerenter', about);
    body.append(group);
    if (w > 2 * SMALLEST && h > 2 * SMALLEST) fill(inner, child, w - 2, h - 2 - (headed ? HEAD : 0));
  });
}

function words(node) {
  const f = node.function;
  return path(node).map(up => up.name).join(' › ') + ': ' + percent(share(node.total, all)) + ', ' + text(node.total) + ' counts'
    + (f ? ', the largest counter ' + text(f.most) : '')
    + (f && compared ? ', ' + percent(f.before) + ' before' : '');
}

function path(node) {
  const nodes = [];
  for (let up = node; up; up = up.parent) nodes.unshift(up);
  return nodes;
}

const point = node => { byId('pointed').textContent = words(node); };

let drawn = null;
function draw(node) {
  drawn = node;
  byId('crumbs').replaceChildren(...path(node).flatMap((up, i) => [
    ...(i ? ['›'] : []), up === node ? element('b', {}, up.name) : element('button', {click: () => draw(up)}, up.name)]));
  const map = byId('map');
  const body = element('div', {class: 'body'});
  if (node.total > 0) fill(body, node, map.clientWidth || 1000, map.clientHeight || 500);
  else body.append(element('p', {class: 'soft', style: 'padding:1rem'}, 'Nothing has counted.'));
  map.replaceChildren(body);
  point(node);
}

// ---- The table

/** The optimiser counts where it costs least, which is not the entry unless it is told so. */
const hasEntries = data.profiles.every(profile => profile.coverage || profile.kind.includes('entry'));
const COLUMNS = [
  ['name', 'Function', f => f.name, 'name'],
  ['share', 'Share', f => percent(f.share), 'share'],
  ...compared ? [['change', 'Change', f => f.state === 'same' ? signed(f.change) : f.state + ' ' + signed(f.change), '']] : [],
  ['total', 'Counts', f => text(f.total), ''],
  ...hasEntries ? [['entry', 'Entries', f => text(f.entry), 'narrow']] : [],
  ['most', 'Largest', f => text(f.most), 'narrow'],
  ['reached', 'Counters', f => f.reached + ' of ' + f.blocks, 'narrow'],
];
const KINDS = [['all', 'all', () => true], ['hot', 'hot', f => f.kind === 'hot'], ['warm', 'warm', f => f.kind === 'warm'],
  ['cold', 'cold', f => f.kind === 'cold'], ['never', 'never ran', f => f.kind === 'never' && f.state !== 'gone'],
  ...compared ? STATES.slice(1).map(state => [state, state, f => f.state === state]) : []];
let order = compared ? 'change' : 'total', down = true, kind = 'all', rows = PAGE, open = null;
const ordered = new Map();

function inOrder() {
  if (!ordered.has(order)) {
    const key = order === 'change' ? f => Math.abs(f.change) : f => f[order];
    const compare = order === 'name' ? new Intl.Collator('en').compare : (a, b) => a - b;
    ordered.set(order, [...functions].sort((a, b) => compare(key(a), key(b)) || b.index - a.index));
  }
  return down ? [...ordered.get(order)].reverse() : ordered.get(order);
}

function found() {
  const wanted = byId('search').value.toLowerCase().split(/\s+/).filter(Boolean);
  const [, , isKind] = KINDS.find(([id]) => id === kind);
  return inOrder().filter(f => isKind(f) && wanted.every(word => f.search.includes(word)));
}

function table() {
  byId('head').replaceChildren(...COLUMNS.map(([key, title, , style]) => element('th', {
    class: style, scope: 'col', 'data-column': key, 'aria-sort': key === order && (down ? 'descending' : 'ascending')
  }, element('button', {click: () => { down = key === order ? !down : key !== 'name'; order = key; table(); }}, title))));
  byId('kinds').replaceChildren(...KINDS.map(([id, name, isKind]) => element('button',
    {'aria-pressed': id === kind, 'data-kind': id, click: () => { kind = id; rows = PAGE; table(); }},
    name + ' ', element('small', {}, text(functions.filter(isKind).length)))));
  const shown = found();
  byId('rows').replaceChildren(...shown.slice(0, rows).flatMap(f => f === open ? [row(f), detail(f)] : [row(f)]));
  byId('shown').textContent = plural(shown.length, 'function')
    + (shown.length > rows ? ', of which the first ' + rows + ' are shown' : '');
  byId('more').hidden = shown.length <= rows;
}

function row(f) {
  const toggle = () => { open = open === f ? null : f; table(); };
  const made = element('tr', {class: f === open ? 'row open' : 'row', tabindex: 0, 'data-function': f.index,
    'aria-expanded': f === open, click: toggle});
  for (const [key, , value, style] of COLUMNS) {
    const cell = element('td', {class: key === 'change' ? f.change > 0 ? 'up' : 'down' : style});
    if (key === 'name') cell.append(element('span', {class: 'mark ' + f.kind, title: f.kind === 'never' ? 'never ran' : f.kind}));
    cell.append(value(f));
    if (key === 'name') {
      const place = [several ? f.image : '', f.path.slice(common)].filter(Boolean).join(' › ');
      if (place) cell.append(element('small', {}, place));
    }
    if (key === 'share') cell.style.setProperty('--part', share(f.share, largestShare) + '%');
    made.append(cell);
  }
  made.addEventListener('keydown', event => {
    if (event.key === 'Enter' || event.key === ' ') { event.preventDefault(); toggle(); }
  });
  return made;
}

const MOST_COUNTERS = 400;
function detail(f) {
  const cell = element('td', {colspan: COLUMNS.length},
    element('p', {class: 'soft'}, [f.symbol === f.name ? '' : f.symbol, 'hash ' + f.hash,
      f.state === 'changed' ? 'its code has changed: before it had another hash' : ''].filter(Boolean).join(' · ')));
  if (f.counters.length) {
    cell.append(element('div', {class: 'counters'}, ...f.counters.slice(0, MOST_COUNTERS).map((count, i) =>
      element('span', {class: Number(count) === f.most ? 'most' : '', title: 'counter ' + i}, text(count))),
      f.counters.length > MOST_COUNTERS ? ' and ' + plural(f.counters.length - MOST_COUNTERS, 'counter') + ' more' : ''));
  } else {
    cell.append(element('p', {}, f.state === 'gone' ? 'Only the earlier profile has it.' : 'None of its '
      + plural(f.blocks, 'counter') + ' has counted.'));
  }
  cell.append(...(sitesOf.get(f) || []).map(observed));
  return element('tr', {class: 'detail'}, cell);
}

/** A function of the picture or of a site, in the table. */
function choose(f) {
  byId('search').value = f.name;
  kind = 'all'; rows = PAGE; open = f;
  table();
  byId('functions').scrollIntoView();
}

// ---- Sites, growth, difference

const SITE_KINDS = [['calls', 'call'], ['sizes', 'memory operation'], ['tables', 'virtual call']];
const VALUES = 8;

/** From 9 on, what instrumented code tells of a size is between which powers of two it lies (LLVM's InstrProfGetRangeRepValue). */
function size(bytes) {
  if (bytes > 512) return '513 bytes or more';
  return bytes < 9 || Math.log2(bytes) % 1 === 0 ? plural(bytes, 'byte') : bytes + ' to ' + (2 * (bytes - 1) - 1) + ' bytes';
}

function observed({f, kind: number, number: site, values, total}) {
  const made = element('div', {class: 'site'}, element('p', {}, SITE_KINDS[number][1] + ' ' + site + ' in ',
    element('button', {class: 'link', click: () => choose(f)}, f.name)));
  for (const [value, count] of values.slice(0, VALUES)) {
    const target = number !== 0 ? size(Number(value)) : value < 0 ? 'a function outside of the image'
      : element('button', {class: 'link', click: () => choose(functions[value])}, functions[value].name);
    made.append(element('div', {class: 'value'}, element('span', {}, percent(share(count, total))),
      element('span', {part: share(count, total)}, number === 2 ? BigInt(value).toString(16) : target),
      element('span', {class: 'soft'}, text(count))));
  }
  if (values.length > VALUES) made.append(element('p', {class: 'soft'}, 'and ' + plural(values.length - VALUES, 'other')));
  return made;
}

function observations() {
  SITE_KINDS.forEach(([id], number) => {
    const section = byId(id), own = sites.filter(site => site.kind === number);
    section.hidden = own.length === 0;
    let shown = 0;
    const more = section.querySelector('.more');
    const show = count => {
      section.querySelector('.sites').append(...own.slice(shown, shown + count).map(observed));
      shown += count;
      more.hidden = shown >= own.length;
    };
    show(SITES);
    more.addEventListener('click', () => show(5 * SITES));
  });
}

const SVG = (name, attributes, ...children) => {
  const made = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
};

function growth() {
  const samples = data.growth;
  byId('growth').hidden = samples.length < 2;
  if (samples.length < 2) return;
  const [seconds, reached, counters] = samples[samples.length - 1];
  const last = samples.find(([, functions, counters]) => functions === reached && counters === samples[samples.length - 1][2]);
  byId('growth-words').textContent = `After ${seconds.toFixed(0)} s ${plural(reached, 'function')} and ${plural(counters, 'counter')}`
    + ` had counted. The last new one was seen after ${last[0].toFixed(0)} s.`;
  const W = 1000, H = 240, LEFT = 60, BOTTOM = 24, TOP = 18;
  const x = s => LEFT + (W - 2 * LEFT) * s / seconds;
  const chart = SVG('svg', {viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': byId('growth-words').textContent});
  [[1, 'functions', 'var(--hot)', 'start', 0], [2, 'counters', 'var(--cold)', 'end', W]].forEach(([at, name, stroke, anchor, side]) => {
    const high = samples.reduce((a, sample) => Math.max(a, sample[at]), 1);
    const y = count => H - BOTTOM - (H - BOTTOM - TOP) * count / high;
    chart.append(SVG('polyline', {fill: 'none', stroke, 'stroke-width': 2.5, 'stroke-linejoin': 'round', 'data-growth': name,
      points: samples.map(sample => x(sample[0]).toFixed(1) + ',' + y(sample[at]).toFixed(1)).join(' ')}),
    SVG('text', {x: side, y: TOP + 4, 'text-anchor': anchor, style: `fill:${stroke}`}, text(high)),
    SVG('text', {x: side, y: TOP + 20, 'text-anchor': anchor, style: `fill:${stroke}`}, name));
  });
  chart.append(SVG('line', {x1: LEFT, x2: W - LEFT, y1: H - BOTTOM, y2: H - BOTTOM, stroke: 'var(--line)'}));
  for (let i = 0; i <= 4; i++) {
    chart.append(SVG('text', {x: x(seconds * i / 4), y: H - 6, 'text-anchor': 'middle'}, (seconds * i / 4).toFixed(0) + ' s'));
  }
  byId('chart').append(chart);
}

// ---- Many machines

const ofOverlap = overlap => overlap === null ? '' : percent(100 * overlap);

function fleet() {
  if (!data.fleet) return;
  hosts(data.fleet.hosts);
  windows(data.fleet.windows);
  leftOut(data.fleet.left_out);
}

function hosts(machines) {
  byId('hosts').hidden = machines.length === 0;
  const sum = machines.reduce((a, [, , total]) => a + Number(total), 0);
  const special = machines.filter(([, , , , words]) => words).length;
  byId('hosts-words').textContent = plural(machines.length, 'machine') + ' sent pieces. '
    + (special ? 'What is special about ' + (special === 1 ? 'one' : text(special)) + ' stands behind the name, and first.' : '')
    + ' The overlap is how much of its counts a machine has in common with the others.';
  // Special ones first, and then who counted most.
  const order = [...machines].sort((a, b) => (b[4] ? 1 : 0) - (a[4] ? 1 : 0) || Number(b[2]) - Number(a[2]));
  const largest = machines.reduce((a, [, , total]) => Math.max(a, Number(total)), 0);
  const more = byId('hosts').querySelector('.more');
  let shown = 0;
  const show = count => {
    byId('hosts-rows').append(...order.slice(shown, shown + count).map(([name, pieces, total, overlap, words]) =>
      element('tr', {class: words ? 'row-odd' : '', 'data-host': name},
        element('td', {class: 'name'}, element('b', {}, name), words ? element('small', {}, words) : null),
        element('td', {class: 'share', part: share(Number(total), largest)}, percent(share(Number(total), sum))),
        element('td', {}, text(total)), element('td', {}, text(pieces)), element('td', {}, ofOverlap(overlap)))));
    shown += count;
    more.hidden = shown >= order.length;
  };
  show(PAGE);
  more.addEventListener('click', () => show(4 * PAGE));
}

function windows(all) {
  byId('windows').hidden = all.length === 0;
  byId('windows-words').textContent = 'Each line is a merge of the pieces of some hours, the newest first. The one that is shown'
    + ' here is in bold. When the functions that ran and the overlap no longer change, more of the same load adds nothing.';
  byId('windows-rows').append(...[...all].reverse().map(([since, until, pieces, machines, total, known, ran, overlap, isShown]) =>
    element('tr', {class: isShown ? 'shown-window' : ''},
      element('td', {class: 'name'}, moment(since) + ' to ' + moment(until)), element('td', {}, text(pieces)),
      element('td', {}, text(machines)), element('td', {}, text(total)),
      element('td', {}, text(ran) + ' of ' + text(known)), element('td', {}, ofOverlap(overlap)))));
  if (all.length < 2) return;
  const W = 1000, H = 260, LEFT = 60, BOTTOM = 24, TOP = 40;
  const begin = Date.parse(all[0][1]), end = Date.parse(all[all.length - 1][1]);
  const x = until => LEFT + (W - 2 * LEFT) * (end > begin ? (Date.parse(until) - begin) / (end - begin) : 1);
  const y = part => H - BOTTOM - (H - BOTTOM - TOP) * part;
  const chart = SVG('svg', {viewBox: `0 0 ${W} ${H}`, role: 'img', 'aria-label': byId('windows-words').textContent});
  const most = all.reduce((a, [, , , , total]) => Math.max(a, Number(total)), 1);
  const bar = Math.max(2, Math.min(24, (W - 2 * LEFT) / all.length / 2));
  for (const [, until, , , total] of all) {
    const high = (H - BOTTOM - TOP) * Number(total) / most;
    chart.append(SVG('rect', {x: (x(until) - bar / 2).toFixed(1), y: (H - BOTTOM - high).toFixed(1), width: bar.toFixed(1),
      height: high.toFixed(1), fill: 'var(--bar)', 'data-window': until}));
  }
  [['functions', 'functions that ran, of all', 'var(--hot)', ([, , , , , known, ran]) => known ? ran / known : 0, 'start', 0],
    ['overlap', 'overlap with the one before', 'var(--cold)', window => window[7], 'end', W]
  ].forEach(([id, name, stroke, value, anchor, side]) => {
    const points = all.filter(window => value(window) !== null);
    chart.append(SVG('polyline', {fill: 'none', stroke, 'stroke-width': 2.5, 'stroke-linejoin': 'round', 'data-windows': id,
      points: points.map(window => x(window[1]).toFixed(1) + ',' + y(value(window)).toFixed(1)).join(' ')}),
    SVG('text', {x: side, y: 14, 'text-anchor': anchor, style: `fill:${stroke}`}, name));
  });
  chart.append(SVG('line', {x1: LEFT, x2: W - LEFT, y1: H - BOTTOM, y2: H - BOTTOM, stroke: 'var(--line)'}),
    SVG('text', {x: LEFT - 8, y: y(1) + 4, 'text-anchor': 'end'}, '100 %'),
    SVG('text', {x: LEFT - 8, y: y(0.5) + 4, 'text-anchor': 'end'}, '50 %'),
    SVG('text', {x: W / 2, y: 14, 'text-anchor': 'middle'}, 'columns: counts, up to ' + text(most)));
  for (const [, until] of [all[0], all[all.length - 1]]) {
    chart.append(SVG('text', {x: x(until), y: H - 6, 'text-anchor': 'middle'}, until.slice(0, 10)));
  }
  byId('windows-chart').append(chart);
}

function leftOut(objects) {
  byId('left-out').hidden = objects.length === 0;
  byId('left-out-words').textContent = plural(objects.length, 'object') + ' in the store could not be added'
    + (objects.length > SITES ? '; the first ' + SITES + ', and the manifest has all' : '') + '.';
  byId('left-out-rows').append(...objects.slice(0, SITES).map(([name, reason]) =>
    element('tr', {}, element('td', {class: 'name'}, name), element('td', {}, reason))));
}

function difference() {
  byId('difference').hidden = !compared;
  if (!compared) return;
  const {overlap, both, changed, fresh, gone} = data.before;
  byId('difference-words').append(element('b', {'data-figure': 'overlap'}, overlap.toFixed(3) + ' %'),
    ` of the counts overlap. ${plural(both, 'function')} in both profiles; ${text(changed)} whose code has changed, `
    + `${text(fresh)} new and ${text(gone)} gone.`);
  const most = [...functions].sort((a, b) => Math.abs(b.change) - Math.abs(a.change)).slice(0, 10)
    .filter(f => Math.abs(f.change) >= 0.05);
  byId('moved').append(most.length ? element('div', {class: 'moved'}, ...most.flatMap(f => [
    element('button', {class: 'link', click: () => choose(f)}, f.name),
    element('span', {}, percent(f.before) + ' → ' + percent(f.share)),
    element('span', {class: f.change > 0 ? 'up' : 'down'}, signed(f.change))])) : 'No share has changed by 0.05 % or more.');
}

head();
limits();
coverage();
legend();
draw(tree());
table();
observations();
growth();
fleet();
difference();
byId('search').addEventListener('input', () => { rows = PAGE; open = null; table(); });
byId('more').addEventListener('click', () => { rows += 4 * PAGE; table(); });
// What is folded on paper stays so.
addEventListener('beforeprint', () => document.querySelectorAll('details').forEach(part => { part.open = true; }));
let width = innerWidth;
addEventListener('resize', () => {
  if (innerWidth !== width) {
    width = innerWidth;
    draw(drawn);
  }
});
