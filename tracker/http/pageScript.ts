/**
 * The page's script: fetches the content of main every two seconds. It waits while the pointer
 * rests on something with a tooltip or text is selected, and says when the tracker is gone.
 */

export const PAGE_SCRIPT = `
const main = document.querySelector('main');
const lost = document.querySelector('#lost');
const isRead = () =>
  main.querySelector('[title]:hover') !== null || String(getSelection()) !== '';
async function refresh() {
  if (document.hidden || isRead()) return;
  try {
    const response = await fetch('/main', { cache: 'no-store', signal: AbortSignal.timeout(5000) });
    if (!response.ok) throw new Error(String(response.status));
    main.innerHTML = await response.text();
    lost.hidden = true;
  } catch {
    lost.hidden = false;
  }
}
setInterval(refresh, 2000);
`;
