import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it, test } from 'vitest'
import { olderNames, variableGroups } from '../../scripts/reference/environment-table.ts'
import { filePages } from '../../scripts/reference/file-pages.ts'
import { codeGroups } from '../../scripts/reference/issue-codes-page.ts'
import { referencePages } from '../../scripts/reference.ts'
import { commands } from '../../src/commands/all.ts'
import { issueCodes } from '../../src/issue/codes.ts'
import { kinds } from '../../src/kinds/all.ts'
import { parseWaves } from '../../src/migration/waves.ts'
import { readOverlay } from '../../src/overlay/parse-overlay.ts'
import { readPolicy } from '../../src/project/policy-file.ts'
import { newHome } from '../support/cli.ts'

const pages = referencePages()
const page = (name: string) => pages[name] ?? ''

describe('docs/reference', () => {
  it('has every command with every option, and every example', () => {
    for (const { name, options, examples } of commands) {
      const section = sectionOf(page('commands.md'), `### ${name}`)
      for (const { flags } of Object.values(options)) expect(section, `${name} ${flags}`).toContain(`\`${flags}\``)
      for (const line of examples) expect(section).toContain(`prefect-snapshot ${line}\n`)
      expect(section).toContain('Exit codes')
    }
  })

  it('has every issue code, each once, in a group', () => {
    const named = Object.values(codeGroups).flatMap((codes) => Object.keys(codes))
    expect(named.sort()).toEqual(Object.keys(issueCodes).sort())
    for (const [code, { fix }] of Object.entries(issueCodes)) {
      const section = sectionOf(page('issue-codes.md'), `### ${code}`)
      for (const label of ['Cause', 'Example', 'Fix']) expect(section).toContain(`**${label}**: `)
      expect(section.replaceAll('`', '').replaceAll('&lt;', '<')).toContain(fix.replaceAll('`', ''))
    }
  })

  it('has every field of every kind, those of the API that no document has too', () => {
    for (const { name, fields, refFields, coverage } of kinds) {
      const section = sectionOf(page('kinds.md'), `## ${name}`)
      for (const field of Object.keys(fields)) expect(section, name).toContain(`\`spec.${field}\``)
      for (const field of Object.keys(refFields)) expect(section, name).toContain(`\`refs.${field}\``)
      for (const field of [...coverage.own, ...Object.keys(coverage.ignored ?? {})])
        expect(section, name).toContain(`| \`${field}\` | Never written`)
    }
  })

  it('has links and anchors that exist', () => {
    const anchors = new Map(Object.entries(pages).map(([name, text]) => [name, anchorsIn(text)]))
    for (const [name, text] of Object.entries(pages))
      for (const [, file = '', hash = ''] of text.matchAll(/\]\(([a-z-]+\.md)?#([^)]+)\)/g)) {
        const target = anchors.get(file === '' ? name : file)
        expect(target?.has(hash), `${name}: ${file}#${hash}`).toBe(true)
      }
  })

  // A site generator takes both for its own.
  it.each(Object.keys(pages))('%s has no HTML and no template outside of code', (name) => {
    const text = page(name)
      .replace(/```[\s\S]*?```/g, '')
      .replace(/``[^`]+``|`[^`\n]+`/g, '')
      .replace(/<!--.*?-->/g, '')
    expect(text.match(/<[a-zA-Z/][^\n]{0,40}|\{\{[^\n]{0,40}/g) ?? []).toEqual([])
  })
})

test('the reference has every environment variable that the code reads, and no other', () => {
  const texts = readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/bundle\.ts$|-codes\.ts$/.test(file))
    .map((file) => readFileSync(join('src', file), 'utf8'))
  const read = texts.flatMap((text) => [
    ...[...text.matchAll(/\benv\.([A-Z][A-Z0-9_]+)/g)].map(([, name = '']) => name),
    ...[...text.matchAll(/names: \[([^\]]*)\], path/g)].flatMap(([, names = '']) => names.match(/[A-Z_]{4,}/g) ?? []),
    ...[...text.matchAll(/Variable = '(PREFECT_[A-Z_]+)'/g)].map(([, name = '']) => name),
  ])
  const proxies = ['HTTPS_PROXY', 'HTTP_PROXY', 'ALL_PROXY', 'NO_PROXY']
  const named = Object.values(variableGroups).flatMap((group) => group.map(({ name }) => name))
  expect([...named, ...olderNames].sort()).toEqual([...new Set([...read, ...proxies])].sort())
  for (const name of olderNames) expect(page('environment.md')).toContain(`\`${name}\``)
})

describe('the examples of files', () => {
  const { policy, overlay, waves } = filePages

  test('of a policy is read without faults', () => {
    const cwd = newHome()
    writeFileSync(join(cwd, 'prefect-snapshot.yaml'), policy.example)
    expect(readPolicy('prod.snapshot.yaml', { cwd, kinds }).rules.map(({ name }) => name)).toEqual(['owner-tag'])
  })

  test('of an overlay is read without faults', () => {
    const env = { BUCKET: 'b', WORKERS: '3' }
    const { issues } = readOverlay('prod.overlay.yaml', overlay.example, env)
    expect(issues).toEqual([])
  })

  test('of waves is read without faults', () => {
    expect(parseWaves('waves.yaml', waves.example).waves.map(({ name }) => name)).toEqual(['ingest', 'reports'])
  })
})

/** From a heading to the next one of its level or above. */
function sectionOf(text: string, heading: string): string {
  const level = heading.split(' ')[0]?.length ?? 1
  const start = text.indexOf(`\n${heading}\n`)
  expect(start, heading).toBeGreaterThan(0)
  const rest = text.slice(start + heading.length + 2)
  const end = rest.search(new RegExp(`^#{1,${level}} `, 'm'))
  return end < 0 ? rest : rest.slice(0, end)
}

function anchorsIn(text: string): ReadonlySet<string> {
  const headings = [...text.matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => heading)
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\w\s-]/g, '')
        .replace(/\s+/g, '-'),
    ),
  )
}
