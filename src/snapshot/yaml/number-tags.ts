import type { ScalarTag, Tags } from 'yaml'
import { isExact } from '../../json/number.ts'
import type { LosslessNumber } from '../../json.ts'
import { forms, numberFrom } from './numbers.ts'

/** Numbers that JavaScript would change (5.0, 1e22, 2^53+1) are read and written as text. */
const exactInteger: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: forms.integer,
  identify: (value) => typeof value === 'number' && Number.isInteger(value),
  resolve: resolveNumber,
  stringify: ({ value }) => String(value),
}

const exactFloat: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: forms.float,
  identify: (value) => isExact(value) || (typeof value === 'number' && !Number.isInteger(value)),
  resolve: resolveNumber,
  stringify: ({ value }) => (isExact(value) ? (value as LosslessNumber).value : String(value)),
}

const octalOrHexadecimal: ScalarTag = {
  tag: 'tag:yaml.org,2002:int',
  default: true,
  test: forms.radix,
  resolve: resolveNumber,
}

const noNumber: ScalarTag = {
  tag: 'tag:yaml.org,2002:float',
  default: true,
  test: forms.notJson,
  resolve: resolveNumber,
}

function resolveNumber(text: string, onError: (message: string) => void): unknown {
  try {
    return numberFrom(text)
  } catch (error) {
    onError(error instanceof Error ? error.message : String(error))
    return text
  }
}

/** The tags of a schema, with numbers that keep their text. */
export function customTags(tags: Tags): Tags {
  const others = tags.filter((tag) => typeof tag !== 'object' || !/:(int|float)$/.test(tag.tag))
  return [exactInteger, octalOrHexadecimal, exactFloat, noNumber, ...others]
}
