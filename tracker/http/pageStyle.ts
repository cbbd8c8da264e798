/** The page's style sheet: light and dark, and rows as cards where the screen is narrow. */

export const PAGE_STYLE = `
:root { font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0 auto; max-width: 72rem; padding: 1rem; }
h1 { font-size: 1.5rem; margin: 0; }
h2 { font-size: 1.2rem; margin: 1.5rem 0 0; }
p { margin: .5rem 0; }
code { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .25rem .75rem .25rem 0; text-align: left; }
tr { border-bottom: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
.live td:first-child { color: light-dark(#176c2f, #6ddc8b); }
.unreachable td:first-child { color: light-dark(#8a4b00, #ffb95c); }
.pruned { opacity: .65; }
#lost { bottom: 0; left: 0; margin: 0; padding: .5rem; position: fixed; right: 0; }
#lost { background: light-dark(#8a1c1c, #ffb4ab); color: light-dark(#fff, #300); }
@media (max-width: 45rem) {
  thead { display: none; }
  tr { display: block; padding: .5rem 0; }
  td { display: flex; gap: .75rem; padding: 0; }
  td::before { content: attr(data-label); flex: 0 0 6rem; opacity: .65; }
}
`;
