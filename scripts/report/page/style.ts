// The report's look: system fonts, two series colours that differ in lightness too, light and dark by the reader's setting.

export const STYLE = `
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #1a1f29; --muted: #5d6675; --line: #dfe3ea; --grid: #e9ecf1;
  --one: #2563c9; --one-soft: #2563c926; --two: #c2570c; --two-soft: #c2570c2b; --good: #14794a; --bad: #b42318; }
@media (prefers-color-scheme: dark) { :root {
  --page: #12151b; --card: #1b2029; --ink: #e8ebf0; --muted: #9aa4b4; --line: #303846; --grid: #282f3b;
  --one: #6ea4ff; --one-soft: #6ea4ff33; --two: #f59a52; --two-soft: #f59a5238; --good: #4cc38a; --bad: #ff8a7a; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
body { margin: 0; background: var(--page); color: var(--ink); line-height: 1.5;
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; }
main { max-width: 1120px; margin: 0 auto; padding: 32px 24px 64px; }
header { margin-bottom: 20px; }
h1 { font-size: 26px; line-height: 1.25; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 0 0 4px; }
h3 { font-size: 14px; margin: 20px 0 6px; }
p { margin: 4px 0 12px; max-width: 78ch; }
.muted, .lead, figcaption { color: var(--muted); }
nav { display: flex; flex-wrap: wrap; gap: 4px 16px; margin: 12px 0 0; font-size: 14px; }
a { color: var(--one); text-decoration: none; }
a:hover { text-decoration: underline; }
section { background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 20px 24px;
  margin: 16px 0; scroll-margin-top: 12px; }
.cards { display: flex; flex-wrap: wrap; gap: 12px; }
.card { flex: 1 1 calc((100% - var(--columns) * 12px) / var(--columns)); min-width: 160px; background: var(--card); border: 1px solid var(--line); border-radius: 10px; padding: 14px 16px 12px; }
.card .name { color: var(--muted); font-size: 13px; }
.card .value { font-size: 27px; font-weight: 650; letter-spacing: -0.02em; line-height: 1.25;
  font-variant-numeric: tabular-nums; }
.card .note { color: var(--muted); font-size: 12.5px; line-height: 1.4; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(320px, 1fr)); gap: 16px 28px; }
figure { margin: 8px 0 0; min-width: 0; }
figcaption { font-size: 13px; margin-top: 4px; }
svg { display: block; max-width: 100%; height: auto; overflow: visible; }
svg:not([width]) { width: 100%; }
svg text { fill: var(--muted); font-family: inherit; font-variant-numeric: tabular-nums; }
svg text:not([font-size]) { font-size: 11px; }
svg text.strong { fill: var(--ink); } svg text.on { fill: var(--card); }
svg .grid { stroke: var(--grid); stroke-width: 1; }
svg .axis { stroke: var(--line); stroke-width: 1; }
svg .ideal { stroke: var(--muted); stroke-width: 1; stroke-dasharray: 4 4; fill: none; }
svg .one { fill: var(--one); } svg .two { fill: var(--two); }
svg .one-soft { fill: var(--one-soft); } svg .two-soft { fill: var(--two-soft); }
svg .one-line { stroke: var(--one); fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .two-line { stroke: var(--two); fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .gap { stroke: var(--two); stroke-width: 2; opacity: 0.65; }
svg .dot { fill: var(--one); stroke: var(--card); stroke-width: 1.5; }
svg .ring { fill: var(--card); stroke: var(--two); stroke-width: 2; }
svg .limit { stroke: var(--bad); stroke-width: 1.5; stroke-dasharray: 5 3; }
svg .track { fill: var(--grid); }
.wide { overflow-x: auto; }
.scroll { overflow-x: auto; max-height: 560px; overflow-y: auto; }
table { border-collapse: collapse; width: 100%; font-size: 13.5px; }
th { text-align: left; font-weight: 600; color: var(--muted); font-size: 12.5px; position: sticky; top: 0;
  background: var(--card); border-bottom: 1px solid var(--line); }
td, th { padding: 5px 12px 5px 0; vertical-align: top; }
td { border-bottom: 1px solid var(--grid); }
td.n, th.n { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
td > svg { margin-top: 6px; }
.prompt { overflow-wrap: anywhere; }
.route { font-weight: 550; overflow-wrap: break-word; }
.good { color: var(--good); } .bad { color: var(--bad); }
.key { display: inline-block; width: 10px; height: 10px; border-radius: 3px; margin: 0 5px 0 0; }
.key.k1 { background: var(--one); } .key.k2 { background: var(--two); }
.legend { font-size: 13px; color: var(--muted); display: flex; gap: 16px; flex-wrap: wrap; margin: 4px 0; }
details { margin-top: 12px; } summary { cursor: pointer; color: var(--one); font-size: 14px; }
footer { color: var(--muted); font-size: 13px; margin-top: 24px; }
@media print { section, .card { break-inside: avoid; } .scroll { max-height: none; } }
`
