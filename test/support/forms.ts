import { exports } from './export-forms.ts'
import { fileForms } from './file-forms.ts'
import type { Form } from './hunt.ts'
import { planForms } from './plan-forms.ts'
import { overlays, snapshots } from './snapshot-forms.ts'

/** Every form of input that users, or other tools, write. */
export const forms: readonly Form[] = [snapshots, overlays, exports, ...planForms, ...(await fileForms())]
