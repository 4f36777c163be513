import { describe, expect, test } from 'vitest'
import { forms } from '../support/forms.ts'
import { hunt, seedNumber } from '../support/hunt.ts'

/* The short part of test/hard/mutated-input.test.ts, with the same inputs each time. */

describe('changed documents', () => {
  test.each(forms)('of the form $name are read, or refused in sentences', async (form) => {
    const { inputs } = await hunt(form, { seed: seedNumber('short'), inputs: 25 })
    expect(inputs).toBe(25)
  })
})
