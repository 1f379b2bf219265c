/**
 * Imported first: tells zod, which comes along with the vocabulary of `common/`, not to try whether it may compile
 * code. The content security policy forbids it, and every attempt would be reported as a violation.
 */
import { config } from 'zod'

config({ jitless: true })
