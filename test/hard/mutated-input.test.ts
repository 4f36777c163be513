import { afterAll, describe, expect, test } from 'vitest'
import { forms } from '../support/forms.ts'
import { batchVariable, type Hunted, hunt, seedNumber } from '../support/hunt.ts'
import { seedVariable } from './sample.ts'
import { tellFigure } from './tally.ts'

/** The environment variable with the seconds for all forms together. */
const secondsVariable = 'PREFECT_SNAPSHOT_HARD_MUTATION_SECONDS'
const seconds = Number(process.env[secondsVariable] ?? 90)
const batch = process.env[batchVariable]
const seed = batch === undefined ? seedNumber(process.env[seedVariable] ?? '') : Number(batch)

describe('mutated documents', () => {
  const all: Hunted[] = []
  afterAll(() => {
    const sum = (of: (hunted: Hunted) => number) => all.reduce((total, hunted) => total + of(hunted), 0)
    const [inputs, accepted, spent] = [sum((one) => one.inputs), sum((one) => one.accepted), sum((one) => one.seconds)]
    const slowest = Math.round(all.reduce((most, { slowestMs }) => Math.max(most, slowestMs), 0))
    tellFigure(
      `Mutated documents: ${all.length} forms, ${inputs} inputs, ${Math.round(inputs / spent)} a second; ${accepted} accepted, ${inputs - accepted} refused in sentences; the slowest took ${slowest} ms`,
    )
  })

  test.each(forms)('$name', async (form) => {
    const hunted = await hunt(form, { seed, ms: (1000 * seconds) / forms.length })
    all.push(hunted)
    const { inputs, accepted } = hunted
    console.log(`${form.name}: ${inputs} inputs, ${accepted} accepted, ${Math.round(inputs / hunted.seconds)} a second`)
    // Otherwise the inputs are too far from documents to reach what is behind the readers.
    expect(accepted).toBeGreaterThan(0)
  })
})
