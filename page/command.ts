import type { Item, PageData } from '../src/report/html/page-data.ts'
import { shellLine } from '../src/shell.ts'
import { type Choice, isChange, toggled, withAll } from './choice.ts'
import { part } from './dom.ts'

/** The check boxes of the list, and the command that they make. */
export interface Ticks {
  stateOf(ref: number): 'selected' | 'needed' | undefined
  toggle(ref: number): void
  /** Selects changes in addition. */
  add(items: readonly Item[]): void
}

/** Calls `changed` after each change of the selection. */
export function makeTicks(data: PageData, changed: () => void): Ticks {
  const none: Choice = { selected: new Set(), all: new Set() }
  const changes = new Set(data.items.filter(isChange).map(({ ref }) => ref))
  let choice = none
  const choose = (next: Choice) => {
    choice = next
    changed()
    showCommand(data, choice)
  }
  part('.copy').addEventListener('click', copy)
  part('.none').addEventListener('click', () => choose(none))
  return {
    stateOf: (ref) => (choice.selected.has(ref) ? 'selected' : choice.all.has(ref) ? 'needed' : undefined),
    toggle(ref) {
      if (data.apply && changes.has(ref)) choose(toggled(choice, ref, data.items))
    },
    add: (items) => choose(withAll(choice, items, data.items)),
  }
}

/** Shows the command that applies only the selected changes. */
function showCommand(data: PageData, { selected, all }: Choice): void {
  const footer = part('footer')
  footer.hidden = all.size === 0
  const extra = all.size - selected.size
  const needed = extra > 0 ? `, ${extra} of them as dependencies` : ''
  const total = data.items.filter(isChange).length
  part('.ticked').textContent = `${all.size} of ${total} selected${needed}`
  const refs = data.items.flatMap(({ ref }) => (all.has(ref) ? [data.refs[ref]] : []))
  const includes = all.size === total ? [] : refs.flatMap((ref) => (ref ? ['--include', `${ref.kind}/${ref.key}`] : []))
  part<HTMLInputElement>('.command').value = shellLine([...(data.apply ?? []), ...includes])
}

function copy(): void {
  const command = part<HTMLInputElement>('.command')
  command.select()
  const showStatus = (text: string) => {
    part('.copy').textContent = text
    setTimeout(() => {
      part('.copy').textContent = 'Copy'
    }, 1500)
  }
  navigator.clipboard?.writeText(command.value).then(
    () => showStatus('Copied'),
    () => showStatus('Press Ctrl+C'),
  )
}
