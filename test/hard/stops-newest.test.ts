import { newest } from '../servers/versions.ts'
import { describeMatrix } from './matrix.ts'

describeMatrix(newest)
