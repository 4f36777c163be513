import { atLeast } from '../version.ts'
import { ApiError } from './api-error.ts'

/** The first version with this API. */
const firstVersion = '2.0.0'

/** Whether a text is one that a server may say instead of its version and that can be shown. */
export function isWord(text: string): boolean {
  return /^[\w.+-]{1,64}$/.test(text)
}

/** Whether a text is a version of Prefect 2 or later, also of a build from its sources: `3.4.0rc1`, `3.8.8+3.g1a2b3c4`. */
export function isPrefectVersion(text: string): boolean {
  return /^\d+\.\d+\.\d/.test(text) && atLeast(text, firstVersion)
}

/**
 * The error for a server that says something else. What it can store is unknown: a guess would lose fields, or send what it
 * does not have.
 */
export function noVersion(said: string): ApiError {
  return new ApiError({
    method: 'GET',
    path: '/admin/version',
    detail: '',
    code: 'not-prefect',
    cause: `the server says that its version is ${said}, which is no version of Prefect 2 or 3, so what it can store is unknown`,
    fix: 'Run a release of Prefect there. A build from sources knows its version if its repository has tags.',
    ambiguous: false,
  })
}
