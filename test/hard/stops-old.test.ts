import { old } from '../servers/versions.ts'
import { describeMatrix } from './matrix.ts'

describeMatrix(old)
