import type { Checklist, FlowChecklist } from './checklist.ts'

/** A checklist as Markdown, with boxes to tick. */
export function checklistMarkdown({ flows, dependencies, secrets, pools }: Checklist): string {
  const tasks = flows.reduce((sum, flow) => sum + (flow.tasks ?? 0), 0)
  const lines = [
    '# Migration from Prefect 1',
    '',
    `${count(flows.length, 'flow')}, ${count(tasks, 'task')}, ${count(dependencies.length, 'start')} of other flows, ${count(secrets.length, 'secret')}, ${count(pools.length, 'work pool')}.`,
    '',
    ...section(
      'Work pools',
      pools,
      ({ name, type, flows }) =>
        `- [ ] ${code(name)} of the type ${code(type === 'universal' ? 'any' : type)}: ${list(flows)}`,
    ),
    ...section(
      'Secrets',
      secrets,
      ({ name, instead, flows }) => `- [ ] ${code(name)} becomes ${code(instead)}: ${list(flows)}`,
    ),
    ...section('Flows that start flows', dependencies, ({ from, to, task, isKnown }) => {
      const target =
        to === null ? 'a flow that only the code names' : `${code(to)}${isKnown ? '' : ' (not in this import)'}`
      return `- ${code(from)} → ${target} (task ${code(task)})`
    }),
    '## Flows',
    '',
    ...flows.flatMap(flowLines),
  ]
  return `${lines.join('\n').trimEnd()}\n`
}

function section<T>(title: string, items: readonly T[], lineOf: (item: T) => string): string[] {
  return items.length === 0 ? [] : [`## ${title}`, '', ...items.map(lineOf), '']
}

function flowLines({ deployment, file, entrypoint, tasks, mapped, items, told }: FlowChecklist): string[] {
  const size = tasks === null ? 'tasks unknown' : count(tasks, 'task')
  return [
    `### ${escaped(deployment)}`,
    '',
    `${size}${mapped > 0 ? `, ${mapped} of them mapped` : ''}; entrypoint ${code(entrypoint)}; from ${code(file)}.`,
    '',
    ...items.map(({ todo, tasks = [] }) => `- [ ] ${escaped(todo)}${tasks.length > 0 ? ` ${list(tasks)}` : ''}`),
    ...told.map(({ why, fix, line }) => `- [ ] Line ${line}: ${escaped(why)} ${escaped(fix)}`),
    '',
  ]
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`
}

function list(names: readonly string[]): string {
  return names.map(code).join(', ')
}

/** Text in a code span, whatever it contains. */
function code(text: string): string {
  const longest = Math.max(0, ...[...text.matchAll(/`+/g)].map(([run]) => run.length))
  const fence = '`'.repeat(longest + 1)
  const pad = longest > 0 ? ' ' : ''
  return `${fence}${pad}${text.replace(/\s/g, ' ')}${pad}${fence}`
}

function escaped(text: string): string {
  return text.replace(/\s/g, ' ').replace(/[\\`*_[\]<>#|]/g, '\\$&')
}
