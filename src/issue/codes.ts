import { applyCodes } from './apply-codes.ts'
import { connectionCodes } from './connection-codes.ts'
import { documentCodes } from './document-codes.ts'
import { exportCodes } from './export-codes.ts'
import { fileCodes } from './file-codes.ts'
import { importCodes } from './import-codes.ts'
import { referenceCodes } from './reference-codes.ts'
import { switchCodes } from './switch-codes.ts'

/** Every issue code with its explanation. Loaded only to explain codes: for the names alone, `IssueCode` is enough. */
export const issueCodes = {
  ...connectionCodes,
  ...documentCodes,
  ...referenceCodes,
  ...exportCodes,
  ...applyCodes,
  ...fileCodes,
  ...importCodes,
  ...switchCodes,
}
export type IssueCode = keyof typeof issueCodes
