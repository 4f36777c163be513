import { describe, expect, it } from 'vitest'
import { isChange } from '../../page/choice.ts'
import { buildPageData } from '../../src/report/html/build-page-data.ts'
import type { Format } from '../../src/report/index.ts'
import { graphReporters, reporters } from '../../src/report/index.ts'
import type { ErrorReport, Report, ValidateReport } from '../../src/report/model/report.ts'
import { styleFor } from '../../src/report/text/style.ts'
import {
  applyReport,
  baseReport,
  bigReport,
  canary,
  diffReport,
  graphReport,
  nasty,
  notComparedReport,
  planReport,
} from '../report/fixture.ts'

/*
 * Every rendering of fixed inputs, as it is read. A change of wording changes these files too:
 * `npx vitest run --config vitest.fast.ts report-golden -u` writes them, and git shows what became of them.
 */
const common = { version: 1, tool: '1.2.3' } as const
const place = { file: 'a.snapshot.yaml', line: 7, column: 9, excerpt: '  spec: {color: blau}' }
const error: ErrorReport = {
  ...common,
  schema: 'prefect-snapshot/error',
  exit: 3,
  issues: [
    {
      code: 'invalid-value',
      severity: 'error',
      message: 'there is no color "blau"',
      fix: 'Did you mean "blue"?',
      place,
    },
  ],
}
const validate: ValidateReport = {
  ...common,
  schema: 'prefect-snapshot/validate',
  exit: 3,
  files: [
    { file: 'a.snapshot.yaml', resources: 3, errors: 1, warnings: 0 },
    { file: 'b|c.snapshot.yaml', resources: 12, errors: 0, warnings: 2 },
  ],
  issues: error.issues,
}
const nothing = (): Report => {
  const plan = planReport(true)
  const counts = {
    create: 0,
    update: 0,
    patchCycle: 0,
    delete: 0,
    unsupported: 0,
    refused: 0,
    unchanged: 15,
    unmanaged: 0,
    notCompared: 0,
  }
  const { next: _, ...rest } = plan
  return { ...rest, counts, changes: [], unsupported: [], unmanaged: [], notCompared: [], refusals: [] }
}
const reports: Readonly<Record<string, () => Report>> = {
  plan: () => planReport(true),
  'plan-base': baseReport,
  'plan-refused': () => planReport(),
  'plan-nothing': nothing,
  'plan-not-compared': () => notComparedReport(false),
  'plan-partly-compared': () => notComparedReport(true),
  diff: diffReport,
  apply: applyReport,
  validate: () => validate,
  graph: graphReport,
  error: () => error,
}

const render = async (report: Report, format: Format, width = 100, color = false) =>
  (await reporters[format]())(report, { style: styleFor(color), width })

/** The page without the program that every page has. */
const content = (page: string) =>
  page
    .replace(/<style>[\s\S]*?<\/style>/, '<style></style>')
    .replace(/<script>[\s\S]*?<\/script>/, '<script></script>')
    .replace(/sha256-[\w+/=]+/g, 'sha256-…')

const big = bigReport(2000)
const golden = (name: string) => `../fixtures/renderings/${name}`

describe.each(Object.entries(reports))('the report of %s', (name, make) => {
  it('as text: wide, narrow, and in color', async () => {
    await expect(await render(make(), 'text')).toMatchFileSnapshot(golden(`${name}.txt`))
    await expect(await render(make(), 'text', 60)).toMatchFileSnapshot(golden(`${name}.60.txt`))
    await expect(await render(make(), 'text', 100, true)).toMatchFileSnapshot(golden(`${name}.color.txt`))
  })

  it('as JSON, Markdown and HTML', async () => {
    await expect(await render(make(), 'json')).toMatchFileSnapshot(golden(`${name}.json`))
    await expect(await render(make(), 'markdown')).toMatchFileSnapshot(golden(`${name}.md`))
    await expect(content(await render(make(), 'html'))).toMatchFileSnapshot(golden(`${name}.html`))
  })

  it('shows no secrets, server IDs or control characters, in any format', async () => {
    for (const format of ['text', 'json', 'markdown', 'html'] as const) {
      const text = await render(make(), format)
      expect(text).not.toContain(canary)
      expect(text).not.toMatch(/5eed0000-/)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
      expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
      // JSON is for machines, and these are letters like others to it.
      if (format !== 'json') expect(text).not.toMatch(/[\u007f-\u009f\u202a-\u202e]/)
    }
  })
})

describe('the graph', () => {
  it.each(['mermaid', 'dot', 'svg'] as const)('as %s', async (format) => {
    const text = await (await graphReporters[format]())(graphReport(), { style: styleFor(false), width: 80 })
    await expect(text).toMatchFileSnapshot(golden(`graph.${format === 'mermaid' ? 'mmd' : format}`))
    if (format !== 'dot') expect(text).not.toContain('<img')
  })
})

describe('Markdown sections', () => {
  const open = (text: string) => text.match(/<details open>/g)?.length ?? 0
  const all = (text: string) => text.match(/<details/g)?.length ?? 0

  it('unfolds everything if the changes are few, and only deletes otherwise', async () => {
    const few = await render(planReport(true), 'markdown')
    expect([open(few), all(few) > 5]).toEqual([all(few), true])
    const many = await render(big, 'markdown')
    expect(open(many)).toBeLessThan(all(many))
    expect(many.match(/<details open><summary>(?!\d+ × \S+ to delete)/)).toBeNull()
  })

  it('lists no kind that does not change', async () => {
    const { changes, unchanged } = planReport(true)
    const kindOf = (ref: string) => ref.slice(0, ref.indexOf('/'))
    const changing = new Set(changes.map(({ ref }) => kindOf(ref)))
    const others = unchanged.map(kindOf).filter((kind) => !changing.has(kind))
    expect(others.length).toBeGreaterThan(0)
    const text = await render(planReport(true), 'markdown')
    for (const kind of others) expect(text).not.toContain(`| ${kind} |`)
  })
})

describe('text', () => {
  it('fits the width, except for names and unbreakable text', async () => {
    const allowed = /onerror=|→|not possible|^Next:|^Plan:|job_configuration/
    const text = await render(planReport(true), 'text', 60)
    expect(text.split('\n').filter((line) => line.length > 60 && !allowed.test(line))).toEqual([])
  })
})

describe('secrets that were not compared', () => {
  const refs = (report: Report) => ('notCompared' in report ? report.notCompared.map(({ ref }) => ref) : [])

  it('are shown in every format, with their resource, and whether it changes or not', async () => {
    for (const change of [false, true]) {
      const report = notComparedReport(change)
      expect(report.changes).toHaveLength(change ? 1 : 0)
      expect(refs(report)).toEqual([`block/store/${nasty}`, 'block/store/changed', 'block/store/same'])
      for (const format of ['text', 'json', 'markdown', 'html'] as const) {
        const text = await render(report, format, 1000)
        expect(text, format).toMatch(/not.?compared/i)
        for (const key of ['store/changed', 'store/same']) expect(text, format).toContain(key)
        expect(text, format).toContain('data.key')
      }
    }
  })

  it('are rows of the page that cannot be ticked', () => {
    const states = (change: boolean) => buildPageData(notComparedReport(change)).items.map(({ state }) => state)
    expect(states(false)).toEqual(['unknown', 'unknown', 'unknown'])
    expect(states(true)).toEqual(['update', 'unknown', 'unknown'])
    const [changed] = buildPageData(notComparedReport(true)).items
    expect(changed?.notes).toContainEqual(expect.stringMatching(/^not compared.*data\.key$/))
    expect(isChange({ state: 'unknown' })).toBe(false)
  })
})

describe('Markdown', () => {
  it('fits a comment at any size, and states how much it omits', async () => {
    const text = await render(big, 'markdown')
    expect(text.length).toBeLessThanOrEqual(60_000)
    const more = Number(/… and (\d+) more/.exec(text)?.[1])
    const shown = [...text.matchAll(/^\+ [a-z-]+ /gm)].length
    expect(shown).toBeGreaterThan(100)
    expect(shown + more).toBe(big.changes.length)
  })

  it('lets no name end its code block, start a tag, or mention a user', async () => {
    const text = await render(planReport(), 'markdown')
    const outside = text.replace(/``````diff\n[\s\S]*?\n``````\n/g, '')
    expect(text.match(/^``````/gm)).toHaveLength(2 * (text.match(/<details/g) ?? []).length)
    expect(outside).not.toContain(nasty.slice(0, 9))
    expect(outside).not.toContain('@everyone')
  })
})

describe('HTML', () => {
  it('is one page that loads nothing and runs only its own script', async () => {
    const page = await render(planReport(), 'html')
    expect(page.match(/<script/g)).toHaveLength(2)
    expect(page).not.toMatch(/<(img|link|iframe|object)|<[a-z][^>]*\s(src|href|style|on[a-z]+)=/)
    expect(page).toMatch(/default-src 'none'; script-src 'sha256-[\w+/]{43}='; style-src 'sha256-[\w+/]{43}=';/)
  })

  it('is below 4 MB for 2,000 changes', async () => {
    const page = await render(big, 'html')
    expect(page.length).toBeLessThan(4_000_000)
  })
})
