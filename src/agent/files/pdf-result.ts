import { z } from 'zod';

/** What came of reading a PDF; `cut`: there is more. */
export const PdfResult = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('text'), text: z.string(), pages: z.number(), read: z.number(), cut: z.boolean() }),
  z.object({ kind: z.literal('failed'), why: z.enum(['encrypted', 'broken', 'slow', 'large']) }),
]);
export type PdfResult = z.infer<typeof PdfResult>;
