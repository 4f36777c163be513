import type { Placeholder, SecretValues } from '../../src/model.ts'

/** Fillings of which it is only known whether there is a value; what is in clear has its own. */
export function secretValues(filled: (placeholder: Placeholder) => boolean): SecretValues {
  return {
    secretFor: (placeholder) => ('plain' in placeholder ? placeholder.plain : undefined),
    missingReason: (placeholder) => {
      const name = 'env' in placeholder ? placeholder.env : 'it'
      const lack = {
        code: 'missing-secret',
        reason: `the environment variable ${name} is not set`,
        fix: `export ${name}=…`,
      } as const
      return filled(placeholder) ? undefined : lack
    },
  }
}
