import { z } from 'zod';
import { name } from '../kit/shape.ts';

/** docs: Application Object. */
export const applicationAnswer = z.object({
  id: z.string().regex(/^\d{1,20}$/),
  name,
  verify_key: z.string().regex(/^[0-9a-f]{64}$/i),
  flags: z.int().nonnegative().default(0),
  interactions_endpoint_url: z.string().nullish(),
});
