import { floatOf, isExact, isFloat, numberOf } from '../json/number.ts'
import { isNumber, type Json, sameJson, writeJson } from '../json.ts'
import type { Incompatibility, Kind, Rule } from '../kind.ts'
import { atLeast, isPrefect2 } from '../version.ts'
import { countShape, createdBy, doneBy, orNull, rowsFrom, rowWith } from './answer-shapes.ts'
import { answer, at, idOf, text } from './endpoints.ts'
import { string, tags } from './field-schemas.ts'
import { nameFault, nameRule } from './name-rules.ts'
import { jsonIntegerRule } from './number-rules.ts'
import { findOne, readAll, readNamed } from './read-list.ts'

const path = '/variables/filter'
const sort = 'NAME_ASC'

/** Maximum length in bytes of JSON. Prefect 2 counted only the characters of the text. */
const maxBytes = 5000
/** The first version with dashes in names. */
const dashesSince = '3.4.1'

const lengthRule: Rule = {
  name: 'length',
  doc: `The value takes at most ${maxBytes} bytes as JSON.`,
  source: 'prefect/types/__init__.py: check_variable_value',
  held: 'Prefect 2 counts only the characters of the text',
  *find(value) {
    const [fault] = tooLong(value)
    if (fault) yield { pointer: '', problem: `the value: ${fault.reason}`, fix: 'Shorten it, or keep it in a block.' }
  },
}

/** A variable: a named JSON value. `POST /variables/`, keyed by name. */
export const variable: Kind = {
  name: 'variable',
  doc: 'A named JSON value that flows and templates read.',
  keyDoc: 'the name of the variable',
  refusesDuplicates: true,
  keyRules: [nameRule('variable')],
  many: true,
  refFields: {},
  fields: {
    value: {
      schema: {},
      doc: 'Any JSON value; integers and floats are distinct.',
      default: null,
      rules: [jsonIntegerRule, lengthRule],
      compare: storedScalar,
    },
    tags: { schema: tags, doc: 'Tags of the variable.', default: [] },
  },
  mentions: {
    template: { word: 'variables', key: ([name = '']) => name },
    keys: {
      variable_name: ({ __prefect_kind: kind, variable_name: name }) =>
        kind === 'workspace_variable' && typeof name === 'string' ? name : undefined,
    },
  },
  coverage: {
    models: { create: ['VariableCreate'], update: ['VariableUpdate'], read: ['Variable'] },
    mapped: { name: 'key' },
    own: ['id', 'created', 'updated'],
  },
  answers: [
    rowsFrom(`POST ${path}`, rowWith({ name: string, value: {}, tags: orNull(tags) }, ['name', 'value'])),
    { to: 'POST /variables/count', schema: countShape },
    createdBy('POST /variables/'),
    doneBy('PATCH|DELETE /variables/*'),
  ],
  list: (reader, _server, wanted, onPage) =>
    wanted
      ? readNamed(reader, path, [...wanted], (names) => ({ sort, variables: { name: { any_: names } } }), { onPage })
      : readAll(reader, path, { sort }, { path: '/variables/count', body: {} }, onPage),
  key: (raw) => text(raw, 'name'),
  incompatibilities({ key, spec }, { version }, before) {
    if (isPrefect2(version)) return []
    const fault = before ? undefined : nameFault('variable', key)
    if (fault) return [{ drops: 'resource', reason: fault }]
    if (!before && key.includes('-') && !atLeast(version, dashesSince))
      return [{ drops: 'resource', reason: `names of variables may contain "-" from Prefect ${dashesSince} on` }]
    return before && sameJson(before.spec.value, spec.value) ? [] : tooLong(spec.value)
  },
  encode: (raw) => ({ refs: {}, spec: { value: raw.value, tags: raw.tags } }),
  async create({ api }, { resource, spec }) {
    const reply = await api.send('POST', '/variables/', {
      name: resource.key,
      value: spec.value ?? null,
      tags: spec.tags ?? [],
    })
    return { id: idOf(answer(reply.body)) }
  },
  renames: () => true,
  async update({ api }, before, { resource, spec }) {
    await api.send('PATCH', at`/variables/${before.id}`, {
      name: resource.key,
      value: spec.value ?? null,
      tags: spec.tags ?? [],
    })
  },
  async remove({ api }, before) {
    await api.send('DELETE', at`/variables/${before.id}`)
  },
  find: (reader, { resource: { key } }) =>
    findOne(reader, path, { variables: { name: { any_: [key] } } }, ({ name }) => name === key),
}

function tooLong(value: Json | undefined): Incompatibility[] {
  const length = value === undefined || value === null ? 0 : Buffer.byteLength(writeJson(value))
  if (length <= maxBytes) return []
  return [{ drops: 'resource', reason: `its value takes ${length} bytes as JSON, and Prefect 3 allows ${maxBytes}` }]
}

/**
 * Converts a number that is the entire value to the form in which a SQLite server stores it (column of NUMERIC
 * affinity): `5.0` becomes 5, an integer beyond 64 bit becomes a double. PostgreSQL converts floats of 1e16 and more to
 * integers.
 */
function storedScalar(value: Json): Json {
  if (!isNumber(value)) return value
  const digits = isExact(value) ? value.value : String(value)
  if (!isFloat(value)) {
    const exact = BigInt(digits)
    return exact >= -(2n ** 63n) && exact < 2n ** 63n ? numberOf(digits) : numberOf(String(BigInt(Number(digits))))
  }
  const double = Number(digits)
  return Number.isInteger(double) ? numberOf(String(BigInt(double))) : floatOf(double)
}
