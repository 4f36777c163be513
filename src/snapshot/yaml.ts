import {
  Document,
  type DocumentOptions,
  isScalar,
  LineCounter,
  type ParseOptions,
  parseDocument,
  type ScalarTag,
  type SchemaOptions,
  type Tags,
  visit,
} from 'yaml'
import { isExact, type Json, type LosslessNumber, numberOf } from '../json.ts'

/** Numbers that JavaScript would change (5.0, 1e22, 2^53+1) are read and written by their text. */
const exactInteger: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^[-+]?[0-9]+$/,
  identify: (value) => typeof value === 'number' && Number.isInteger(value),
  resolve: (text) => numberOf(text.replace(/^\+/, '').replace(/^(-?)0+(?=\d)/, '$1')),
  stringify: ({ value }) => String(value),
}
const exactFloat: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^[-+]?(?:\.[0-9]+(?:[eE][-+]?[0-9]+)?|[0-9]+\.[0-9]*(?:[eE][-+]?[0-9]+)?|[0-9]+[eE][-+]?[0-9]+)$/,
  identify: (value) => isExact(value) || (typeof value === 'number' && !Number.isInteger(value)),
  resolve: (text, onError) => {
    const plain = text
      .replace(/^\+/, '')
      .replace(/^(-?)\./, '$10.')
      .replace(/\.(?=$|[eE])/, '.0')
    try {
      return /[.eE]/.test(plain) ? numberOf(plain) : numberOf(`${plain}.0`)
    } catch (error) {
      onError(error instanceof Error ? error.message : String(error))
      return text
    }
  },
  stringify: ({ value }) => (isExact(value) ? (value as LosslessNumber).value : String(value)),
}

const octalOrHexadecimal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: /^0(?:o[0-7]+|x[0-9a-fA-F]+)$/,
  resolve: (text) => numberOf(String(BigInt(text))),
}

const noNumber: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: /^(?:[-+]?\.(?:inf|Inf|INF)|\.nan|\.NaN|\.NAN)$/,
  resolve: (text, onError) => {
    onError(`${text} is not a number that JSON can hold`)
    return text
  },
}

function customTags(tags: Tags): Tags {
  const others = tags.filter((tag) => typeof tag !== 'object' || !/:(int|float)$/.test(tag.tag))
  return [exactInteger, octalOrHexadecimal, exactFloat, noNumber, ...others]
}

const options: ParseOptions & DocumentOptions & SchemaOptions = {
  version: '1.2',
  schema: 'core',
  customTags,
  uniqueKeys: true,
  strict: true,
  stringKeys: true,
  prettyErrors: false,
}

/** A YAML document as a node tree, with its faults, and the positions of its parts. */
export function parseYaml(
  text: string,
  keepTokens: boolean,
): { readonly document: Document.Parsed; readonly lines: LineCounter } {
  const lines = new LineCounter()
  return { document: parseDocument(text, { ...options, lineCounter: lines, keepSourceTokens: keepTokens }), lines }
}

/** Every tag that is written in a document, as a fault: with one, a text can become what no JSON value is. */
export function tagsIn(document: Document.Parsed, text: string): { readonly message: string; readonly pos: Pair }[] {
  const faults: { message: string; pos: Pair }[] = []
  if (!text.includes('!')) return faults
  visit(document, {
    Node: (_, node) => {
      const at = node.range?.[0] ?? 0
      if (node.tag) faults.push({ message: `a snapshot may not have YAML tags, such as ${node.tag}`, pos: [at, at] })
    },
  })
  return faults
}
type Pair = readonly [number, number]

/** YAML text of a value: short lists of scalars on one line, long lines not folded, what YAML 1.1 would read otherwise quoted. */
export function writeYaml(value: Json): string {
  const document = new Document(value, { ...options, aliasDuplicateObjects: false, compat: 'yaml-1.1' })
  visit(document, {
    Seq: (_, list) => {
      list.flow =
        list.items.every((item) => isScalar(item) && !String(item.value).includes('\n')) &&
        JSON.stringify(list).length <= 100
    },
  })
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}
