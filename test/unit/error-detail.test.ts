import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { conceal } from '../../src/client/conceal.ts'
import { detailOf } from '../../src/client/error-detail.ts'
import type { Json } from '../../src/json.ts'
import { leaksIn, pythonRepr } from '../support/leaks.ts'
import { runs } from '../support/property-runs.ts'

const detail = (message: string, body?: Json) => detailOf(JSON.stringify({ detail: message }), body)
const invalid = (msg: string, type: string, body?: Json) =>
  detailOf(JSON.stringify({ exception_detail: [{ loc: ['body', 'x'], msg, type, input: msg }] }), body)
/** Secrets that share no six characters with a message of a server. */
const secret = fc
  .array(fc.constantFrom(..."Qz7\\\\'\"' \u00a0é☃\n\t{}[]😀:,=#"), { minLength: 8, maxLength: 60 })
  .map((chars) => `Q7${chars.join('7')}zQ`)
const dictionary = (value: string) => `{'a': [${pythonRepr(value)}, 1], 'b': {${pythonRepr(value)}: None}}`

/** Messages of real servers, with a value. */
const messages: Readonly<Record<string, (repr: string) => string>> = {
  'parameters: type': (repr) =>
    `Error creating deployment: Validation failed for field 'n'. Failure reason: ${repr} is not of type 'integer'`,
  'parameters: enum': (repr) =>
    `Error updating deployment: Validation failed. Failure reason: ${repr} is not one of ['a']`,
  'parameters: length': (repr) => `Validation failed for field 'n'. Failure reason: ${repr} is too long`,
  'parameters: any': (repr) =>
    `Validation failed for field 'n'. Failure reason: ${repr} is not valid under any of the given schemas`,
  'parameters: pattern': (repr) => `Validation failed. Failure reason: ${repr} does not match '^[a-z]+$'`,
  'job variables': (repr) =>
    `Error creating deployment: <ValidationError: ${pythonRepr(`${repr} is not of type 'string'`)}>`,
  'an exception': (repr) => `Error creating deployment: ${`ValueError(${pythonRepr(`bad: ${repr}`)})`}`,
  'long form': (repr) =>
    `${repr} is not of type 'integer'\n\nFailed validating 'type' in schema['properties']['x']:\n    {'type': 'integer'}\n\nOn instance['x']:\n    ${repr}`,
  pydantic: (repr) =>
    `1 validation error for Model\nx\n  Input should be a valid string [type=string_type, input_value=${repr}, input_type=dict]\n    For further information visit https://errors.pydantic.dev/2.11/v/string_type`,
  quoted: (repr) => `Base path must start with a scheme. Got ${repr}.`,
  'not closed': (repr) => `Invalid value: ${repr.slice(0, -1)}`,
}

describe('the detail of a rejected request', () => {
  it.each(Object.entries(messages))('contains no part of a value, %s', (_, message) => {
    fc.assert(
      fc.property(secret, fc.boolean(), fc.boolean(), (value, nested, sent) => {
        const said = message(nested ? dictionary(value) : pythonRepr(value))
        const body = sent ? { parameters: { x: value } } : undefined
        expect(leaksIn(detail(said, body), [value])).toEqual([])
        expect(leaksIn(invalid(`Value error, ${said}`, 'value_error', body), [value])).toEqual([])
      }),
      { numRuns: runs(60) },
    )
  })

  it('contains no part of a value of the request that is unquoted, truncated, or quoted without escapes', () => {
    fc.assert(
      fc.property(secret, (value) => {
        const body = { job_variables: { env: { KEY: value } } }
        for (const said of [`got ${value}`, `got "${value}" here`, `got ${value.slice(3)}…`, JSON.stringify(value)])
          expect(leaksIn(detail(said, body), [value.replace(/\s+/g, ' ')])).toEqual([])
      }),
    )
  })

  it('contains no part of a value of the request in another encoding', () => {
    const encodings: readonly ((text: string) => string)[] = [
      (text) => encodeURIComponent(text),
      (text) => Buffer.from(text).toString('base64'),
      (text) => Buffer.from(`KEY=${text};`).toString('base64url'),
      (text) => Buffer.from(text).toString('hex').toUpperCase(),
      (text) => text.normalize('NFD'),
      (text) => text.toUpperCase(),
      (text) => Buffer.from(text).toString('latin1'),
    ]
    const value = `Zq\u00e4w0R"7\\'#Kx`
    for (const encode of encodings) {
      const said = detail(`got ${encode(value)} here`, { job_variables: { env: { KEY: value } } })
      expect(leaksIn(said, [value, encode(value)])).toEqual([])
      expect(said).toContain('(value)')
    }
  })

  it.each([
    ['Work pool "k8s" not found.', { work_pool_name: 'k8s' }, 'Work pool "k8s" not found.'],
    ["Variables are not allowed ('cpu' was unexpected)", { job_variables: { cpu: 1 } }, undefined],
    ['Invalid cron string: "61 5 * * *"', { schedules: [{ cron: '61 5 * * *' }] }, undefined],
    ["Validation failed. Failure reason: 'n' is a required property", {}, undefined],
    ["Can't delete a pool's default queue.", {}, undefined],
    ['The `base_job_template` must contain both', { base_job_template: {} }, undefined],
    [
      "Validation failed for field 'a.b'. Failure reason: 'x y' is not of type 'integer', 'null'",
      { parameters: { a: { b: 'x y' }, type: 'integer' } },
      "Validation failed for field 'a.b'. Failure reason: (value) is not of type 'integer', 'null'",
    ],
    ["Failure reason: {'a': ['x']} is not one of ['b']", {}, "Failure reason: (value) is not one of ['b']"],
    [
      'Failure reason: 4711 is greater than the maximum of 10',
      {},
      'Failure reason: (value) is greater than the maximum of 10',
    ],
    [
      `Error creating deployment: <ValidationError: "'x\\\\\\\\y' is not of type 'integer'">`,
      {},
      "Error creating deployment: ValidationError: (value) is not of type 'integer'",
    ],
    ['This deployment is not allowed to run', { parameters: { note: 'a deployment' } }, undefined],
  ] as const)('still explains the error: %s', (message, body, expected) => {
    expect(detail(message, body)).toBe(expected ?? message)
  })

  it('quotes what is expected', () => {
    expect(invalid("Input should be 'a' or 'b'", 'literal_error')).toBe(
      "body.x: Input should be 'a' or 'b' (literal_error)",
    )
  })
})

it('a value is concealed in every escaped form, and words of prose that it contains are kept', () => {
  expect(conceal('a\\u00e9\\xa0\\n\\U0001f600b c', ['aé\u00a0\n😀b'])).toBe('(value) c')
  expect(conceal('the deployment was not created', ['/opt/deployment/created/k7'])).toBe(
    'the deployment was not created',
  )
  expect(conceal('password', ['password'])).toBe('(value)')
  expect(conceal('see abc', ['abc'])).toBe('see abc')
})
