import type { z } from 'zod';
import { Failure } from '../../src/model/failure.ts';

/** What GitHub answered to a call that only reads. @throws Failure `unavailable` when it is something else. */
export function shaped<Shape extends z.ZodType>(shape: Shape, answer: unknown): z.output<Shape> {
  const parsed = shape.safeParse(answer);
  if (parsed.success) return parsed.data;
  const path = parsed.error.issues[0]?.path.join('.') ?? '';
  throw new Failure('unavailable', `GitHub's answer is not in the documented shape at ${path}`);
}
