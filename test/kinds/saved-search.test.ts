import { describeRecorded } from './recorded.ts'

describeRecorded('saved-search')
