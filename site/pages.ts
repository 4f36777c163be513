import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A page, or a group of pages, in the side bar. */
export interface Entry {
  readonly text: string
  readonly link?: string
  readonly items?: readonly Entry[]
}

const docs = '../docs'

/** The title of a page. */
function titleOf(file: string): string {
  return /^# (.*)$/m.exec(readFileSync(join(docs, file), 'utf8'))?.[1]?.replaceAll('`', '') ?? file
}

const linkOf = (file: string) => `/${file.replace(/README\.md$/, '').replace(/\.md$/, '')}`

/** The pages of a folder, by name, without those that are named already. */
function folder(name: string, known: ReadonlySet<string>): Entry[] {
  return readdirSync(join(docs, name))
    .filter((file) => file.endsWith('.md') && !known.has(join(name, file)))
    .sort((one, other) => Number(other === 'README.md') - Number(one === 'README.md') || (one < other ? -1 : 1))
    .map((file) => ({ text: titleOf(join(name, file)), link: linkOf(join(name, file)) }))
}

/** The groups of the side bar, from the sections of docs/README.md; pages that it does not list follow in the groups of their folders. */
export function sideBar(): Entry[] {
  const list = readFileSync(join(docs, 'README.md'), 'utf8')
  const known = new Set<string>()
  const groups = list.split(/^## /m).slice(1).map((section) => {
    const [text = '', ...lines] = section.split('\n')
    const files = [...lines.join('\n').matchAll(/\]\(([\w./-]+\.md)\)/g)].flatMap(([, file = '']) => file.startsWith('..') || known.has(file) ? [] : [file])
    for (const file of files) known.add(file)
    return { text: text.trim(), items: files.map((file) => ({ text: titleOf(file), link: linkOf(file) })) }
  })
  const rest = ['how-to', 'recipes', 'guide', 'explanation', 'reference', ''].flatMap((name) => folder(name, known)).filter(({ link }) => link !== '/')
  const start = ['tutorial.md', 'install.md'].map((file) => ({ text: titleOf(file), link: linkOf(file) }))
  return [
    { text: 'Start', items: [{ text: 'Overview', link: '/' }, ...start] },
    ...groups,
    ...(rest.some(({ link }) => !start.some((page) => page.link === link)) ? [{ text: 'More', items: rest.filter(({ link }) => !start.some((page) => page.link === link)) }] : []),
  ]
}
