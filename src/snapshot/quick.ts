import {
  boolCoreTag,
  defineMappingTag,
  defineScalarTag,
  FAILSAFE_SCHEMA,
  load,
  NOT_RESOLVED,
  nullCoreTag,
} from 'js-yaml'
import { define, isObject, type Json, type JsonObject } from '../json.ts'
import { numberFrom } from './numbers.ts'

/*
 * The package `yaml` keeps where everything stands, and takes several times as long for it as js-yaml does for the values
 * alone. A document without a fault needs no places. Whatever js-yaml does not read, or reads as what a snapshot may not
 * have, is left to `yaml`, which alone says what is wrong and where (docs/decisions/0016-two-readers.md).
 */

const number = defineScalarTag('tag:yaml.org,2002:float', {
  implicit: true,
  implicitFirstChars: [...'+-.0123456789'],
  identify: () => false,
  resolve: (text) => numberFrom(text) ?? NOT_RESOLVED,
})

/** Keys are what they are written as: `1` and `null` are read as values here, so they are left to the other reader. */
const mapping = defineMappingTag<Record<string, Json>>('tag:yaml.org,2002:map', {
  create: () => ({}),
  addPair: (object, key, value) => {
    if (typeof key !== 'string') return 'a key that is no text'
    define(object, key, value as Json)
    return ''
  },
  has: (object, key) => Object.hasOwn(object, key as string),
  keys: Object.keys,
  get: (object, key) => object[key as string],
  identify: () => false,
})
const schema = FAILSAFE_SCHEMA.withTags(nullCoreTag, boolCoreTag, number, mapping)

/** What may be a tag, an anchor or a directive, or is read in two ways: markers within, tabs, indentation told by a digit. */
const unusual = /(?:^|[\s[{,:-])[!&]|^(?:%|\.\.\.|\s*---)|^\s*\t|[|>][-+]?\d|\r(?!\n)|\ufeff/m

/** The value of a document that is a mapping; undefined where it is not plain enough, or nested deeper than `levels`. */
export function quickValue(text: string, levels: number): JsonObject | undefined {
  if (unusual.test(text)) return undefined
  try {
    const value = load(text, { schema, maxDepth: levels, maxAliases: 0 }) as Json
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
