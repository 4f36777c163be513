import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { kinds } from '../../src/kinds/all.ts'
import type { Id, Resource } from '../../src/model.ts'
import { parseSnapshot } from '../../src/snapshot/parse.ts'
import { type FormatName, writers } from '../../src/writers/all.ts'
import { hasTemplate, literal } from '../../src/writers/prefect-yaml/literal-templates.ts'
import { pyYaml } from '../../src/writers/pyyaml-text.ts'

/*
 * Files of other tools, as they are read. A change of wording changes these files too:
 * `npx vitest run --config vitest.fast.ts test/unit/writers -u` writes them, and git shows what became of them.
 */
const golden = (name: string) => `../fixtures/written/${name}`

function resourcesOf(path: string): readonly Resource[] {
  const { snapshot, issues } = parseSnapshot([{ file: path, text: readFileSync(path, 'utf8') }], kinds)
  expect(issues.filter(({ severity }) => severity === 'error')).toEqual([])
  return snapshot.resources
}
const isBuiltin = (resource: Resource) => kinds.find(({ name }) => name === resource.kind)?.builtin?.(resource) === true

async function written(as: FormatName, resources: readonly Resource[], ids = false) {
  const writer = await writers[as].load()
  const idOf = (ref: string) =>
    resources.some(({ kind, key }) => `${kind}/${key}` === ref) ? (`id of ${ref}` as Id) : undefined
  return writer.write({ resources, isBuiltin, ...(ids ? { idOf } : {}) })
}

const worlds = {
  'data-team': resourcesOf('snapshots/data-team.snapshot.yaml'),
  'every-kind': resourcesOf('test/fixtures/worlds/every-kind.snapshot.yaml').map((resource) => ({
    ...resource,
    secrets: Object.fromEntries(
      Object.keys(resource.secrets).map((pointer, index) => [pointer, { env: `SECRET_${index}` }]),
    ),
  })),
}

describe.each(Object.keys(writers) as FormatName[])('%s', (as) => {
  it.each(Object.keys(worlds) as (keyof typeof worlds)[])('writes %s', async (name) => {
    const { files, issues } = await written(as, worlds[name])
    for (const [file, text] of Object.entries(files)) await expect(text).toMatchFileSnapshot(golden(`${name}/${file}`))
    const lines = issues.map(({ severity, message, fix }) => `${severity} ${message}${fix ? ` ${fix}` : ''}\n`)
    await expect(lines.join('')).toMatchFileSnapshot(golden(`${name}/${as}.issues.txt`))
  })

  it('says of every resource whether it is in the files', async () => {
    const resources = worlds['every-kind']
    const { held, issues } = await written(as, resources)
    const told = issues.map(({ message }) => message).join('\n')
    for (const resource of resources) {
      if (held.includes(resource) || isBuiltin(resource)) continue
      const isTold = told.includes(`${resource.kind}/${resource.key}`) || new RegExp(`\\d ${resource.kind}`).test(told)
      expect(isTold || /and \d+ more/.test(told), `${resource.kind}/${resource.key}`).toBe(true)
    }
  })

  it('writes nothing of an empty snapshot that its tool would refuse', async () => {
    const { files, issues } = await written(as, [])
    expect(issues).toEqual([])
    expect(Object.keys(files)).not.toEqual([])
  })
})

describe('texts with braces', () => {
  it('are escaped where a deploy might fill them in, and keys are not', () => {
    expect(literal({ '{{ key }}': ['a {{ b }}', '{{c}}', '{{ $HOME }}', 'plain', 5] })).toEqual({
      '{{ key }}': [
        'a {{{{ $LITERAL_BRACES }} b }}',
        '{{{{ $LITERAL_BRACES }}c}}',
        '{{{{ $LITERAL_BRACES }} $HOME }}',
        'plain',
        5,
      ],
    })
    expect(hasTemplate('{{{ x }}}')).toBe(true)
    expect(hasTemplate('{{ not one name }} { {x} }')).toBe(false)
  })
})

describe('YAML for PyYAML', () => {
  it('writes numbers with an exponent and texts that PyYAML misreads in another form', () => {
    const value = { number: [1e-7, 1.5e300, 5], text: ['=', 'a?b', 'form_0_'], '=': '=', url: 'https://a?b' }
    expect(pyYaml(value)).toBe(
      'number: [1.0e-7, 1.5e+300, 5]\ntext: ["=", "a?b", form_0_]\n"=": "="\nurl: https://a?b\n',
    )
  })
})
