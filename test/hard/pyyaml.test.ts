import { spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { writeYaml } from '../../src/snapshot/yaml/write-yaml.ts'
import { parseYaml, valueOfDocument } from '../../src/snapshot/yaml/yaml.ts'
import { ensureVenv } from '../servers/venv.ts'
import { newest } from '../servers/versions.ts'
import { specialCharacters, textForms } from '../support/yaml-characters.ts'
import { seedVariable } from './sample.ts'
import { tellFigure } from './tally.ts'

/** Reads texts with PyYAML. Returns the value of each as JSON, or null for a text that it refuses. */
const program = `
import json, sys, yaml
def read(text):
    try:
        return json.dumps(yaml.load(text, yaml.BaseLoader))
    except Exception:
        return None
json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
`
async function readByPython(texts: readonly string[]): Promise<(string | undefined)[]> {
  const python = await ensureVenv(newest)
  const { stdout, stderr } = spawnSync(python, ['-c', program], {
    input: JSON.stringify(texts),
    encoding: 'utf8',
    maxBuffer: 1e9,
  })
  if (stdout === '') throw new Error(stderr)
  return (JSON.parse(stdout) as (string | null)[]).map((text) => text ?? undefined)
}

it('PyYAML reads what is written, whatever is in its texts', async () => {
  const seed = Number.parseInt(process.env[seedVariable] ?? '0', 16) | 0
  const piece = fc.constantFrom(...specialCharacters, ...'a :#-"\'\\\n,[]{}', '- ', ': ', ' #')
  const texts = fc.sample(fc.string({ unit: piece, maxLength: 12 }), { seed, numRuns: 5000 })
  const values = texts.map((text) => ({ [`k${text}`]: text, list: [text, 'x'], lines: `one\n${text}\nthree` }))
  const read = await readByPython(values.map((value) => writeYaml(value)))
  const different = values.filter(
    (value, index) => JSON.stringify(JSON.parse(read[index] ?? 'null')) !== JSON.stringify(value),
  )
  tellFigure(`PyYAML: ${values.length} texts written and read, ${values.length - different.length} as they were`)
  expect(different.slice(0, 10)).toEqual([])
})

/** Where YAML 1.1, PyYAML and YAML 1.2 differ: line ends, what quotes may contain, tabs, indentation in quotes. */
function isKnown(character: string, form: string): boolean {
  const isQuoted = form.endsWith('quotes')
  if ('\u0085\u2028\u2029'.includes(character)) return true
  if ('\u007f\u0080\u0084\u0086\u009f\ufffe\uffff'.includes(character)) return isQuoted
  return character === '\t' ? ['plain', 'key', 'start'].includes(form) : character === '\r' && isQuoted
}

it('PyYAML reads a file with special characters as we do, except where YAML 1.1 and 1.2 differ', async () => {
  const forms = specialCharacters.flatMap((character) =>
    Object.entries(textForms(character)).map(([form, text]) => ({ character, form, text })),
  )
  const read = await readByPython(forms.map(({ text }) => text))
  const different = forms.filter(({ character, form, text }, index) => {
    const own = valueOfDocument(parseYaml(text, false).document, text)
    const value = 'faults' in own ? undefined : JSON.stringify(own.value)
    const theirs = read[index]
    return value !== (theirs && JSON.stringify(JSON.parse(theirs))) && !isKnown(character, form)
  })
  expect(different).toEqual([])
})
