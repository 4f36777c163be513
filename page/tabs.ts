import { part } from './dom.ts'

/** Tabs for narrow screens, which show one part of the page at a time. Returns a function that opens a tab. */
export function makeTabs(): (tab: string) => void {
  const buttons = [...document.querySelectorAll('.tabs button')]
  const open = (tab: string) => {
    part('main').dataset.tab = tab
    for (const button of buttons) button.setAttribute('aria-pressed', String(button.getAttribute('data-tab') === tab))
  }
  for (const button of buttons) button.addEventListener('click', () => open(button.getAttribute('data-tab') ?? 'list'))
  return open
}
