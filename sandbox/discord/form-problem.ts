import type { z } from 'zod';
import type { Answer } from './route.ts';
import { invalidForm } from './route.ts';

/** What is wrong with a body, in Discord's own form: 50035 with the path to the field. */
export function formProblem(error: z.ZodError): Answer {
  const [issue] = error.issues;
  const path = issue?.path.join('.') || 'content';
  const own: unknown = issue?.code === 'custom' ? issue.params?.['code'] : undefined;
  const code = typeof own === 'string' ? own : (CODES[issue?.code ?? ''] ?? 'BASE_TYPE_BAD_TYPE');
  return invalidForm(path, code, issue?.message ?? 'This field is not well-formed');
}

const CODES: Readonly<Record<string, string>> = {
  too_big: 'BASE_TYPE_BAD_LENGTH',
  too_small: 'BASE_TYPE_BAD_LENGTH',
  invalid_union: 'UNION_TYPE_CHOICES',
  invalid_value: 'BASE_TYPE_CHOICES',
};
