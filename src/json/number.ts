import { LosslessNumber } from 'lossless-json'

const integer = /^-?(0|[1-9]\d*)$/

/**
 * Parses a number into its canonical form: integers of any size keep their digits; floats are IEEE doubles (as in
 * Prefect's own Python) and remain distinct from integers. Throws `RangeError` for a float beyond 1.8e308.
 */
export function numberOf(text: string): number | LosslessNumber {
  const value = Number(text)
  // `+ 0` turns -0 into 0.
  if (integer.test(text)) return Number.isSafeInteger(value) ? value + 0 : new LosslessNumber(text)
  if (!Number.isFinite(value)) throw new RangeError(`${text} is not a number that JSON can hold`)
  return floatOf(value)
}

/** Converts a double to a JSON float: 5 becomes `5.0`, which is not the integer 5. */
export function floatOf(value: number): number | LosslessNumber {
  if (!Number.isInteger(value)) return value
  if (Object.is(value, -0)) return new LosslessNumber('-0.0')
  const text = String(value)
  if (text.includes('e')) return new LosslessNumber(text)
  // Python prints floats of 1e16 and more with an exponent; without one, the digits would be read as an integer.
  return new LosslessNumber(Math.abs(value) >= 1e16 ? pythonExponent(value) : `${text}.0`)
}

function pythonExponent(value: number): string {
  const [digits = '', exponent = ''] = value.toExponential().split('e')
  return `${digits}e${exponent}`
}

/** Whether a value is a number that JavaScript's `number` cannot represent exactly. */
export function isExact(value: unknown): value is LosslessNumber {
  return value instanceof LosslessNumber
}

/** Whether a number is a float: written with a point or an exponent, whatever its value. */
export function isFloat(value: number | LosslessNumber): boolean {
  return isExact(value) ? !integer.test(value.value) : !Number.isInteger(value)
}
