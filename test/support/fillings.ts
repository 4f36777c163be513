import type { Fillings, Hole } from '../../src/model.ts'

/** Fillings of which it is only known whether there is a value; what is in clear has its own. */
export function fillings(filled: (hole: Hole) => boolean): Fillings {
  return {
    secretFor: (hole) => ('plain' in hole ? hole.plain : undefined),
    lackOf: (hole) => {
      const name = 'env' in hole ? hole.env : 'it'
      const lack = {
        code: 'missing-secret',
        reason: `the environment variable ${name} is not set`,
        fix: `export ${name}=…`,
      } as const
      return filled(hole) ? undefined : lack
    },
  }
}
