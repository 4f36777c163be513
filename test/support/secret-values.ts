import type { Placeholder, SecretValues } from '../../src/model.ts'

/** Secret values of which only the presence is known; secrets in clear text have their own value. */
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
