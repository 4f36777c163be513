import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { templateFault } from '../../src/jinja/template-fault.ts'
import type { JsonObject } from '../../src/json.ts'
import { parameterFindings } from '../../src/kinds/automation/action-templates.ts'
import { newest, old } from '../servers/versions.ts'

interface Recorded {
  /** True for a template that Prefect takes, otherwise the line of the error, if it has one. */
  readonly templates: Readonly<Record<string, true | number | null>>
  readonly parameters: readonly (readonly [JsonObject, boolean])[]
}

/** What real Prefect versions take and refuse: `npx tsx scripts/judge.ts`. */
const recorded = [newest, old].map((version) => {
  const file = new URL(`../fixtures/templates/prefect-${version}.json`, import.meta.url)
  return { version, ...(JSON.parse(readFileSync(file, 'utf8')) as Recorded) }
})

/** Names of characters are not looked up. */
const notJudged = [String.raw`{{ '\N{NO SUCH NAME}' }}`]
/** A template in a place that Prefect turns into text as Python writes it. */
const notFollowed = ['{"a":{"__prefect_kind":"jinja","template":{"b":"{{ c. }}"}}}']

describe.each(recorded)('Prefect $version', ({ version, templates, parameters }) => {
  test('takes and refuses each template as it is judged here, and finds the error in the same line', () => {
    expect(Object.keys(templates).length).toBeGreaterThan(700)
    const judged = Object.keys(templates).map((text) => {
      const fault = templateFault(text)
      return [text, fault === undefined ? true : (fault.line ?? null)] as const
    })
    expect(judged.filter(([text, verdict]) => verdict !== templates[text])).toEqual(
      notJudged.map((text) => [text, true]),
    )
  })

  test('takes and refuses parameters as they are judged here', () => {
    expect(parameters.length).toBeGreaterThan(60)
    const wrong = parameters.flatMap(([value, isTaken]) => {
      const findings = [...parameterFindings(value, '')]
      const isRefused = findings.some(({ severity }) => severity === undefined)
      // Only some servers refuse what has a warning.
      const isWarned = findings.length > 0 && !isRefused
      return isWarned ? [] : isRefused === isTaken ? [JSON.stringify(value)] : []
    })
    expect(wrong).toEqual(notFollowed)
    const warned = parameters.filter(([value]) => [...parameterFindings(value, '')].some(({ severity }) => severity))
    expect(warned.map(([, isTaken]) => isTaken)).toEqual(warned.map(() => version === old))
  })
})

test.each([
  ['{{ a', 'the text ends where "}}" is expected', 1],
  ['a\n{% if b %}', 'the text ends where "elif" or "else" or "endif" is expected', 2],
  ['{% fi a %}', 'there is no tag "fi"', 1],
  ['{% for a in b %}{% endif %}', 'there is no tag "endif" here, where "endfor" or "else" is expected', 1],
  ['{{ a | }}', '"}}" is where a name is expected', 1],
  ['\n\n{{ a ] }}', 'unexpected "]"', 3],
  ['{{ a ? b : c }}', 'unexpected "?"', 1],
  ['{% for a in b %}{% endfor %}'.repeat(11), 'it has 11 loops, and Prefect takes at most 10', undefined],
])('the fault of %s is told in words', (text, reason, line) => {
  expect(templateFault(text)).toEqual(line === undefined ? { reason } : { reason, line })
})

test('a template with deep nesting is not judged', () => {
  expect(templateFault(`{{ ${'('.repeat(100_000)} }}`)).toBeUndefined()
  expect(templateFault('{% if a %}'.repeat(5000))).toBeUndefined()
})
